import type { Kind, KindName } from '../../content/kind.ts';
import { plainKind } from '../../content/kinds.ts';
import { listedValues } from '../field-schema.ts';
import type { RecordTest, SourcePosition, Tool, WhereTest } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import { type ObjectField, type ObjectShape, objectsOf, thingNamed } from '../objects.ts';
import type { Named, NamedMap } from '../shape/collection.ts';
import type { ValueSyntax } from '../shape/where.ts';
import type { ConstraintPlace } from './context.ts';
import { compileValueTest } from './value-test.ts';

/** `provided`, of a kind that nothing provides, would refuse every call. */
export function isProvidable(
  at: SourcePosition,
  argument: string,
  kinds: readonly Kind[],
  { compilation: { tools, brokenUpstreams, report } }: ConstraintPlace,
): boolean {
  const provided = new Set<KindName>(
    [...tools.values()].flatMap(({ returns }) => returns.provides.map(({ kind }) => kind.name)),
  );
  const missing = kinds.find(({ name }) => !provided.has(name));
  if (missing === undefined || brokenUpstreams.size > 0) return true;
  report.error(
    'policy.unanswerable',
    at,
    `no tool provides a \`${missing.name}\`, which \`${argument}\` is`,
    { mend: `add \`returns: { provides: { ${missing.name}: /… } }\` to the tool that finds it` },
  );
  return false;
}

/** `{ owner: case.customer, status: [pending] }`, of what the argument names. */
export function compileRecordTest(
  tests: NamedMap<ValueSyntax>,
  { argument, at }: { readonly argument: string; readonly at: SourcePosition },
  place: ConstraintPlace,
): WhereTest | null {
  const { tools, report } = place.compilation;
  const things = place.covered.flatMap((tool) => objectNamed(tool, argument) ?? []);
  const [object] = things;
  if (object === undefined) return null;
  if (things.some((one) => one !== object)) {
    report.error(
      'policy.conflict',
      at,
      `\`${argument}\` names different things in the tools that this grant covers`,
      {
        mend: 'make a list of grants, each with its `tools`',
      },
    );
    return null;
  }
  const shape = objectsOf(tools.values()).get(object);
  if (shape === undefined) {
    if (place.compilation.brokenUpstreams.size === 0)
      report.error(
        'policy.unanswerable',
        at,
        `no tool returns \`${object}\`, which \`${argument}\` names`,
        {
          mend: `add \`returns: { object: ${object}, id: … }\` to the tool that reads it`,
        },
      );
    return null;
  }
  const compiled = tests.value.map((test) => compileTest(test, object, shape, place));
  const usable = compiled.filter((one) => one !== null);
  return usable.length < compiled.length ? null : { type: 'record', object, tests: usable };
}

function compileTest(
  { name, at, value }: Named<ValueSyntax>,
  object: string,
  shape: ObjectShape,
  place: ConstraintPlace,
): RecordTest | null {
  const kind = fieldKind(name, shape);
  if (kind === null) {
    const isOwner = name === 'owner';
    place.compilation.report.error(
      'policy.unanswerable',
      at,
      isOwner
        ? `no tool says whose \`${object}\` is`
        : `no tool returns the field \`${name}\` of \`${object}\``,
      {
        expected: isOwner
          ? null
          : `\`owner\`, or one of ${[...shape.fields.keys()].map((field) => `\`${field}\``).join(', ')}`,
        mend: isOwner
          ? `add \`owner: /pointer\` to the \`returns\` of ${shape.tools.join(' or ')}`
          : (didYouMean(name, ['owner', ...shape.fields.keys()]) ??
            `add \`fields: { ${name}: /pointer }\` to the \`returns\` of ${shape.tools.join(' or ')}`),
      },
    );
    return null;
  }
  if (value === undefined || !everShown(name, value, object, shape.fields.get(name), place))
    return null;
  const test = compileValueTest(value, { name, kinds: [kind], isArgument: false }, place);
  return test === null ? null : { name, kind, test };
}

/** A value that no pinned schema lets through is a slip of the pen: it would refuse every call. */
function everShown(
  name: string,
  value: ValueSyntax,
  object: string,
  field: ObjectField | undefined,
  { compilation: { report } }: ConstraintPlace,
): boolean {
  const isPlain = field?.kind === null || field?.kind.name === 'identifier';
  const known = field !== undefined && isPlain ? listedValues(field.schemas) : null;
  if (value.type !== 'terms' || known === null) return true;
  const slip = value.terms.find(
    ({ value: written }) =>
      !known.includes(String(written)) &&
      !(typeof written === 'string' && /\*|^case\./.test(written)),
  );
  if (slip === undefined) return true;
  report.error(
    'policy.conflict',
    slip.at,
    `the \`${name}\` of \`${object}\` is never \`${slip.written}\``,
    {
      expected: known.map((one) => `\`${one}\``).join(', '),
      mend: didYouMean(String(slip.value), known),
    },
  );
  return false;
}

/** Without a kind a field is compared as text that stands alone: `pending`, `7`, `true`. */
function fieldKind(name: string, { owner, fields }: ObjectShape): Kind | null {
  if (name === 'owner') return owner;
  const field = fields.get(name);
  return field === undefined ? null : (field.kind ?? plainKind('identifier'));
}

export function objectNamed(tool: Tool, argument: string): string | null {
  const declared = tool.args.get(argument);
  return declared === undefined
    ? null
    : (thingNamed(declared, tool.pin?.inputSchema ?? null)?.object ?? null);
}
