/** A real store with notifications on it, and events that somebody has to hear of. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../src/content/value.ts';
import type { Event, RunEvent } from '../../src/engine/events.ts';
import { fold } from '../../src/engine/fold.ts';
import { Notifications } from '../../src/notifications/notifications.ts';
import type { Pace } from '../../src/notifications/route.ts';
import type { Policy } from '../../src/policy/model.ts';
import { type AlertName, alertEvent } from '../../src/runtime/alerts.ts';
import { finished, opened, SampleRun, started } from '../../src/store/contract-samples.ts';
import { feedOf } from '../../src/store/feed.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { loaded } from '../engine/scene.ts';

export type HeldEvent = Extract<RunEvent, { type: 'call.held' }>;
type Settled = Extract<RunEvent, { type: 'approval.settled' }>;

export const quick: Pace = {
  gatherMs: 20,
  restMs: 5,
  tryMaxMs: 1_000,
  firstRetryMs: 5,
  retryMaxMs: 20,
  giveUpMs: 150,
  lastTryMaxMs: 100,
};

export interface NotifyWorld extends AsyncDisposable {
  readonly store: Store;
  readonly directory: string;
  readonly notifications: Notifications;
  policy: Policy;
  hold(call: string, change?: Partial<HeldEvent>): Promise<void>;
  /** The call was made, and what came back waits. */
  withhold(call: string): Promise<void>;
  settle(call: string, outcome?: Settled['outcome']): Promise<void>;
  alert(alert: AlertName, details?: JsonObject): Promise<void>;
  sent(): Promise<readonly Extract<Event, { type: 'notification.sent' }>[]>;
  alerts(): Promise<readonly Extract<Event, { type: 'alert.raised' }>[]>;
  /** Ends it, and what it sends, as a kill would: nothing is kept beyond what is kept already. */
  stop(): Promise<void>;
}

export interface NotifyOptions {
  readonly approvals?: string;
  readonly alerts?: string;
  readonly events?: string;
  readonly directory?: string;
  readonly secrets?: Readonly<Record<string, string | Promise<string>>>;
  readonly pace?: Partial<Pace>;
  readonly consoleUrl?: string | null;
  readonly begin?: boolean;
}

export function notifyPolicy({ approvals, alerts, events }: NotifyOptions): Policy {
  return loaded(
    `
sallyport: 1
enforcement: strict
upstreams: { mail: { functions: true } }
tools:
  mail.send: { action: send, tier: irreversible, reach: external, args: { to: recipient, text: content }, returns: { classes: [orders] } }
users: { static: { ann: { roles: [leads] }, bob: { roles: [leads] } } }
roles:
  leads: { permissions: { mail: { send: allow } } }
approvals: { default: leads${approvals === undefined ? '' : `, notify: ${approvals}`} }
alerts: { events: ${events ?? '[notify_failed, limit_reached, definition_changed]'}${alerts === undefined ? '' : `, notify: ${alerts}`} }
agents:
  helper: { acts_for: [leads], permissions: { mail: { send: { recipients: [a@b.example] } } } }
`,
    { tools: {} },
  );
}

export async function openNotifyWorld(options: NotifyOptions): Promise<NotifyWorld> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'sallyport-notify-')));
  const store = await openSqliteStore({ directory, foldRun: fold });
  const feed = feedOf(store);
  const secrets = options.secrets ?? {};
  let policy = notifyPolicy(options);
  const notifications = new Notifications({
    store,
    feed,
    policy: () => policy,
    readSecret: ({ from }) => Promise.resolve(secrets[from] ?? `nothing in ${from}`),
    log: () => undefined,
    pace: { ...quick, ...options.pace },
  });
  if (options.begin !== false) notifications.begin(options.consoleUrl ?? null);
  const run = `run_${directory.slice(-6)}`;
  const before = await store.loadRun(run);
  const sample = new SampleRun(store, run, before);
  if (before === null) await sample.commit([opened(run, store.nowMs(), { agent: 'helper' })]);
  const read: Event[] = [];
  let readSeqs = 0;
  /** What was read once isn't read again: it is asked for until enough is there. */
  const recorded = async (): Promise<readonly Event[]> => {
    const events = await store.events({ fromSeq: readSeqs, limit: 10_000 });
    readSeqs = (events.at(-1)?.seq ?? readSeqs - 1) + 1;
    read.push(...events.map(({ event }) => event));
    return read;
  };
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    await notifications[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
  };
  return {
    store,
    directory,
    notifications,
    get policy() {
      return policy;
    },
    set policy(next) {
      policy = next;
      notifications.follow();
    },
    async hold(call, change = {}) {
      await sample.commit([heldEvent(run, call, store.nowMs(), change)]);
    },
    async withhold(call) {
      const atMs = store.nowMs();
      const { asks, expiresAtMs } = heldEvent(run, call, atMs);
      const labels = { trust: 'trusted', classes: [], subjects: [] } as const;
      const kept = { kept: digest, frame: null, labels, asks, expiresAtMs };
      await sample.commit([
        { ...started(run, call, atMs), agent: 'helper' },
        {
          ...finished(run, call, atMs),
          ...{ agent: 'helper', released: null, labels },
          withheld: { ...kept, arguments: digest, facts: digest },
        },
      ]);
    },
    async settle(call, outcome = 'approved') {
      await sample.commit([settledEvent(run, call, store.nowMs(), outcome)]);
    },
    async alert(alert, details = {}) {
      const event = alertEvent(alert, null, null, store.nowMs(), details);
      await store.commitGateway({ events: [event], writes: [] });
    },
    async sent() {
      return (await recorded()).flatMap((event) =>
        event.type === 'notification.sent' ? [event] : [],
      );
    },
    async alerts() {
      return (await recorded()).flatMap((event) => (event.type === 'alert.raised' ? [event] : []));
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      if (options.directory === undefined) await rm(directory, { recursive: true });
    },
  };
}

const digest = `sha256:${'1'.repeat(64)}`;

export function heldEvent(
  run: string,
  call: string,
  atMs: number,
  change: Partial<HeldEvent> = {},
): HeldEvent {
  return {
    v: 1,
    type: 'call.held',
    atMs,
    run,
    agent: 'helper',
    user: 'ann',
    policy: digest,
    call,
    step: null,
    tool: 'mail.send',
    tier: 3,
    digest,
    mediation: 'brokered',
    arguments: digest,
    verdict: 'hold',
    effect: 'hold',
    enforcement: 'strict',
    dryRun: false,
    findings: [],
    facts: { nowMs: atMs },
    budgetLeft: {},
    asks: [
      {
        key: digest,
        code: 'gate.tier',
        by: { type: 'role', role: 'leads' },
        quorum: 1,
        freshMs: null,
        remember: null,
        grants: null,
      },
    ],
    expiresAtMs: atMs + 900_000,
    shown: digest,
    reason: null,
    ...change,
  };
}

function settledEvent(
  run: string,
  call: string,
  atMs: number,
  outcome: Settled['outcome'],
): Settled {
  return {
    ...{ v: 1, type: 'approval.settled', atMs, run, agent: 'helper', user: 'ann', policy: digest },
    ...{ call, digest, of: 'call', outcome, by: ['bob'], why: null },
  };
}

export async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    if (await done()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it never came about');
}
