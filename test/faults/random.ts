/** A small generator, so that whatever is found can be had again from its seed. */
export interface Random {
  /** From 0 up to, not including, `below`. */
  readonly below: (below: number) => number;
  readonly pick: <T>(choices: readonly [T, ...T[]]) => T;
}

const modulus = 2_147_483_647;

export function randomFrom(seed: number): Random {
  let state = (Math.abs(Math.trunc(seed)) % (modulus - 1)) + 1;
  const next = (): number => {
    state = (state * 48_271) % modulus;
    return state / modulus;
  };
  for (let warm = 0; warm < 4; warm += 1) next();
  const below = (bound: number): number => Math.floor(next() * bound);
  return { below, pick: (choices) => choices[below(choices.length)] ?? choices[0] };
}
