import type { Kind } from '../../content/kind.ts';
import { isJsonArray } from '../../content/value.ts';
import type { Constraint, Glob, Term, Tool } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import type { ConstraintSyntax } from '../shape/constraint.ts';
import type { LiteralSyntax } from '../shape/literal.ts';
import type { ConstraintPlace } from './context.ts';
import { compileOneGlob } from './globs.ts';
import { declaredArguments } from './pin.ts';
import { all, compileTerm, termKey } from './terms.ts';

type WhereTerm = Term | { readonly type: 'glob'; readonly glob: Glob };

/** What one argument has to be. It is read by the kind that the tool gives it, in each tool that the grant covers. */
export function compileWhere(
  syntax: Extract<ConstraintSyntax, { type: 'where' }>,
  common: Pick<Constraint, 'name' | 'at' | 'otherwise'>,
  place: ConstraintPlace,
): Constraint | null {
  const { report } = place.compilation;
  const kinds = place.covered.flatMap((tool) => kindOf(tool, syntax.argument) ?? []);
  const [kind] = kinds;
  // Nothing that it could be compared with: that it can't be answered was said for each tool.
  if (kind === undefined) return null;
  const { test } = syntax;
  if (test.type === 'range') {
    const min = test.min?.value ?? null;
    const max = test.max?.value ?? null;
    if (kinds.some((one) => one.name !== 'number')) {
      const mend =
        kind.name === 'amount' ? 'use `max_amount`' : 'write the values it may have: `[a, b]`';
      report.error(
        'policy.conflict',
        test.at,
        `\`${syntax.argument}\` is no number but \`${kind.name}\``,
        { mend },
      );
      return null;
    }
    if (min !== null && max !== null && min > max) {
      report.error('policy.conflict', test.at, `no number is at least ${min} and at most ${max}`, {
        mend: 'swap `min` and `max`',
      });
      return null;
    }
    return {
      ...common,
      type: 'where',
      argument: syntax.argument,
      test: { type: 'range', min, max },
    };
  }
  const terms = all(test.terms, (written) => whereTerm(written, kinds, syntax.argument, place));
  return terms === null
    ? null
    : { ...common, type: 'where', argument: syntax.argument, test: { type: 'terms', terms } };
}

function whereTerm(
  written: LiteralSyntax,
  kinds: readonly Kind[],
  argument: string,
  place: ConstraintPlace,
): WhereTerm | null {
  const { report } = place.compilation;
  if (typeof written.value === 'string' && written.value.includes('*'))
    return whereGlob(written, kinds, argument, place);
  const [first, ...others] = kinds;
  if (first === undefined) return null;
  const term = compileTerm(written, first, place.caseNames, report);
  if (term === null) return null;
  for (const other of others) {
    const same = compileTerm(written, other, place.caseNames, report);
    if (same === null) return null;
    if (termKey(same) !== termKey(term)) {
      report.error(
        'policy.conflict',
        written.at,
        `\`${argument}\` means different things in the tools that this grant covers`,
        {
          mend: 'make a list of grants, each with its `tools`',
        },
      );
      return null;
    }
  }
  return term.type === 'literal' && !everAccepted(written, argument, place) ? null : term;
}

/** Kinds that have one text for one value, so that a pattern over it says what it seems to say. */
const patternKinds: ReadonlySet<string> = new Set([
  'path',
  'folder',
  'query',
  'content',
  'attachment',
  'reference',
  'identifier',
  'date',
  'title',
]);

function whereGlob(
  written: LiteralSyntax,
  kinds: readonly Kind[],
  argument: string,
  { compilation }: ConstraintPlace,
): WhereTerm | null {
  const unfit = kinds.find((kind) => !patternKinds.has(kind.name));
  if (unfit !== undefined) {
    const mends: ReadonlyMap<string, string> = new Map([
      ['recipient', 'use `recipients` or `allowed_domains`'],
      ['url', 'use `urls`: an entry covers everything below it'],
      ['command', 'list each command whole, in `commands`'],
      ['account', 'list each account, in `accounts`'],
    ]);
    compilation.report.error(
      'policy.conflict',
      written.at,
      `a glob can't be compared with \`${argument}\`, which is \`${unfit.name}\``,
      {
        mend: mends.get(unfit.name) ?? 'write the values it may have',
      },
    );
    return null;
  }
  const glob = compileOneGlob({ value: String(written.value), at: written.at }, compilation.report);
  return glob === null ? null : { type: 'glob', glob };
}

/** A value that the pinned schema never lets through could never hold: it is a slip of the pen. */
function everAccepted(
  written: LiteralSyntax,
  argument: string,
  { covered, compilation }: ConstraintPlace,
): boolean {
  for (const tool of covered) {
    const schema =
      tool.pin === null ? undefined : declaredArguments(tool.pin.inputSchema).byName.get(argument);
    const values = schema?.['enum'];
    if (!isJsonArray(values)) continue;
    const texts = values.map(String);
    if (texts.includes(String(written.value))) continue;
    compilation.report.error(
      'policy.conflict',
      written.at,
      `\`${tool.name}\` never accepts \`${written.written}\` as \`${argument}\``,
      {
        expected: texts.map((text) => `\`${text}\``).join(', '),
        mend: didYouMean(String(written.value), texts),
      },
    );
    return false;
  }
  return true;
}

/** Of an argument that is one value; one with parts has no single kind. */
export function kindOf(tool: Tool, argument: string): Kind | null {
  const parts = tool.args.get(argument)?.parts ?? [];
  const [part] = parts;
  return part !== undefined && parts.length === 1 && part.pointer.segments.length === 0
    ? part.kind
    : null;
}
