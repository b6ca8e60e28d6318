/** Small events, and a run that commits them: for the contract suite and the benchmark. */
import type { Reservation } from '../engine/decision.ts';
import type { RunEvent } from '../engine/events.ts';
import { fold } from '../engine/fold.ts';
import type { Run } from '../engine/run.ts';
import type { CommitOutcome, RunCommit, Store } from './port.ts';

type Opened = Extract<RunEvent, { type: 'run.opened' }>;
type Started = Extract<RunEvent, { type: 'call.started' }>;
type Finished = Extract<RunEvent, { type: 'call.finished' }>;

const policy = `sha256:${'0'.repeat(64)}`;

export function opened(run: string, atMs: number, change: Partial<Opened> = {}): Opened {
  return {
    v: 1,
    type: 'run.opened',
    atMs,
    run,
    agent: 'email_agent',
    user: 'ann',
    policy,
    implicit: false,
    credential: 'opener-1',
    parent: null,
    case: { sender: 'customer@example.org' },
    request: null,
    requestTrusted: false,
    only: null,
    budget: { steps: 25 },
    outside: [],
    dryRun: false,
    labels: { trust: 'trusted', classes: [], subjects: [] },
    ...change,
  };
}

function ofCall(run: string, call: string, atMs: number) {
  return {
    v: 1,
    atMs,
    run,
    agent: 'email_agent',
    user: 'ann',
    policy,
    call,
    step: null,
    tool: 'mail.send',
    tier: 2,
    digest: `sha256:${'1'.repeat(64)}`,
    mediation: 'brokered',
  } as const;
}

export function started(
  run: string,
  call: string,
  atMs: number,
  change: Partial<Started> = {},
): Started {
  return {
    ...ofCall(run, call, atMs),
    type: 'call.started',
    arguments: `sha256:${'2'.repeat(64)}`,
    verdict: 'allow',
    effect: 'allow',
    enforcement: 'strict',
    dryRun: false,
    findings: [],
    facts: { nowMs: atMs },
    budgetLeft: { steps: 24 },
    reservations: [],
    idempotencyKey: null,
    ...change,
  };
}

export function finished(run: string, call: string, atMs: number): Finished {
  return {
    ...ofCall(run, call, atMs),
    type: 'call.finished',
    outcome: 'completed',
    by: 'upstream',
    dryRun: false,
    delivered: true,
    result: `sha256:${'3'.repeat(64)}`,
    released: `sha256:${'3'.repeat(64)}`,
    isError: false,
    findings: [],
    durationMs: 12,
    tokens: null,
    costMicroUsd: null,
    labels: { trust: 'untrusted', classes: ['pii'], subjects: [] },
    budgetLeft: { steps: 24 },
  };
}

/** Commits to one run the way its one writer does: against the run as folded here, without waiting for earlier syncs. */
export class SampleRun {
  readonly id: string;
  readonly #store: Store;
  folded: Run | null = null;

  constructor(store: Store, id: string, folded: Run | null = null) {
    this.#store = store;
    this.id = id;
    this.folded = folded;
  }

  commit(events: readonly RunEvent[], rest: Partial<RunCommit> = {}): Promise<CommitOutcome> {
    let folded = this.folded;
    const expectedVersion = folded?.version ?? 0;
    for (const event of events) folded = fold(folded, event);
    if (folded === null) throw new Error('nothing to commit');
    this.folded = folded;
    return this.#store.commit({
      run: this.id,
      expectedVersion,
      events,
      gatewayEvents: [],
      reservations: [],
      call: null,
      releases: [],
      marks: [],
      writes: [],
      payloads: new Map(),
      folded,
      ...rest,
    });
  }

  open(atMs: number = this.#store.nowMs(), change: Partial<Opened> = {}): Promise<CommitOutcome> {
    return this.commit([opened(this.id, atMs, change)]);
  }

  start(
    call: string,
    rest: Partial<RunCommit> = {},
    atMs: number = this.#store.nowMs(),
  ): Promise<CommitOutcome> {
    return this.commit([started(this.id, call, atMs)], { call, ...rest });
  }

  finish(call: string, rest: Partial<RunCommit> = {}): Promise<CommitOutcome> {
    return this.commit([finished(this.id, call, this.#store.nowMs())], rest);
  }
}

export function window(
  key: string,
  amount: number,
  max: number,
  windowMs: number | null,
): Reservation {
  return { type: 'window', key, amount, max, windowMs, code: 'authorize.rate' };
}

export function once(key: string): Reservation {
  return { type: 'once', key, code: 'authorize.once_per' };
}
