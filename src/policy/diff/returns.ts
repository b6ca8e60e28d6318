import type { Pointer } from '../../content/pointer.ts';
import { providedText } from '../check/describe.ts';
import type { Returns } from '../model.ts';
import { byEntries, type Change, entriesText, opposite } from './change.ts';
import { meansTheSame } from './meaning.ts';

/** What differs in what a tool is said to return. */
export function returnsChanges(before: Returns, after: Returns): readonly Change[] {
  const changes: Change[] = [];
  const told = new Set<string>();
  const say = (key: string, effect: Change['effect'], text: string): void => {
    told.add(key);
    changes.push({ effect, text });
  };
  if (before.trust !== after.trust)
    say(
      'trust',
      after.trust === 'trusted' ? 'wider' : 'narrower',
      `returns what is ${after.trust} (was ${before.trust})`,
    );
  const [had, has] = [new Set(before.classes), new Set(after.classes)];
  const byClass = byEntries(had, has);
  // A class bounds where the result may go.
  if (byClass !== 'same')
    say('classes', opposite(byClass), `returns.classes: ${entriesText(had, has)}`);
  const [gave, gives] = [providedOf(before), providedOf(after)];
  const byProvided = byEntries(gave, gives);
  if (byProvided !== 'same')
    say('provides', byProvided, `values for later calls: ${entriesText(gave, gives)}`);
  for (const [key, text] of recordKeys) {
    const [was, is] = [text(before), text(after)];
    if (was !== is) say(key, 'changed', `returns.${key}: ${is} (was ${was})`);
  }
  const untold = (returns: Returns): object =>
    Object.fromEntries(Object.entries(returns).filter(([key]) => !told.has(key)));
  if (!meansTheSame(untold(before), untold(after)))
    changes.push({ effect: 'changed', text: 'what it returns is read otherwise' });
  return changes;
}

function providedOf(returns: Returns): ReadonlySet<string> {
  return new Set(returns.provides.map(providedText));
}

const recordKeys: readonly (readonly [string, (returns: Returns) => string])[] = [
  ['object', ({ object }) => object ?? 'none'],
  ['id', ({ id }) => pointerText(id)],
  ['owner', ({ owner }) => pointerText(owner)],
  [
    'fields',
    ({ fields }) =>
      listText(
        [...fields].map(([name, { pointer, kind }]) =>
          kind === null
            ? `${name} at ${pointer.text}`
            : `${name} at ${pointer.text}, a ${kind.name}`,
        ),
      ),
  ],
  ['names', ({ names }) => listText(names.map(pointerText))],
  ['order', ({ order }) => listText(order.map(pointerText))],
];

function pointerText(pointer: Pointer | null): string {
  if (pointer === null) return 'none';
  return pointer.text === '' ? 'the whole' : pointer.text;
}

function listText(entries: readonly string[]): string {
  return entries.length === 0 ? 'none' : entries.toSorted().join('; ');
}
