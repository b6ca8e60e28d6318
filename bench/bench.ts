/** What every benchmark is: a function from options to rows, each a figure beside its target. */

export interface Row {
  readonly name: string;
  /** Null: it couldn't be measured here, and `unit` says why. */
  readonly value: number | null;
  readonly unit: string;
  /** `>= 0.55`; null: a figure to compare with, not one to reach. */
  readonly target: string | null;
  /** False when a target is missed, or couldn't be measured. */
  readonly ok: boolean;
}

export interface BenchOptions {
  /** Of each lane: the median counts. */
  readonly rounds: number | null;
  /** Of one lane in one round. */
  readonly seconds: number | null;
  /** The lanes to measure; empty: all of them. */
  readonly only: ReadonlySet<string>;
  /** What goes on meanwhile, for people. */
  readonly progress: (text: string) => void;
}

export interface Bench {
  readonly name: string;
  /** What `--only` takes. */
  readonly lanes: readonly string[];
  readonly run: (options: BenchOptions) => Promise<readonly Row[]>;
}

export function atLeast(name: string, value: number, unit: string, least: number): Row {
  return { name, value: rounded(value), unit, target: `>= ${least}`, ok: value >= least };
}

export function atMost(name: string, value: number, unit: string, most: number): Row {
  return { name, value: rounded(value), unit, target: `<= ${most}`, ok: value <= most };
}

/** A figure that others are compared with. */
export function beside(name: string, value: number, unit: string): Row {
  return { name, value: rounded(value), unit, target: null, ok: true };
}

/** A peer that isn't there, or a figure that this system doesn't give. */
export function skipped(name: string, why: string): Row {
  return { name, value: null, unit: `skipped: ${why}`, target: null, ok: true };
}

export function chosen(options: BenchOptions, lane: string): boolean {
  return options.only.size === 0 || options.only.has(lane);
}

export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

/** The mean of both neighbours where it falls between two. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? Number.NaN;
  return (low + high) / 2;
}

/** Three digits that say something; whole numbers stay whole. */
function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
