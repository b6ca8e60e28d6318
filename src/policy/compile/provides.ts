import type { Kind, KindName } from '../../content/kind.ts';
import { plainKind } from '../../content/kinds.ts';
import type { Pointer } from '../../content/pointer.ts';
import type { Provided, Returns, SourcePosition } from '../model.ts';
import type { Report } from '../report.ts';
import { kindNamed } from '../shape/kind.ts';
import type { ProvidedSyntax, ProvidedWhenSyntax } from '../shape/provides.ts';
import type { ReturnsSyntax } from '../shape/returns.ts';
import { compilePointer } from './pointers.ts';

type Declared = Pick<Returns, 'items' | 'each' | 'fields'>;

export function compileProvides(
  syntax: ReturnsSyntax['provides'],
  declared: Declared,
  report: Report,
): readonly Provided[] {
  return (syntax?.value ?? []).flatMap(({ name, value }) => {
    const kind = kindNamed(name);
    if (kind === null) return [];
    return (value ?? []).flatMap((one) => compileProvided(kind, one, declared, report) ?? []);
  });
}

function compileProvided(
  name: KindName,
  { at, when }: ProvidedSyntax,
  declared: Declared,
  report: Report,
): Provided | null {
  const pointer = compilePointer(at, report);
  const condition = compileCondition(when, report);
  if (pointer === null || condition === null) return null;
  const kind = readAs(name, pointer, declared);
  if (kind.name === 'amount' && kind.unitDigits === null) {
    report.error('policy.missing', at.at, 'an amount needs its unit and its currency', {
      mend: 'declare it at the same place in `each` or `fields`: `{ is: amount, unit: cent, currency: USD }`',
    });
    return null;
  }
  if (condition.type !== 'always') warnOfNoRecord(pointer, at.at, declared.items, report);
  return { kind, at: pointer, when: condition };
}

/** Of `each` pointers start at an item, here at the root: the slip loads, and the tool provides nothing. */
function warnOfNoRecord(
  pointer: Pointer,
  at: SourcePosition,
  items: Pointer | null,
  report: Report,
): void {
  if (items === null || pointer.text.startsWith(items.text === '' ? '/*' : `${items.text}/`))
    return;
  const item = items.text.endsWith('/*') ? items.text : `${items.text}/*`;
  report.warning(
    'policy.value',
    at,
    `\`${pointer.text}\` stands in no item, so there is no record whose name or fields could vouch for it`,
    { mend: `pointers of \`provides\` start at the root: \`${item}${pointer.text}\`` },
  );
}

/**
 * The kind under which the value is provided, read as `each` or `fields` says of the same place: a sender's address with
 * its name, a handle as a handle.
 */
function readAs(name: KindName, pointer: Pointer, { items, each, fields }: Declared): Kind {
  // Where there are items, they are the elements of a list, or what stands there.
  const roots = items === null ? [''] : [`${items.text}/*`, items.text];
  const declared = [
    ...each,
    ...[...fields.values()].map(({ pointer: at, kind }) => ({ pointer: at, kind })),
  ].find(
    (one) =>
      one.kind !== null && roots.some((root) => `${root}${one.pointer.text}` === pointer.text),
  )?.kind;
  const isSame = declared?.name === name || (isPerson(declared?.name) && isPerson(name));
  return declared !== undefined && declared !== null && isSame
    ? { ...declared, name }
    : plainKind(name);
}

function isPerson(name: KindName | undefined): boolean {
  return name === 'recipient' || name === 'sender';
}

function compileCondition(when: ProvidedWhenSyntax, report: Report): Provided['when'] | null {
  if (when.type !== 'fields') return when;
  const equal: { readonly pointer: Pointer; readonly value: string | number | boolean }[] = [];
  for (const { name, at, value: written } of when.fields.value) {
    const pointer = compilePointer({ value: name, at }, report);
    if (pointer === null || written === undefined) return null;
    if (typeof written.value === 'number' && String(written.value) !== written.written) {
      report.error(
        'policy.value',
        written.at,
        `YAML reads \`${written.written}\` as the number ${written.value}`,
        { mend: `quote it: ${JSON.stringify(written.written)}` },
      );
      return null;
    }
    equal.push({ pointer, value: written.value });
  }
  return { type: 'fields', equal };
}
