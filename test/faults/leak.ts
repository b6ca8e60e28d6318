/**
 * When something grows that shouldn't. Judged over the second half of a gateway's life, when its caches are warm, by the
 * smaller of two: the median of the slopes between all pairs of samples, which neither a spike nor a single step moves, times
 * that half; and how much higher it stood at its highest in the later part than in the earlier, which what fills and is
 * emptied again and again doesn't move.
 */
export interface Allowance {
  /** So much growth over the second half is none. */
  readonly atMost: number;
  /** Or so much of what it was at the half. */
  readonly share: number;
}

const megabyte = 1024 * 1024;
/** Caches that fill for hours, and pages that the allocator keeps, are no leak; an hour's leak is more than this. */
export const memory: Readonly<Record<string, Allowance>> = {
  rss: { atMost: 16 * megabyte, share: 0.1 },
  threadsHeapUsed: { atMost: 4 * megabyte, share: 0.1 },
  heapUsed: { atMost: 4 * megabyte, share: 0.1 },
  external: { atMost: 4 * megabyte, share: 0.1 },
};
/** Handles, sockets, timers, children: counted while nothing is under way, when only idle connections come and go. */
const counted: Allowance = { atMost: 3, share: 0 };

export type Sample = Readonly<Record<string, number>>;

export interface Growth {
  readonly what: string;
  readonly half: number;
  readonly last: number;
  /** Over the second half. */
  readonly growth: number;
  readonly leaks: boolean;
}

export const samplesMin = 6;

/** @param samples - of one life, evenly spaced; nothing can be said of fewer than `samplesMin`. */
export function growthOf(samples: readonly Sample[]): Growth[] {
  const half = samples.slice(Math.floor(samples.length / 2));
  if (samples.length < samplesMin) return [];
  return [...new Set(samples.flatMap((sample) => Object.keys(sample)))].map((what) => {
    const values = half.map((sample) => sample[what] ?? 0);
    const [first = 0] = values;
    const growth = Math.min(medianSlope(values) * (values.length - 1), riseOfPeaks(values));
    const { atMost, share } = memory[what] ?? counted;
    const leaks = growth > Math.max(atMost, share * first);
    return { what, half: first, last: values.at(-1) ?? 0, growth, leaks };
  });
}

/** Over the whole of it: its parts are half as long. */
function riseOfPeaks(values: readonly number[]): number {
  const middle = Math.floor(values.length / 2);
  return 2 * (Math.max(...values.slice(middle)) - Math.max(...values.slice(0, middle)));
}

function medianSlope(values: readonly number[]): number {
  const slopes = values.flatMap((value, from) =>
    values.slice(from + 1).map((later, steps) => (later - value) / (steps + 1)),
  );
  return slopes.toSorted((a, b) => a - b)[Math.floor(slopes.length / 2)] ?? 0;
}
