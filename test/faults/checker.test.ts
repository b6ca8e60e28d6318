/** The checker itself: a sound world has nothing to report, and each planted violation is reported as what it is. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GatewayEvent, RunEvent } from '../../src/engine/events.ts';
import { fold } from '../../src/engine/fold.ts';
import { noLabels } from '../../src/engine/labels.ts';
import { openSequencer } from '../../src/ledger/sequencer.ts';
import { Payloads } from '../../src/runtime/payloads.ts';
import { heldRedaction } from '../../src/runtime/redaction.ts';
import { finished, SampleRun, started, window } from '../../src/store/contract-samples.ts';
import { openSqliteReader, openSqliteStore } from '../../src/store/sqlite/open.ts';
import { check } from './checker.ts';
import type { Answer, Effect, Invariant, World } from './world.ts';

const root = mkdtempSync(join(tmpdir(), 'sallyport-checker-'));
const sound = join(root, 'sound');
afterAll(() => rmSync(root, { recursive: true }));

const labels = { trust: 'untrusted', classes: ['pii'], subjects: [] } as const;
const tool = 'mail.send';
const args = (id: string) => ({ id });
const kept: string[] = [];
let vkey = '';
/** The run as it is, but for what it was shown. */
let washed = '';

const effect = (id: string, atNs: bigint): Effect => ({ tool, args: args(id), atNs });
const result = (call: string, id: string, atNs: bigint): Answer & { type: 'result' } => ({
  type: 'result',
  run: 'run-1',
  call,
  tool,
  args: args(id),
  isError: false,
  labels,
  atNs,
});
const effects = [effect('a', 10n), effect('a', 20n), effect('b', 30n), effect('g', 33n)];
const answers: readonly Answer[] = [
  result('call-a', 'a', 15n),
  result('call-a2', 'a', 25n),
  { type: 'refused', call: 'call-d', code: 'authorize.paths' },
  { type: 'refused', call: 'call-s', code: 'store.unavailable' },
];

/**
 * One run: `a` done twice, the second time after the first was delivered; `b` done and its end unknown; `d` refused; `e` refused by the server; `g` done as a
 * person agreed; `h` waits for one. */
beforeAll(async () => {
  {
    await using store = await openSqliteStore({
      directory: sound,
      foldRun: fold,
      clock: () => 5_000,
    });
    await using sequencer = await openSequencer({
      store,
      directory: sound,
      onFault: (error) => expect(error).toBeUndefined(),
    });
    vkey = sequencer.vkey;
    const run = new SampleRun(store, 'run-1');
    await run.open(1_000);
    for (const [index, id] of ['a', 'a', 'b', 'e'].entries()) {
      const call = `call-${id}${index === 1 ? '2' : ''}`;
      const payloads = new Payloads();
      const argumentsDigest = payloads.keep(args(id), heldRedaction([]));
      const begin = started('run-1', call, 2_000 + 10 * index, {
        arguments: argumentsDigest,
        reservations: [window('shared', 1, 100, null)],
      });
      await run.commit([begin], {
        call,
        reservations: begin.reservations,
        payloads: payloads.bytes,
      });
      await run.commit([endOf(id, call, 2_005 + 10 * index)], {
        gatewayEvents: id === 'b' ? [alert(call)] : [],
        releases: id === 'e' ? [call] : [],
      });
    }
    await run.commit([denied('call-d')]);
    for (const call of ['call-g', 'call-h'])
      await run.commit([held(call)], { writes: [{ key: `hold:${call}`, value: { v: 1 } }] });
    await run.commit(agreed('call-g'));
    const payloads = new Payloads();
    const begun = started('run-1', 'call-g', 2_700, {
      arguments: payloads.keep(args('g'), heldRedaction([])),
    });
    const writes = [{ key: 'hold:call-g', value: null }];
    await run.commit([begun], { call: 'call-g', payloads: payloads.bytes, writes });
    await run.commit([endOf('g', 'call-g', 2_705)], { call: 'call-g' });
    washed = JSON.stringify({ ...run.folded, labels: noLabels });
    await store.commitGateway({
      events: [{ v: 1, type: 'spool.recovered', atMs: 3_000, refusals: [{ call: 'call-s' }] }],
      writes: [],
    });
    await sequencer.seal();
    kept.push(readFileSync(join(sound, 'checkpoint'), 'utf8'));
  }
});

