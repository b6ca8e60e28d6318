import type { HoldShown } from '../../src/runtime/port.ts';

/** How many more people have to agree to what this person has agreed to; null: they haven't agreed to anything of it. */
export function stillNeeded(
  { asks, agreements }: Pick<HoldShown, 'asks' | 'agreements'>,
  person: string,
): number | null {
  const theirs = new Set(agreements.flatMap((one) => (one.by === person ? one.asks : [])));
  const missing = asks
    .filter(({ key }) => theirs.has(key))
    .map(({ key, quorum }) => quorum - peopleFor(agreements, key));
  return missing.length === 0 ? null : Math.max(0, ...missing);
}

function peopleFor(agreements: HoldShown['agreements'], key: string): number {
  return new Set(agreements.flatMap(({ by, asks }) => (asks.includes(key) ? [by] : []))).size;
}
