/** Numbers that look random and are the same for the same seed: what was found once can be found again. */
export interface Random {
  /** A whole number from 0 up to, and without, `end`. */
  readonly below: (end: number) => number;
  readonly oneOf: OneOf;
}

interface OneOf {
  <Item>(items: readonly [Item, ...Item[]]): Item;
  <Item>(items: readonly Item[]): Item | undefined;
}

/** Mulberry32: 32 bits of state are plenty for what nobody has to be unable to guess. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (end: number): number => Math.floor(next() * end);
  function oneOf<Item>(items: readonly [Item, ...Item[]]): Item;
  function oneOf<Item>(items: readonly Item[]): Item | undefined;
  function oneOf<Item>(items: readonly Item[]): Item | undefined {
    return items[below(items.length)];
  }
  return { below, oneOf };
}