function endOf(id: string, call: string, atMs: number): RunEvent {
  const end = { ...finished('run-1', call, atMs), result: null, released: null };
  if (id === 'b') return { ...end, outcome: 'indeterminate', by: 'sallyport', delivered: false };
  return id === 'e' ? { ...end, outcome: 'failed', by: 'sallyport' } : end;
}

function denied(call: string): RunEvent {
  const {
    reservations: _,
    idempotencyKey: __,
    ...decided
  } = started('run-1', call, 2_600, {
    arguments: new Payloads().keep(args('a'), heldRedaction([])),
  });
  return { ...decided, type: 'call.denied', verdict: 'deny', effect: 'deny', remedies: [] };
}

function held(call: string): RunEvent {
  const {
    reservations: _,
    idempotencyKey: __,
    ...decided
  } = started('run-1', call, 2_650, {
    arguments: new Payloads().keep(args('a'), heldRedaction([])),
  });
  return {
    ...decided,
    ...{ type: 'call.held', verdict: 'hold', effect: 'hold', asks: [], expiresAtMs: 9_000 },
    ...{ shown: decided.arguments, reason: null },
  };
}

function agreed(call: string): RunEvent[] {
  const { v, run, agent, user, policy, digest } = started('run-1', call, 0);
  const fields = { v, atMs: 2_660, run, agent, user, policy, call, digest } as const;
  const credential = { credential: 'token-ann', signedInAtMs: 1_000 };
  return [
    {
      ...{ ...fields, ...credential, type: 'approval.answered', by: 'ann' },
      ...{ answer: 'approve', asks: [], reason: null },
    },
    {
      ...fields,
      type: 'approval.settled',
      of: 'call',
      outcome: 'approved',
      by: ['ann'],
      why: null,
    },
  ];
}

function alert(call: string): GatewayEvent {
  return {
    v: 1,
    type: 'alert.raised',
    atMs: 2_500,
    alert: 'indeterminate_call',
    run: 'run-1',
    call,
    details: {},
  };
}

interface Planted {
  readonly world?: Partial<World>;
  /** Done to a copy of the database, behind everybody's back. */
  readonly sql?: () => string;
}

let copies = 0;

async function found({ world = {}, sql }: Planted) {
  copies += 1;
  const directory = join(root, `copy-${copies}`);
  await using stack = new AsyncDisposableStack();
  mkdirSync(directory, { mode: 0o700 });
  copyFileSync(join(sound, 'sallyport.db'), join(directory, 'sallyport.db'));
  const db = new DatabaseSync(join(directory, 'sallyport.db'));
  db.exec(`PRAGMA foreign_keys = OFF; ${sql?.() ?? ''}`);
  db.close();
  const store = stack.use(await openSqliteReader({ directory, foldRun: fold }));
  const violations = await check({
    effects,
    answers,
    runs: ['run-1'],
    approvals: [{ call: 'call-g', answer: 'approve' }],
    checkpoints: kept,
    spooled: [],
    store,
    vkey,
    state: 'stopped',
    ...world,
  });
  return violations;
}

test('a sound world has nothing to report', async () => {
  expect(await found({})).toEqual([]);
});

const edit = (text: string, by: string) =>
  `UPDATE events SET leaf = CAST(replace(CAST(leaf AS TEXT), '${text}', '${by}') AS BLOB)`;
const eventOf = (type: string, call: string) =>
  `(SELECT seq FROM events WHERE type = '${type}' AND CAST(leaf AS TEXT) LIKE '%"call":"${call}"%')`;

