import type { PointerSegment } from '../../content/pointer.ts';
import { type CelType, resultEnvironment } from '../cel-environment.ts';
import type { Constraint, Tool } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import type { ConstraintSyntax } from '../shape/constraint.ts';
import type { ConstraintPlace } from './context.ts';
import { compilePointers } from './pointers.ts';

type FieldsSyntax = Extract<ConstraintSyntax, { type: 'fields' }>;
type Fields = Extract<Constraint, { type: 'fields' }>;

/** Which fields of a result may be seen. */
export function compileFields(
  syntax: FieldsSyntax,
  common: Pick<Constraint, 'name' | 'at' | 'otherwise'>,
  { covered, compilation }: ConstraintPlace,
): Fields {
  const { report } = compilation;
  const written = (syntax.only ?? syntax.except)?.value ?? [];
  const names = written.filter(({ value }) => !value.startsWith('/'));
  const pointers = written.filter(({ value }) => value.startsWith('/'));
  const fields: Fields = {
    ...common,
    type: 'fields',
    mode: syntax.only === undefined ? 'except' : 'only',
    names: new Set(names.map(({ value }) => value)),
    pointers: compilePointers(pointers, report),
  };
  // A slip of the pen in `except` shows what was to be hidden, and nothing looks wrong.
  for (const name of names) {
    const types = covered.map(recordType);
    if (types.some((type) => mayHold(type, name.value))) continue;
    report.warning(
      'policy.conflict',
      name.at,
      `no result here has a field \`${name.value}\`, by the pinned output schemas`,
      { mend: didYouMean(name.value, new Set(types.flatMap(fieldNames))) },
    );
  }
  for (const { text, segments } of fields.pointers) {
    if (covered.some((tool) => leadsSomewhere(recordType(tool), segments))) continue;
    const at = pointers.find(({ value }) => value === text)?.at ?? common.at;
    const ofItems = covered.some((tool) => tool.returns.items !== null);
    report.warning(
      'policy.conflict',
      at,
      `\`${text}\` leads to nothing, by the pinned output schemas`,
      { mend: ofItems ? 'write it as it is seen from an item' : null },
    );
  }
  return fields;
}

const unknown: CelType = { type: 'unknown', nullable: true };

/** What the names and pointers start at: an item, or the whole result. */
function recordType({ pin, returns }: Tool): CelType {
  const schema = pin?.outputSchema ?? null;
  const result = schema === null ? unknown : (resultEnvironment(schema).result ?? unknown);
  if (returns.items === null) return result;
  const items = returns.items.segments.reduce<CelType>(step, result);
  return items.type === 'list' ? items.element : items;
}

function step(type: CelType, segment: PointerSegment): CelType {
  if (segment.type === 'each') return type.type === 'list' ? type.element : unknown;
  if (segment.type !== 'name' || type.type !== 'object') return unknown;
  return type.fields.get(segment.name) ?? type.rest ?? unknown;
}

/** Whether such a field may stand anywhere in it; where nothing is known, it may. */
function mayHold(type: CelType, name: string): boolean {
  switch (type.type) {
    case 'unknown':
      return true;
    case 'list':
      return mayHold(type.element, name);
    case 'object':
      return (
        type.rest !== null ||
        type.fields.has(name) ||
        [...type.fields.values()].some((field) => mayHold(field, name))
      );
    default:
      return false;
  }
}

function leadsSomewhere(type: CelType, segments: readonly PointerSegment[]): boolean {
  const [first, ...rest] = segments;
  if (first === undefined || type.type === 'unknown') return true;
  if (type.type === 'list')
    return (
      (first.type === 'each' || (first.type === 'name' && /^\d+$/.test(first.name))) &&
      leadsSomewhere(type.element, rest)
    );
  if (type.type !== 'object') return false;
  if (first.type !== 'name') return type.rest !== null;
  const field = type.fields.get(first.name) ?? type.rest;
  return field !== null && leadsSomewhere(field, rest);
}

function fieldNames(type: CelType): readonly string[] {
  if (type.type === 'list') return fieldNames(type.element);
  if (type.type !== 'object') return [];
  return [...type.fields].flatMap(([name, field]) => [name, ...fieldNames(field)]);
}
