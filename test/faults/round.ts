/** One kind of fault, as `npm run faults` runs it. */

export interface RoundOptions {
  readonly seed: number;
  /** How many faults, where a round can have any number of them. */
  readonly runs: number;
  /** Says how far it is, on a terminal. */
  readonly progress: (said: string) => void;
}

/** One thing that was asked, as `--json` prints it. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** In words: `<= 2`, `0`. */
  readonly target: string;
  readonly ok: boolean;
}

export interface RoundReport {
  readonly rows: readonly Row[];
  /** What didn't hold, each with the one command that repeats it. */
  readonly failures: readonly { readonly what: string; readonly repeat: string }[];
}

export interface Round {
  readonly name: string;
  /** For `--help`. */
  readonly says: string;
  readonly run: (options: RoundOptions) => Promise<RoundReport>;
}
