import type { Kind, KindName } from '../../content/kind.ts';
import type { Constraint, Tool } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import { objectPrefix } from '../objects.ts';
import type { ConstraintSyntax } from '../shape/constraint.ts';
import type { Located } from '../shape/shape.ts';
import type { Compilation, ConstraintPlace } from './context.ts';
import { all } from './terms.ts';

/** What has to have completed before, or must not have: by tool, and by equal arguments. */
export function compileAfter(
  syntax: Extract<ConstraintSyntax, { type: 'after' | 'not_after' }>,
  common: Pick<Constraint, 'name' | 'at' | 'otherwise'>,
  place: ConstraintPlace,
): Constraint | null {
  const { compilation, covered } = place;
  const tools = all(syntax.tools, (tool) => knownTool(tool, compilation));
  if (tools === null) return null;
  const [only] = covered;
  const isOwn = covered.length === 1 && tools.every((tool) => tool === only?.name);
  if (syntax.type === 'after' && isOwn) {
    compilation.report.error(
      'policy.conflict',
      syntax.at,
      `\`${only?.name}\` would have to complete before it is first called`,
      { mend: 'name the tool that comes before it' },
    );
    return null;
  }
  const same = all(syntax.same, (argument) => sameArgument(argument, syntax.tools, place));
  return same === null ? null : { ...common, type: syntax.type, tools, same };
}

/** Both calls have it, and what one can name the other can: values that never equal would make `not_after` silently true. */
function sameArgument(
  written: Located<string>,
  tools: readonly Located<string>[],
  { covered, compilation }: ConstraintPlace,
): string | null {
  const argument = written.value;
  for (const { value } of tools) {
    const other = compilation.tools.get(value);
    if (other === undefined) continue;
    const theirs = kindsOf(other, argument);
    if (theirs.length === 0) {
      compilation.report.error(
        'policy.unanswerable',
        written.at,
        `\`${other.name}\` has no argument \`${argument}\``,
        {
          expected: 'an argument that both tools have',
          mend: didYouMean(argument, other.args.keys()),
        },
      );
      return null;
    }
    for (const tool of covered) {
      const kind = kindsOf(tool, argument).find(
        (one) => !theirs.some((their) => meets(one, their)),
      );
      if (kind === undefined) continue;
      compilation.report.error(
        'policy.conflict',
        written.at,
        `\`${argument}\` is \`${kind.name}\` in \`${tool.name}\`, and \`${theirs[0]?.name}\` in \`${other.name}\`: the two are never equal`,
        { mend: 'give both the same kind in `tools`' },
      );
      return null;
    }
  }
  return argument;
}

function kindsOf(tool: Tool, argument: string): readonly Kind[] {
  return tool.args.get(argument)?.parts.map(({ kind }) => kind) ?? [];
}

/** Ids are the same text, whatever their kind calls the thing. */
const plainTexts: ReadonlySet<KindName> = new Set(['identifier', 'reference']);

function meets(one: Kind, other: Kind): boolean {
  if (isPlainText(one) && isPlainText(other)) return true;
  return one.name === other.name && one.form === other.form && one.currency === other.currency;
}

function isPlainText({ name }: Kind): boolean {
  return plainTexts.has(name) || name.startsWith(objectPrefix);
}

function knownTool(written: Located<string>, { toolNames, report }: Compilation): string | null {
  if (toolNames.has(written.value)) return written.value;
  report.error('policy.unknown', written.at, `unknown tool \`${written.value}\``, {
    mend: didYouMean(written.value, toolNames) ?? longName(written.value, toolNames),
  });
  return null;
}

function longName(operation: string, toolNames: ReadonlySet<string>): string | null {
  const full = [...toolNames].find((name) => name.endsWith(`.${operation}`));
  return full === undefined ? null : `write \`${full}\``;
}
