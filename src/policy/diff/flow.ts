import { audienceText, urlText } from '../check/describe.ts';
import type { Flow, Policy } from '../model.ts';
import { byRank, type Change, choiceChange, type Effect, entryChange } from './change.ts';

type Words = Policy['actionWords'];

/** What differs in where data may go, and in what counts as asked for. */
export function flowChanges(before: Policy, after: Policy): readonly Change[] {
  const { flow: was } = before;
  const { flow: is } = after;
  return [
    ...choiceChange('flow.when', was.when, is.when, byRank(['always', 'untrusted'])),
    ...choiceChange('flow.external', was.external, is.external, byExternal),
    ...choiceChange(
      'flow.unrequested',
      was.unrequested,
      is.unrequested,
      byRank(['deny', 'hold', 'allow']),
    ),
    ...choiceChange('flow.delegation', was.delegation, is.delegation, byRank(['deny', 'ask'])),
    ...entryChange('flow.trusted.recipient', was.trusted.recipients, is.trusted.recipients),
    ...entryChange('flow.trusted.account', was.trusted.accounts, is.trusted.accounts),
    ...entryChange(
      'flow.trusted.url',
      new Set(was.trusted.urls.map(urlText)),
      new Set(is.trusted.urls.map(urlText)),
    ),
    ...entryChange('flow.trusted.from', sourcesOf(was), sourcesOf(is)),
    ...classChanges(was.classes, is.classes),
    ...wordChanges(before.actionWords, after.actionWords),
  ];
}

/** The same without an order where none counts. */
export function flowMeaning({ flow, actionWords }: Policy): object {
  const unordered = <T>(lists: ReadonlyMap<string, readonly T[]>): ReadonlyMap<string, Set<T>> =>
    new Map([...lists].map(([name, entries]) => [name, new Set(entries)]));
  const { trusted, classes } = flow;
  return {
    flow: {
      ...flow,
      trusted: { ...trusted, urls: new Set(trusted.urls), from: new Set(trusted.from) },
      classes: unordered(classes),
    },
    actionWords: unordered(actionWords),
  };
}

function byExternal(before: Flow['external'], after: Flow['external']): Effect {
  // A hold asks about everything, provenance refuses some of it outright: neither lets more through.
  const asks = ['hold', 'provenance'];
  if (asks.includes(before) && asks.includes(after)) return 'changed';
  return byRank<Flow['external']>(['deny', 'hold', 'provenance', 'allow'])(before, after);
}

function sourcesOf({ trusted }: Flow): ReadonlySet<string> {
  return new Set(trusted.from.map(({ tool, provides }) => `${provides} from ${tool}`));
}

function classChanges(before: Flow['classes'], after: Flow['classes']): readonly Change[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name): readonly Change[] => {
    const [was, is] = [before.get(name), after.get(name)];
    const about = `flow.classes.${name}`;
    if (is === undefined)
      return [{ effect: 'wider', text: `${about}: no longer bounded by \`may_reach\`` }];
    const audience = new Set(is.map(audienceText));
    if (was === undefined) {
      const reached = audience.size === 0 ? 'nobody' : `only ${[...audience].join(', ')}`;
      return [{ effect: 'narrower', text: `${about}: may now reach ${reached}` }];
    }
    return entryChange(`${about}.may_reach`, new Set(was.map(audienceText)), audience);
  });
}

/** Each word makes more of what people write count as asked for. */
function wordChanges(before: Words, after: Words): readonly Change[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) =>
    entryChange(
      `actions.${name}.words`,
      new Set(before.get(name) ?? []),
      new Set(after.get(name) ?? []),
    ),
  );
}