const planted: readonly (readonly [Invariant, string, Planted])[] = [
  [
    'acknowledged',
    'the end of a call whose result was released is gone',
    { world: { answers: [...answers, result('call-x', 'a', 26n)] } },
  ],
  ['acknowledged', 'a run that was opened is gone', { world: { runs: ['run-2'] } }],
  [
    'acknowledged',
    'a run that was closed is open',
    { world: { steps: [{ run: 'run-1', type: 'run.closed' }] } },
  ],
  [
    'acknowledged',
    'a refusal is on no record',
    { world: { answers: [{ type: 'refused', call: 'call-x', code: 'limits.rate' }] } },
  ],
  [
    'acknowledged',
    'a result is recorded in another run',
    { world: { answers: [{ ...result('call-a', 'a', 15n), run: 'run-2' }, ...answers.slice(1)] } },
  ],
  [
    'acknowledged',
    'a success is recorded as a failure',
    { world: { answers: [...answers, result('call-e', 'e', 26n)] } },
  ],
  [
    'acknowledged',
    'an event is gone from the end',
    { sql: () => 'DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)' },
  ],
  [
    'acknowledged',
    'an event was edited',
    {
      sql: () => `${edit('pii', 'pix')} WHERE seq = ${eventOf('call.finished', 'call-a')}`,
    },
  ],
  [
    'acknowledged',
    'what a stopped gateway left is not sealed',
    { sql: () => 'DELETE FROM checkpoints; DELETE FROM tiles' },
  ],
  [
    'intent',
    'something happened that was never started',
    { world: { effects: [...effects, effect('x', 40n)] } },
  ],
  [
    'intent',
    'something happened more often than it was started',
    { world: { effects: [...effects, effect('b', 40n)] } },
  ],
  [
    'once',
    'it happened again before its outcome was delivered',
    { world: { effects: [effect('a', 10n), effect('a', 14n), effect('b', 30n)] } },
  ],
  [
    'once',
    'it happened again, and the first outcome never came',
    { world: { answers: answers.slice(1) } },
  ],
  [
    'acknowledged',
    'what a person was told is on no record',
    { world: { approvals: [{ call: 'call-h', answer: 'approve' }] } },
  ],
  [
    'agreed',
    'it began, and nobody had agreed',
    {
      sql: () =>
        `${edit('"outcome":"approved"', '"outcome":"expired"')} WHERE seq = ${eventOf(
          'approval.settled',
          'call-g',
        )}`,
    },
  ],
  [
    'agreed',
    'it waits, and nobody is asked',
    { sql: () => `DELETE FROM state WHERE key = 'hold:call-h'` },
  ],
  [
    'agreed',
    'it is over, and somebody is asked',
    { sql: () => `INSERT INTO state VALUES ('hold:call-g', '{"v":1}')` },
  ],
  [
    'released',
    'a result bore more than its record says',
    {
      world: {
        answers: [
          { ...result('call-a', 'a', 15n), labels: { ...labels, classes: ['health'] } },
          ...answers.slice(1),
        ],
      },
    },
  ],
  [
    'released',
    'a run was rolled back behind its events',
    {
      sql: () => `INSERT INTO snapshots SELECT run, version, '${washed}' FROM runs`,
    },
  ],
  ['released', 'a counter was set back', { sql: () => 'DELETE FROM draws WHERE id = 1' }],
  [
    'unknown',
    'it happened and is recorded as not done',
    { world: { effects: [...effects, effect('e', 40n)] } },
  ],
  [
    'unknown',
    'it is recorded as done and never happened',
    { world: { effects: [effect('b', 30n)] } },
  ],
  [
    'unknown',
    'what was answered is recorded as unknown',
    { world: { answers: [...answers, result('call-b', 'b', 35n)] } },
  ],
  [
    'unknown',
    'an open call was left behind',
    { sql: () => `INSERT INTO open_calls VALUES ('call-z', 'run-1', 'somebody', 1)` },
  ],
  [
    'unknown',
    'nobody was alerted',
    {
      sql: () => `${edit('indeterminate_call', 'limit_reached')} WHERE type = 'alert.raised'`,
    },
  ],
  [
    'unknown',
    'a call never ended',
    {
      sql: () => `${edit('call-b', 'call-q')} WHERE seq = ${eventOf('call.finished', 'call-b')}`,
    },
  ],
  [
    'checkpoint',
    'the past was changed since it was signed',
    { sql: () => `${edit('"user":"ann"', '"user":"bob"')} WHERE seq = 0` },
  ],
  ['checkpoint', 'the store was put back', { sql: () => 'DELETE FROM events WHERE seq > 3' }],
  [
    'time',
    'an event lies before an earlier one of its run',
    {
      sql: () =>
        `${edit('"atMs":2005', '"atMs":1500')} WHERE seq = ${eventOf('call.finished', 'call-a')}`,
    },
  ],
];

test.each(planted)('%s: %s', async (invariant, _, plant) => {
  expect((await found(plant)).map((violation) => violation.invariant)).toContain(invariant);
});
