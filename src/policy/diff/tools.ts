import { span } from '../check/describe.ts';
import type { Resolve, Tool } from '../model.ts';
import { tierName } from '../shape/tool.ts';
import { type Change, limitChange } from './change.ts';
import { meansTheSame } from './meaning.ts';
import { returnsChanges } from './returns.ts';

/** What differs in how one tool is classified; who may call it is told of the agents. */
export function toolChanges(before: Tool | null, after: Tool | null): readonly Change[] {
  if (after === null) return [{ effect: 'narrower', text: 'is gone' }];
  if (before === null)
    return [
      {
        effect: 'changed',
        text: `is new: ${after.action}, ${tierName(after.tier)}, ${after.reach}${after.pin === null ? ', not pinned' : ''}`,
      },
    ];
  const changes: Change[] = [];
  const say = (effect: Change['effect'], text: string): void => void changes.push({ effect, text });
  if (before.action !== after.action)
    say('changed', `action: ${after.action} (was ${before.action})`);
  // The milder a call is said to be, the fewer checks it meets.
  if (before.tier !== after.tier)
    say(
      after.tier < before.tier ? 'wider' : 'narrower',
      `tier: ${tierName(after.tier)} (was ${tierName(before.tier)})`,
    );
  if (before.reach !== after.reach)
    say(
      after.reach === 'internal' ? 'wider' : 'narrower',
      `reach: ${after.reach} (was ${before.reach})`,
    );
  for (const name of new Set([...before.args.keys(), ...after.args.keys()])) {
    const [was, is] = [before.args.get(name), after.args.get(name)];
    if (meansTheSame(was ?? null, is ?? null)) continue;
    const shown = (argument: typeof was): string =>
      argument === undefined
        ? 'undeclared'
        : argument.parts.map(({ kind }) => kind.name).join(' and ');
    const [old, now] = [shown(was), shown(is)];
    say(
      'changed',
      `argument ${name}: ${old === now ? `${now}, read otherwise` : `${now} (was ${old})`}`,
    );
  }
  changes.push(...returnsChanges(before.returns, after.returns));
  for (const trait of ['idempotent', 'persists'] as const) {
    if (before[trait] !== after[trait])
      say('changed', `${trait}: ${after[trait]} (was ${before[trait]})`);
  }
  // What comes back of it carries the labels of whoever wrote it.
  if (before.memory !== after.memory)
    say(after.memory ? 'narrower' : 'wider', `memory: ${after.memory} (was ${before.memory})`);
  if (before.on !== after.on)
    say('changed', `acts on: ${after.on ?? 'nothing said'} (was ${before.on ?? 'nothing said'})`);
  for (const name of new Set([...before.resolve.keys(), ...after.resolve.keys()])) {
    const [was, is] = [before.resolve.get(name), after.resolve.get(name)];
    if (meansTheSame(was ?? null, is ?? null)) continue;
    say('changed', `what ${name} names is read by ${resolveText(is)} (was ${resolveText(was)})`);
  }
  changes.push(...limitChange('fresh', before.freshMs, after.freshMs, span));
  if (before.pin?.digest !== after.pin?.digest) {
    if (after.pin === null) say('narrower', 'is no longer pinned: every call is refused');
    else if (before.pin === null) say('wider', 'is pinned now');
    else say('changed', 'another definition of it is pinned');
  }
  return changes;
}

function resolveText(resolve: Resolve | undefined): string {
  return resolve === undefined ? 'nobody' : `${resolve.tool}, as ${resolve.argument}`;
}
