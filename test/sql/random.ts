/** Chance that can be had again: what matters of it is that a failure comes back. */
export interface Random {
  readonly below: (bound: number) => number;
  readonly one: <T>(all: readonly [T, ...T[]]) => T;
}

export function randomFrom(seed: number): Random {
  let state = seed;
  const below = (bound: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
  return { below, one: (all) => all[below(all.length)] ?? all[0] };
}
