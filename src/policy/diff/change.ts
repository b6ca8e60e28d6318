/** One thing that differs between two policies, in words. */
export interface Change {
  /** What it does to whoever asks: `wider` lets more through, `narrower` less; `changed` can't be told, `same` means nothing. */
  readonly effect: Effect;
  readonly text: string;
}

export type Effect = 'wider' | 'narrower' | 'changed' | 'same';

export interface ChangeGroup {
  /** `agents.reporter`, `tools.mail.send`, `settings`. */
  readonly about: string;
  readonly changes: readonly Change[];
}

/** Of a number that lets more through the larger it is; null is no limit at all. */
export function byLimit(before: number | null, after: number | null): Effect {
  if (before === after) return 'same';
  if (before === null) return 'narrower';
  if (after === null) return 'wider';
  return after > before ? 'wider' : 'narrower';
}

/** The same, in words. */
export function limitChange(
  name: string,
  before: number | null,
  after: number | null,
  text: (value: number) => string,
): readonly Change[] {
  const effect = byLimit(before, after);
  const shown = (value: number | null): string => (value === null ? 'no limit' : text(value));
  return effect === 'same'
    ? []
    : [{ effect, text: `${name}: ${shown(after)} (was ${shown(before)})` }];
}

/** Of a list that lets more through the longer it is. */
export function byEntries(before: ReadonlySet<string>, after: ReadonlySet<string>): Effect {
  const gone = [...before].some((entry) => !after.has(entry));
  const come = [...after].some((entry) => !before.has(entry));
  if (gone && come) return 'changed';
  if (come) return 'wider';
  return gone ? 'narrower' : 'same';
}

export function opposite(effect: Effect): Effect {
  if (effect === 'wider') return 'narrower';
  return effect === 'narrower' ? 'wider' : effect;
}

/** Of two effects at once: wider and narrower together can't be told. */
export function together(one: Effect, other: Effect): Effect {
  if (one === 'same') return other;
  if (other === 'same' || one === other) return one;
  return 'changed';
}

/** `added a, b; removed c`. */
export function entriesText(before: ReadonlySet<string>, after: ReadonlySet<string>): string {
  const come = [...after].filter((entry) => !before.has(entry));
  const gone = [...before].filter((entry) => !after.has(entry));
  return [
    come.length === 0 ? '' : `added ${come.join(', ')}`,
    gone.length === 0 ? '' : `removed ${gone.join(', ')}`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}

/** Of one of several words. */
export function choiceChange<T extends string>(
  name: string,
  before: T,
  after: T,
  effectOf: (before: T, after: T) => Effect,
): readonly Change[] {
  if (before === after) return [];
  return [{ effect: effectOf(before, after), text: `${name}: ${after} (was ${before})` }];
}

/** From the strictest to the mildest. */
export function byRank<T extends string>(
  strictestFirst: readonly T[],
): (before: T, after: T) => Effect {
  return (before, after) =>
    strictestFirst.indexOf(after) > strictestFirst.indexOf(before) ? 'wider' : 'narrower';
}

/** Of a list that lets more through the longer it is, or with `effectOf` by another order. */
export function entryChange(
  name: string,
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
  effectOf: (effect: Effect) => Effect = (effect) => effect,
): readonly Change[] {
  const effect = effectOf(byEntries(before, after));
  return effect === 'same' ? [] : [{ effect, text: `${name}: ${entriesText(before, after)}` }];
}
