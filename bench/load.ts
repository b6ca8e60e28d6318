/** Load as the benchmarks make it: so many callers, each with one call under way, for so long. */

/** Makes one call and checks its answer. @throws when the answer isn't the one that was to come. */
export type Caller = () => Promise<void>;

export interface Load {
  readonly calls: number;
  readonly seconds: number;
}

export async function load(callers: readonly Caller[], seconds: number): Promise<Load> {
  const begun = performance.now();
  const untilMs = begun + seconds * 1_000;
  let calls = 0;
  await Promise.all(
    callers.map(async (call) => {
      while (performance.now() < untilMs) {
        await call();
        calls += 1;
      }
    }),
  );
  return { calls, seconds: (performance.now() - begun) / 1_000 };
}

export function perSecond({ calls, seconds }: Load): number {
  return calls / seconds;
}

/** How long each call of any of them took, in milliseconds. */
export async function latencies(
  callers: readonly Caller[],
  seconds: number,
): Promise<readonly number[]> {
  const taken: number[] = [];
  const untilMs = performance.now() + seconds * 1_000;
  await Promise.all(
    callers.map(async (call) => {
      for (let now = performance.now(); now < untilMs; ) {
        await call();
        const after = performance.now();
        taken.push(after - now);
        now = after;
      }
    }),
  );
  return taken;
}

export interface Pair<T> {
  readonly one: T;
  readonly other: T;
}

/**
 * Measures two things right after one another, and so again, in turns of who is first: what slows the machine down
 * meanwhile slows both. The first round warms up and isn't counted.
 */
export async function pairs<T>(
  rounds: number,
  one: () => Promise<T>,
  other: () => Promise<T>,
): Promise<readonly Pair<T>[]> {
  const measured: Pair<T>[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const first = await (round % 2 === 0 ? one : other)();
    const second = await (round % 2 === 0 ? other : one)();
    if (round > 0)
      measured.push(
        round % 2 === 0 ? { one: first, other: second } : { one: second, other: first },
      );
  }
  return measured;
}
