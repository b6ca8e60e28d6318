import { detectedClasses } from '../detected-classes.ts';
import type { Policy, Tool } from '../model.ts';
import type { Remark } from './check.ts';

/** What the policy says of flow, and holds only in part. */
export function flowRemarks(policy: Policy): readonly Remark[] {
  return [...classRemarks(policy), ...memoryRemarks(policy)];
}

function classRemarks({ flow, tools }: Policy): readonly Remark[] {
  const remarks: Remark[] = [];
  for (const [name, terms] of flow.classes) {
    const say = (reason: string): void =>
      void remarks.push({ at: null, grant: `flow.classes.${name}`, reason });
    const returning = [...tools.values()].filter(({ returns }) => returns.classes.includes(name));
    // A misspelt class is a load error: what no tool returns, a detector finds.
    if (returning.length === 0)
      say(
        'no tool returns it: only what detectors find of it in a result is bounded, and they miss some',
      );
    if (terms.some(({ type }) => type === 'model'))
      say('`model` bounds nothing: what a model reads does not pass through Sallyport yet');
    if (detectedClasses.includes(name) && terms.some(({ type }) => type === 'subject'))
      say('`subject` permits nothing after what a detector found: whose data it is nobody says');
    const nobodys = returning.filter(({ returns }) => returns.subject === null);
    if (terms.some(({ type }) => type === 'subject') && nobodys.length > 0)
      say(
        `\`subject\` permits nothing after ${namesOf(nobodys)}, which ${nobodys.length === 1 ? 'says' : 'say'} of nobody whose data it is: add \`returns.subject\``,
      );
  }
  return remarks;
}

/** Text that an agent writes after it has read what others write would come back as if nobody outside had a hand in it. */
function memoryRemarks({ tools }: Policy): readonly Remark[] {
  const all = [...tools.values()];
  const writersOf = Map.groupBy(
    all.filter((tool) => !tool.memory && takesText(tool)),
    ({ upstream }) => upstream,
  );
  return all.flatMap((tool): readonly Remark[] => {
    if (tool.tier > 0 || !looksUp(tool)) return [];
    if (!tool.memory && tool.returns.trust === 'untrusted') return [];
    const writers = (writersOf.get(tool.upstream) ?? []).filter((writer) => mayWrite(writer, tool));
    if (writers.length === 0) return [];
    const reason = tool.memory
      ? `it is a memory, and ${namesOf(writers)} may write there without leaving the labels of the run: say \`memory: true\` of what writes, too`
      : `it returns what is trusted, and ${namesOf(writers)} may write there: say \`memory: true\` of both if what runs write comes back by it`;
    return [{ at: tool.at, grant: `tools.${tool.name}`, reason }];
  });
}

function takesText({ tier, args, fixed }: Tool): boolean {
  return (
    tier > 0 &&
    [...args.values()].some(
      ({ name, parts }) =>
        !Object.hasOwn(fixed, name) &&
        parts.some(({ kind }) => kind.name === 'content' || kind.name === 'title'),
    )
  );
}

/** What has no name to be looked up by is nothing that a run made. */
function looksUp({ args }: Tool): boolean {
  return [...args.values()].some(({ parts }) => parts.some(({ kind }) => naming.test(kind.name)));
}

const naming = /^(path|query|identifier|reference|folder|url|title|object[.].*)$/;

function mayWrite({ on }: Tool, { returns: { object } }: Tool): boolean {
  return object === null || on === null || on === object;
}

function namesOf(tools: readonly Tool[]): string {
  return tools.map(({ name }) => `\`${name}\``).join(', ');
}
