import type { Looks } from '../content/detection/scan.ts';
import type { Scans } from '../content/detection/sighting.ts';
import type { FindingCode } from './codes.ts';
import type { Exchange } from './exchange.ts';

/** What `decide` needs to know of the world, named by `gather` and fetched by the shell: nothing else reaches it. */
export interface FactsRequest {
  readonly agent: string;
  readonly upstream: string;
  readonly tool: string;
  /** Shared sliding counters to read. */
  readonly windows: readonly { readonly key: string; readonly windowMs: number | null }[];
  /** `once_per` keys to test. */
  readonly once: readonly string[];
  /** `novelty` keys to test: `agent|kind|value`. */
  readonly used: readonly string[];
  /** Whether the decision looks at what the run has done and been shown. */
  readonly history: boolean;
  /** What detectors have to look at; null: nothing. */
  readonly scan: ScanRequest | null;
}

export interface ScanRequest {
  /** Each once. */
  readonly texts: readonly string[];
  readonly looks: DeclaredLooks;
}

/** As far as a policy says: what Sallyport holds is the shell's to know. */
export type DeclaredLooks = Omit<Looks, 'held'>;

export interface Facts {
  /** The store's clock, epoch milliseconds; never decreases within a run. */
  readonly nowMs: number;
  readonly suspended: boolean;
  readonly windows: Readonly<Record<string, number>>;
  readonly once: Readonly<Record<string, boolean>>;
  readonly used: Readonly<Record<string, boolean>>;
  /** Oldest first: of the run, its children that returned, and the runs above it. Null: not asked for, or not to be had. */
  readonly history: readonly Exchange[] | null;
  /** Of the texts that were asked for. */
  readonly scans: Scans;
  readonly breaker: BreakerFact;
  /** The definition that the upstream lists now, against the pin. */
  readonly definition: 'pinned' | 'changed' | 'missing' | 'unknown';
  readonly upstreamUp: boolean;
}

export type BreakerFact =
  | { readonly state: 'closed' }
  | { readonly state: 'open'; readonly untilMs: number }
  /** `probing`: somebody's probe is in flight; nobody else passes. */
  | { readonly state: 'half_open'; readonly probing: boolean };

export type { FindingCode };
