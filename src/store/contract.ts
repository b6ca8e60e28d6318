/** Everything that `port.ts` promises, as a suite that each implementation runs. */
import { hash, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../content/json.ts';
import type { RunEvent } from '../engine/events.ts';
import { fold } from '../engine/fold.ts';
import type { Run } from '../engine/run.ts';
import { finished, once, opened, SampleRun, started, window } from './contract-samples.ts';
import type { Store } from './port.ts';

export interface StoreContractOptions {
  /** Names a store: opened again after it was closed, it is the same one. */
  readonly place: string;
  readonly clock: () => number;
  readonly leaseOwner: string;
  readonly foldRun: (run: Run | null, event: RunEvent) => Run;
}

const hourMs = 3_600_000;
const utf8 = new TextDecoder();

export function storeContract(
  name: string,
  open: (options: StoreContractOptions) => Promise<Store>,
): void {
  /** A store of its own for each test, on a clock that only the test moves. */
  class World implements AsyncDisposable {
    readonly place: string = randomUUID();
    clockMs = 1_000_000;
    store!: Store;

    static async make(): Promise<World> {
      const world = new World();
      await world.#open('owner-1');
      return world;
    }

    async reopen(leaseOwner = 'owner-2'): Promise<void> {
      await this.store[Symbol.asyncDispose]();
      await this.#open(leaseOwner);
    }

    run(id: string): SampleRun {
      return new SampleRun(this.store, id);
    }

    async #open(leaseOwner: string): Promise<void> {
      this.store = await open({
        place: this.place,
        clock: () => this.clockMs,
        leaseOwner,
        foldRun: fold,
      });
    }

    async [Symbol.asyncDispose](): Promise<void> {
      await this.store[Symbol.asyncDispose]();
    }
  }

  describe(`${name}: commits`, () => {
    test('events get dense global numbers and versions of their own run', async () => {
      await using world = await World.make();
      const [a, b] = [world.run('a'), world.run('b')];
      expect(await a.open()).toEqual({ type: 'committed', firstSeq: 0 });
      expect(await b.open()).toEqual({ type: 'committed', firstSeq: 1 });
      expect(await a.start('call-1')).toEqual({ type: 'committed', firstSeq: 2 });
      const events = await world.store.events({ limit: 10 });
      expect(events.map(({ seq, run, runVersion }) => [seq, run, runVersion])).toEqual([
        [0, 'a', 1],
        [1, 'b', 1],
        [2, 'a', 2],
      ]);
      expect(await world.store.eventCount()).toBe(3);
    });

    test('the leaf is the RFC 8785 form of the event, and reads back as it was', async () => {
      await using world = await World.make();
      const event = opened('a', 7, { case: { sender: 'zoë@example.org', big: 1e21 } });
      await world.run('a').commit([event]);
      const [stored] = await world.store.events({ limit: 1 });
      expect(stored?.event).toEqual(event);
      expect(utf8.decode(stored?.leaf)).toBe(canonicalJson(event));
      const [row] = await world.store.eventRows(0, 1);
      expect(row).toMatchObject({
        seq: 0,
        run: 'a',
        type: 'run.opened',
        agent: 'email_agent',
        atMs: 7,
      });
      expect(row?.leaf).toEqual(stored?.leaf);
    });

    test('a commit against another version is a conflict and leaves nothing', async () => {
      await using world = await World.make();
      const { store } = world;
      const run = world.run('a');
      await run.open();
      const stale = new SampleRun(store, 'a', run.folded);
      await run.start('call-1');
      const outcome = await stale.start('call-2', {
        gatewayEvents: [{ v: 1, type: 'breaker.closed', atMs: 1, tool: 'mail.send' }],
        reservations: [window('rate', 1, 10, hourMs), once('only')],
        marks: ['mark'],
        writes: [{ key: 'state', value: 1 }],
        payloads: new Map([['sha256:00', new Uint8Array([1])]]),
      });
      expect(outcome).toEqual({ type: 'conflict' });
      await nothingOf(store, 2);
      expect((await store.openCalls(10)).map(({ call }) => call)).toEqual(['call-1']);
    });

    test('a refused commit names every reservation that failed and leaves nothing', async () => {
      await using world = await World.make();
      const { store } = world;
      const run = world.run('a');
      await run.open();
      await run.start('call-1', { reservations: [once('taken'), window('full', 3, 3, hourMs)] });
      const before = run.folded;
      const failing = [once('taken'), window('full', 1, 3, hourMs)];
      const outcome = await run.start('call-2', {
        gatewayEvents: [{ v: 1, type: 'breaker.closed', atMs: 1, tool: 'mail.send' }],
        reservations: [window('rate', 1, 10, hourMs), ...failing, once('only')],
        marks: ['mark'],
        writes: [{ key: 'state', value: 1 }],
        payloads: new Map([['sha256:00', new Uint8Array([1])]]),
      });
      expect(outcome).toEqual({ type: 'refused', reservations: failing });
      await nothingOf(store, 2);
      expect((await store.openCalls(10)).map(({ call }) => call)).toEqual(['call-1']);
      // The run stands where it stood: its writer goes on from there.
      expect(await new SampleRun(store, 'a', before).finish('call-1')).toMatchObject({
        type: 'committed',
      });
    });

    test('what was folded on a refused commit conflicts, in the same group too', async () => {
      await using world = await World.make();
      const run = world.run('a');
      const outcomes = await Promise.all([
        run.open(),
        run.start('call-1', { reservations: [window('full', 1, 0, hourMs)] }),
        run.start('call-2'),
      ]);
      expect(outcomes.map(({ type }) => type)).toEqual(['committed', 'refused', 'conflict']);
      expect(await world.store.eventCount()).toBe(1);
    });

    test('pipelined commits of one run land in their order', async () => {
      await using world = await World.make();
      const run = world.run('a');
      const outcomes = await Promise.all([
        run.open(),
        ...Array.from({ length: 50 }, (_, index) => run.start(`call-${index}`)),
      ]);
      expect(outcomes).toEqual(outcomes.map((_, firstSeq) => ({ type: 'committed', firstSeq })));
      const events = await world.store.events({ run: 'a', limit: 100 });
      expect(events.map(({ event }) => ('call' in event ? event.call : null))).toEqual([
        null,
        ...Array.from({ length: 50 }, (_, index) => `call-${index}`),
      ]);
    });

    test('a call that is open can not be started again, by its run or another', async () => {
      await using world = await World.make();
      const [a, b] = [world.run('a'), world.run('b')];
      await Promise.all([a.open(), b.open()]);
      await a.start('call-1');
      expect(await b.start('call-1')).toEqual({ type: 'conflict' });
      expect(await a.start('call-1')).toEqual({ type: 'conflict' });
      expect(await world.store.openCalls(10)).toMatchObject([{ call: 'call-1', run: 'a' }]);
    });

    test('opening a run that exists is a conflict', async () => {
      await using world = await World.make();
      await world.run('a').open();
      expect(await world.run('a').open()).toEqual({ type: 'conflict' });
    });

    test('a commit that cannot be encoded rejects alone', async () => {
      await using world = await World.make();
      const bad = world
        .run('bad')
        .commit([opened('bad', 1, { request: 'a lone \ud800 surrogate' })]);
      const good = world.run('good').open();
      await expect(bad).rejects.toThrow();
      expect(await good).toEqual({ type: 'committed', firstSeq: 0 });
    });

    test('gateway events belong to no run, and come after the run events of their commit', async () => {
      await using world = await World.make();
      await world.store.commitGateway({
        events: [{ v: 1, type: 'gateway.started', atMs: 1, version: '0.1.0', policy: 'p' }],
        writes: [{ key: 'breaker:x', value: { failures: 1 } }],
      });
      await world.run('a').commit([opened('a', 2)], {
        gatewayEvents: [{ v: 1, type: 'agent.resumed', atMs: 2, agent: 'email_agent', by: 'ops' }],
      });
      const events = await world.store.events({ limit: 10 });
      expect(events.map(({ run, event }) => [run, event.type])).toEqual([
        [null, 'gateway.started'],
        ['a', 'run.opened'],
        [null, 'agent.resumed'],
      ]);
      expect(await world.store.readState('breaker:x')).toEqual({ failures: 1 });
    });
  });

  describe(`${name}: shared counters`, () => {
    test('64 parallel calls race for the last 10 of a window: 10 get it', async () => {
      await using world = await World.make();
      const runs = await openMany(world, 64);
      const outcomes = await Promise.all(
        runs.map((run) =>
          run.start(`call of ${run.id}`, { reservations: [window('rate', 1, 10, hourMs)] }),
        ),
      );
      expect(outcomes.filter(({ type }) => type === 'committed')).toHaveLength(10);
      expect(outcomes.filter(({ type }) => type === 'refused')).toHaveLength(54);
      expect(await world.store.windowSum('rate', world.clockMs - hourMs)).toBe(10);
      expect(await world.store.openCalls(100)).toHaveLength(10);
    });

    test.each([
      ['of a window', window('last', 1, 1, hourMs)],
      ['ever', window('last', 1, 1, null)],
      ['of a single use', once('last')],
    ])('two runs can not both take the last %s', async (_, reservation) => {
      await using world = await World.make();
      const runs = await openMany(world, 2);
      const outcomes = await Promise.all(
        runs.map((run) => run.start(`call of ${run.id}`, { reservations: [reservation] })),
      );
      expect(outcomes.map(({ type }) => type)).toEqual(['committed', 'refused']);
    });

    test('a window slides: a draw counts until exactly its length has passed', async () => {
      await using world = await World.make();
      const run = world.run('a');
      await run.open();
      const draw = () =>
        new SampleRun(world.store, 'a', run.folded).start(randomUUID(), {
          reservations: [window('rate', 1, 2, 60_000)],
        });
      const outcomes: string[] = [];
      for (const atMs of [0, 59_999, 59_999, 60_000, 60_000, 119_998, 119_999]) {
        world.clockMs = 2_000_000 + atMs;
        const { type } = await draw();
        outcomes.push(`${atMs} ${type}`);
        run.folded = await world.store.loadRun('a');
      }
      expect(outcomes).toEqual([
        '0 committed',
        '59999 committed',
        '59999 refused',
        '60000 committed',
        '60000 refused',
        '119998 refused',
        '119999 committed',
      ]);
    });

    test('windows of several lengths on one key each see their own span', async () => {
      await using world = await World.make();
      const run = world.run('a');
      await run.open();
      for (const [atMs, amount] of [
        [0, 1],
        [1_000, 10],
        [5_000, 100],
      ] as const) {
        world.clockMs = 2_000_000 + atMs;
        await run.start(`at ${atMs}`, { reservations: [window('k', amount, 1_000, null)] });
      }
      const sums = async () =>
        Promise.all(
          [4_999, 0, 5_000, 999, 1_000, -1, null].map((since) =>
            world.store.windowSum('k', since === null ? null : 2_000_000 + since),
          ),
        );
      expect(await sums()).toEqual([100, 110, 0, 110, 100, 111, 111]);
      await world.reopen();
      expect(await sums()).toEqual([100, 110, 0, 110, 100, 111, 111]);
    });

    test('amounts draw as much as they say, twice on one key adds up', async () => {
      await using world = await World.make();
      const run = world.run('a');
      await run.open();
      const first = await run.start('call-1', {
        reservations: [window('k', 30, 100, null), window('k', 30, 100, null)],
      });
      expect(first.type).toBe('committed');
      const folded = run.folded;
      const over = [window('k', 41, 100, null)];
      expect(await run.start('call-2', { reservations: over })).toEqual({
        type: 'refused',
        reservations: over,
      });
      const retry = new SampleRun(world.store, 'a', folded);
      const exact = await retry.start('call-3', { reservations: [window('k', 40, 100, null)] });
      expect(exact.type).toBe('committed');
      expect(await world.store.windowSum('k', null)).toBe(100);
    });

    test.each([-1, Number.NaN, 0.5, Number.POSITIVE_INFINITY])(
      'an amount of %d makes no room',
      async (amount) => {
        await using world = await World.make();
        const run = world.run('a');
        await run.open();
        const outcome = await run.start('c', { reservations: [window('k', amount, 100, null)] });
        expect(outcome.type).toBe('refused');
      },
    );

    test('a released call gives back what it drew, and only that', async () => {
      await using world = await World.make();
      const { store } = world;
      const run = world.run('a');
      await run.open();
      const reservations = [window('k', 4, 10, hourMs), window('t', 4, 10, null), once('only')];
      await run.start('call-1', { reservations });
      await run.start('call-2', {
        reservations: [window('k', 5, 10, hourMs), window('t', 5, 10, null), once('other')],
      });
      await run.finish('call-1', { releases: ['call-1'] });
      const left = async () => [
        await store.windowSum('k', store.nowMs() - hourMs),
        await store.windowSum('t', null),
        await store.onceTaken('only'),
        await store.onceTaken('other'),
      ];
      expect(await left()).toEqual([5, 5, false, true]);
      expect((await run.start('call-3', { reservations: [once('only')] })).type).toBe('committed');
    });

    test('sums that were looked at while commits were under way are exact once these are answered', async () => {
      await using world = await World.make();
      const { store } = world;
      const run = world.run('a');
      await run.open();
      const keys = ['k', 'l', 'm'];
      const spans = [null, 0, 1_000_050, 1_000_100, 1_000_199];
      const answers: Promise<unknown>[] = [];
      for (let n = 0; n < 200; n += 1) {
        world.clockMs += 1;
        const [key = 'k', other = 'k'] = [keys[n % 3], keys[(n * 7) % 3]];
        const reservations = [window(key, 1 + (n % 5), 1e9, null), window(other, 1, 1e9, 60_000)];
        answers.push(run.start(`call-${n}`, { reservations }));
        if (n % 4 === 3) {
          const call = `call-${n - 2}`;
          answers.push(run.finish(call, { releases: [call] }));
        }
        answers.push(store.windowSum(key, spans[n % spans.length] ?? null));
        if (n % 10 === 0) await answers.at(-2);
        if (n % 17 === 0) await answers.at(-1);
      }
      await Promise.all(answers);
      const sums = () =>
        Promise.all(keys.flatMap((key) => spans.map((since) => world.store.windowSum(key, since))));
      const looked = await sums();
      await world.reopen();
      expect(looked).toEqual(await sums());
      expect(new Set(looked).size).toBeGreaterThan(8);
    });

    test('counters survive a restart', async () => {
      await using world = await World.make();
      const run = world.run('a');
      await run.open();
      await run.start('call-1', {
        reservations: [window('k', 4, 5, hourMs), once('only')],
        marks: ['agent|recipient|x'],
      });
      await world.reopen();
      expect(await world.store.windowSum('k', world.clockMs - hourMs)).toBe(4);
      expect(await world.store.onceTaken('only')).toBe(true);
      expect(await world.store.used('agent|recipient|x')).toBe(true);
      expect(await world.store.used('agent|recipient|y')).toBe(false);
      const other = world.run('b');
      await other.open();
      expect((await other.start('c', { reservations: [window('k', 2, 5, hourMs)] })).type).toBe(
        'refused',
      );
    });
  });

  describe(`${name}: state`, () => {
    test('writes, deletes, lists by prefix, and keeps it over a restart', async () => {
      await using world = await World.make();
      const { store } = world;
      const write = (key: string, value: null | number) =>
        store.commitGateway({ events: [], writes: [{ key, value }] });
      await write('token:b', 2);
      await write('token:a', 1);
      await write('tokem', 3);
      await write('token;', 4);
      await write('token:c', 5);
      await write('token:c', null);
      await world.reopen();
      expect(await world.store.listState('token:')).toEqual([
        { key: 'token:a', value: 1 },
        { key: 'token:b', value: 2 },
      ]);
      expect(await world.store.readState('token:c')).toBeUndefined();
      expect(await world.store.readState('tokem')).toBe(3);
    });

    test('a value that was read before is the new one as soon as its write is answered', async () => {
      await using world = await World.make();
      const { store } = world;
      const put = (value: number | null) =>
        store.commitGateway({ events: [], writes: [{ key: 'k', value }] });
      for (const value of [1, 2, null, 3]) {
        const [earlier] = await Promise.all([store.readState('k'), put(value)]);
        expect(await store.readState('k')).toBe(value ?? undefined);
        expect(earlier).not.toBe(value ?? undefined);
      }
      const [, between] = await Promise.all([put(4), store.readState('k'), put(5)]);
      expect([3, 4, 5]).toContain(between);
      expect(await store.readState('k')).toBe(5);
    });

    test('`expect` compares and sets: of two racing, one wins', async () => {
      await using world = await World.make();
      const { store } = world;
      const swap = (expected: null | { a: number; b: number }, value: number) =>
        store.commitGateway({ events: [], writes: [{ key: 'k', value, expect: expected }] });
      await store.commitGateway({ events: [], writes: [{ key: 'k', value: { b: 2, a: 1 } }] });
      expect((await swap(null, 9)).type).toBe('conflict');
      const raced = await Promise.all([swap({ a: 1, b: 2 }, 3), swap({ a: 1, b: 2 }, 4)]);
      expect(raced.map(({ type }) => type)).toEqual(['committed', 'conflict']);
      expect(await store.readState('k')).toBe(3);
    });

    test('`expect: null` is for a key that must not be there, deleted just before included', async () => {
      await using world = await World.make();
      const { store } = world;
      await store.commitGateway({ events: [], writes: [{ key: 'k', value: 1 }] });
      const outcome = await store.commitGateway({
        events: [],
        writes: [
          { key: 'k', value: null, expect: 1 },
          { key: 'k', value: 2, expect: null },
        ],
      });
      expect(outcome.type).toBe('committed');
      expect(await store.readState('k')).toBe(2);
    });
  });

  describe(`${name}: runs`, () => {
    test('a run folds to the same, however many snapshots lie between', async () => {
      await using world = await World.make();
      const run = world.run('a');
      await run.open();
      for (let index = 0; index < 2_250; index += 1) void run.start(`call-${index}`);
      await run.finish('call-0');
      expect(await world.store.loadRun('a')).toEqual(run.folded);
      await world.reopen();
      expect(await world.store.loadRun('a')).toEqual(run.folded);
      expect(run.folded?.version).toBe(2_252);
      expect(await world.store.loadRun('b')).toBeNull();
    });

    test('a commit of several events may step over the snapshot', async () => {
      await using world = await World.make();
      const run = world.run('a');
      await run.open();
      const events = Array.from({ length: 1_999 }, (_, index) => started('a', `call-${index}`, 1));
      await run.commit(events.slice(0, 998));
      await run.commit(events.slice(998));
      expect(await world.store.loadRun('a')).toEqual(run.folded);
    });

    test('lists newest first, by agent and status, a page after another', async () => {
      await using world = await World.make();
      const { store } = world;
      for (const id of ['r1', 'r2', 'r3', 'r4']) {
        await world.run(id).open(store.nowMs(), { agent: id === 'r3' ? 'other' : 'email_agent' });
      }
      const run = new SampleRun(store, 'r2', await store.loadRun('r2'));
      await run.commit([
        { ...base('r2'), type: 'run.closed', as: 'success', by: 'ops', reason: null },
      ]);
      const ids = async (filter: Parameters<Store['listRuns']>[0]) =>
        (await store.listRuns(filter)).map((summary) => summary.run);
      expect(await ids({ limit: 10 })).toEqual(['r4', 'r3', 'r2', 'r1']);
      expect(await ids({ limit: 2 })).toEqual(['r4', 'r3']);
      expect(await ids({ limit: 2, before: 'r3' })).toEqual(['r2', 'r1']);
      expect(await ids({ limit: 10, agent: 'email_agent', status: 'open' })).toEqual(['r4', 'r1']);
      expect(await ids({ limit: 10, before: 'unknown' })).toEqual([]);
      expect((await store.listRuns({ limit: 1, status: 'closed' }))[0]).toEqual({
        run: 'r2',
        agent: 'email_agent',
        user: 'ann',
        status: 'closed',
        implicit: false,
        openedAtMs: world.clockMs,
        version: 2,
      });
    });

    test('finds the newest implicit run of agent, user and credential, also when it is closed', async () => {
      await using world = await World.make();
      const { store } = world;
      const implicit = { implicit: true, credential: 'token-1' };
      await world.run('explicit').open(1, { credential: 'token-1' });
      await world.run('old').open(1, implicit);
      await world.run('new').open(2, implicit);
      await world.run('alone').open(3, { ...implicit, user: null });
      await world.run('other').open(4, { ...implicit, credential: 'token-2' });
      const find = async (user: string | null, credential: string) =>
        (await store.findImplicitRun('email_agent', user, credential))?.id ?? null;
      expect(await find('ann', 'token-1')).toBe('new');
      expect(await find(null, 'token-1')).toBe('alone');
      expect(await find('ann', 'token-2')).toBe('other');
      expect(await find('bob', 'token-1')).toBeNull();
      const run = new SampleRun(store, 'new', await store.loadRun('new'));
      await run.commit([
        { ...base('new'), type: 'run.closed', as: 'success', by: 'ops', reason: null },
      ]);
      // Closing a run must not be a way to shed its labels.
      expect(await find('ann', 'token-1')).toBe('new');
    });
  });

  describe(`${name}: what is read back`, () => {
    test('events by run, agent, type and span, in both directions', async () => {
      await using world = await World.make();
      const [a, b] = [world.run('a'), world.run('b')];
      await a.open();
      await b.open(1, { agent: 'other' });
      await a.start('call-1');
      await a.finish('call-1');
      const seqs = async (filter: Omit<Parameters<Store['events']>[0], 'limit'>, limit = 10) =>
        (await world.store.events({ ...filter, limit })).map(({ seq }) => seq);
      expect(await seqs({ run: 'a' })).toEqual([0, 2, 3]);
      expect(await seqs({ run: 'a', newestFirst: true }, 2)).toEqual([3, 2]);
      expect(await seqs({ agent: 'other' })).toEqual([1]);
      expect(await seqs({ type: 'run.opened' })).toEqual([0, 1]);
      expect(await seqs({ fromSeq: 1, beforeSeq: 3 })).toEqual([1, 2]);
      expect((await world.store.eventRows(2, 10)).map(({ seq }) => seq)).toEqual([2, 3]);
    });

    test('the few of an agent or a type are found among the many, from either end', async () => {
      await using world = await World.make();
      const busy = world.run('busy');
      await busy.open();
      const many = Array.from({ length: 300 }, (_, n) => busy.start(`call-${n}`));
      await Promise.all(many);
      await world.run('b').open(1, { agent: 'other' });
      await Promise.all(Array.from({ length: 300 }, (_, n) => busy.finish(`call-${n}`)));
      await world.reopen();
      await world.run('c').open(1, { agent: 'other' });
      const seqs = async (filter: Parameters<Store['events']>[0]) =>
        (await world.store.events(filter)).map(({ seq }) => seq);
      expect(await seqs({ agent: 'other', limit: 9 })).toEqual([301, 602]);
      expect(await seqs({ agent: 'other', limit: 1, newestFirst: true })).toEqual([602]);
      expect(await seqs({ agent: 'other', limit: 9, beforeSeq: 602 })).toEqual([301]);
      expect(await seqs({ agent: 'other', limit: 9, fromSeq: 302 })).toEqual([602]);
      expect(await seqs({ type: 'run.opened', limit: 9 })).toEqual([0, 301, 602]);
      expect(await seqs({ type: 'run.opened', agent: 'email_agent', limit: 9 })).toEqual([0]);
      expect(await seqs({ type: 'call.finished', limit: 2 })).toEqual([302, 303]);
      expect(await seqs({ type: 'call.started', limit: 2, newestFirst: true })).toEqual([300, 299]);
      expect(await seqs({ run: 'busy', fromSeq: 299, limit: 3 })).toEqual([299, 300, 302]);
      // Back through a run, a page after the other: from an event of its own, and from one that isn't.
      const back = { run: 'busy', newestFirst: true, limit: 2 };
      expect(await seqs(back)).toEqual([601, 600]);
      expect(await seqs({ ...back, beforeSeq: 600 })).toEqual([599, 598]);
      expect(await seqs({ ...back, beforeSeq: 302 })).toEqual([300, 299]);
      expect(await seqs({ ...back, beforeSeq: 301 })).toEqual([300, 299]);
      expect(await seqs({ ...back, beforeSeq: 1 })).toEqual([0]);
      expect(await seqs({ ...back, beforeSeq: 0 })).toEqual([]);
      expect(await seqs({ ...back, beforeSeq: 304, fromSeq: 300 })).toEqual([303, 302]);
      expect(await seqs({ ...back, beforeSeq: 303, type: 'call.started' })).toEqual([300, 299]);
      expect(await seqs({ run: 'b', limit: 9, beforeSeq: 500, newestFirst: true })).toEqual([301]);
      expect(await seqs({ run: 'nobody', limit: 9 })).toEqual([]);
      expect(await seqs({ run: 'busy', type: 'call.started', beforeSeq: 3, limit: 9 })).toEqual([
        1, 2,
      ]);
    });

    test('events of a tool, and those whose leaf has a text', async () => {
      await using world = await World.make();
      const [a, b] = [world.run('a'), world.run('b')];
      await a.open(1, { user: 'ann' });
      await b.open(1, { user: "bob's" });
      await a.start('call-1');
      await b.commit([started('b', 'call-2', 9, { tool: 'mail.read', user: "bob's" })]);
      const seqs = async (filter: Omit<Parameters<Store['events']>[0], 'limit'>, limit = 10) =>
        (await world.store.events({ ...filter, limit })).map(({ seq }) => seq);
      expect(await seqs({ tool: 'mail.read' })).toEqual([3]);
      expect(await seqs({ tool: 'mail.send', type: 'run.opened' })).toEqual([]);
      expect(await seqs({ containing: ['"user":"ann"'] })).toEqual([0, 2]);
      expect(await seqs({ containing: ['"user":"ann"'], newestFirst: true }, 1)).toEqual([2]);
      expect(await seqs({ containing: ['"user":"ann"', '"call":"call-1"'] })).toEqual([2]);
      expect(await seqs({ run: 'b', containing: [`"user":"bob's"`] })).toEqual([1, 3]);
      expect(await seqs({ agent: 'email_agent', containing: ['%', '_'] })).toEqual([]);
    });

    test('what people answer is of the run that they were asked for', async () => {
      await using world = await World.make();
      const run = world.run('a');
      await run.open();
      await run.commit([
        {
          ...base('a'),
          type: 'approval.settled',
          call: 'call-1',
          digest: 'd',
          of: 'call',
          outcome: 'rejected',
          by: ['sam'],
          why: null,
        },
      ]);
      expect(await world.store.events({ run: 'a', limit: 9 })).toMatchObject([
        { run: 'a', runVersion: 1 },
        { run: 'a', runVersion: 2, event: { outcome: 'rejected' } },
      ]);
      await world.reopen();
      expect((await world.store.loadRun('a'))?.version).toBe(2);
    });

    test('runs are counted by their status', async () => {
      await using world = await World.make();
      const run = world.run('a');
      await run.open();
      await world.run('b').open();
      expect(await world.store.countRuns('open')).toBe(2);
      await run.commit([{ ...base('a'), type: 'run.closing', by: 'opener-1', reason: null }]);
      expect(await world.store.countRuns('open')).toBe(1);
      expect(await world.store.countRuns('closing')).toBe(1);
      expect(await world.store.listRuns({ status: 'closing', limit: 9 })).toMatchObject([
        { run: 'a', status: 'closing' },
      ]);
    });

    test('fresh leaf hashes are those of the rows, as far as there are any', async () => {
      await using world = await World.make();
      const expectFresh = async (fromSeq: number, limit: number) => {
        const rows = await world.store.eventRows(fromSeq, limit);
        const hashes = rows.map(({ leaf }) =>
          hash('sha256', Buffer.concat([Buffer.of(0), leaf]), 'hex'),
        );
        const fresh = Buffer.from(world.store.freshLeafHashes(fromSeq, limit)).toString('hex');
        expect(['', hashes.join('')]).toContain(fresh);
      };
      const run = world.run('a');
      await run.open();
      await Promise.all(Array.from({ length: 700 }, (_, n) => run.start(`call-${n}`)));
      await expectFresh(0, 5);
      await expectFresh(699, 10);
      await expectFresh(701, 10);
      await world.reopen();
      await expectFresh(0, 5);
      await new SampleRun(world.store, 'a', run.folded).finish('call-0');
      await expectFresh(700, 10);
      await expectFresh(701, 10);
    });

    test('whoever reads all payloads slowly holds no other read back', async () => {
      await using world = await World.make();
      const run = world.run('a');
      const many = Array.from(
        { length: 600 },
        (_, at) => [`sha256:${at}`, new Uint8Array(5_000)] as const,
      );
      await run.commit([opened('a', 1)], { payloads: new Map(many) });
      const read: string[] = [];
      for await (const some of world.store.payloads()) {
        if (read.length === 0) {
          await run.start('c', { payloads: new Map([['sha256:late', new Uint8Array([1])]]) });
          expect(await world.store.eventCount()).toBe(2);
          expect((await world.store.loadRun('a'))?.version).toBe(2);
        }
        for (const { digest } of some) read.push(digest);
      }
      expect(read).toEqual([...many.map(([digest]) => digest), 'sha256:late']);
    });

    test('payloads by digest; the first bytes under a digest stay', async () => {
      await using world = await World.make();
      const bytes = Buffer.from('{"to":"x"}');
      const run = world.run('a');
      await run.commit([opened('a', 1)], { payloads: new Map([['sha256:aa', bytes]]) });
      await run.start('c', {
        payloads: new Map([
          ['sha256:aa', Buffer.from('y')],
          ['sha256:bb', bytes],
          ['sha256:Aa', Buffer.from('one')],
          ['sha256:BB', Buffer.from('other')],
        ]),
      });
      expect(Buffer.from((await world.store.payload('sha256:aa')) ?? [])).toEqual(bytes);
      expect(await world.store.payload('sha256:cc')).toBeNull();
      const inOrder: string[] = [];
      for await (const some of world.store.payloads()) {
        for (const kept of some) {
          inOrder.push(kept.digest);
          expect(kept.bytes).toEqual(await world.store.payload(kept.digest));
        }
      }
      expect(inOrder).toEqual(['sha256:aa', 'sha256:bb', 'sha256:Aa', 'sha256:BB']);
    });

    test('calls that a dead owner left open are seen after a restart, oldest first', async () => {
      await using world = await World.make();
      const run = world.run('a');
      await run.open();
      for (const [call, atMs] of [
        ['late', 30],
        ['early', 10],
        ['done', 20],
      ] as const) {
        await run.start(call, {}, atMs);
      }
      await run.finish('done');
      // Start and outcome in one commit: it was never open.
      await run.commit([started('a', 'both', 1), finished('a', 'both', 2)]);
      await world.reopen('owner-2');
      expect(await world.store.openCalls(10)).toEqual([
        { call: 'early', run: 'a', owner: 'owner-1', startedAtMs: 10 },
        { call: 'late', run: 'a', owner: 'owner-1', startedAtMs: 30 },
      ]);
      expect(await world.store.openCalls(1)).toHaveLength(1);
    });

    test('the newest checkpoint and its tiles', async () => {
      await using world = await World.make();
      expect(await world.store.checkpoint()).toBeNull();
      const tile = (byte: number) => ({
        level: 0,
        index: 0,
        hashes: new Uint8Array(32).fill(byte),
      });
      await world.store.putCheckpoint({ size: 1, note: 'one', tiles: [tile(1)] });
      await world.store.putCheckpoint({ size: 5, note: 'five', tiles: [tile(5)] });
      await world.reopen();
      expect(await world.store.checkpoint()).toEqual({ size: 5, note: 'five' });
      expect(await world.store.checkpoint(5)).toEqual({ size: 5, note: 'five' });
      expect(await world.store.checkpoint(6)).toBeNull();
      expect((await world.store.tile(0, 0))?.[0]).toBe(5);
      expect(await world.store.tile(1, 0)).toBeNull();
    });
  });

  describe(`${name}: time and end`, () => {
    test('the clock never goes back, also over a restart with a clock set back', async () => {
      await using world = await World.make();
      world.clockMs = 5_000_000;
      const run = world.run('a');
      await run.open();
      world.clockMs = 3_000_000;
      expect(world.store.nowMs()).toBe(5_000_000);
      await world.reopen();
      expect(world.store.nowMs()).toBe(5_000_000);
      world.clockMs = 5_000_001.7;
      expect(world.store.nowMs()).toBe(5_000_001);
    });

    test('a clock set back does not empty a window', async () => {
      await using world = await World.make();
      world.clockMs = 5_000_000;
      await world.run('a').open();
      const run = new SampleRun(world.store, 'a', await world.store.loadRun('a'));
      await run.start('c', { reservations: [window('k', 1, 1, 60_000)] });
      world.clockMs = 1_000;
      await world.reopen();
      const again = new SampleRun(world.store, 'a', run.folded);
      const outcome = await again.start('d', { reservations: [window('k', 1, 1, 60_000)] });
      expect(outcome.type).toBe('refused');
    });

    test('closing finishes what is queued, and then nothing more is accepted', async () => {
      const world = await World.make();
      const run = world.run('a');
      const queued = run.open();
      await world.store[Symbol.asyncDispose]();
      expect((await queued).type).toBe('committed');
      await expect(run.start('c')).rejects.toMatchObject({ code: 'store.unavailable' });
    });
  });

  async function openMany(world: World, count: number): Promise<SampleRun[]> {
    const runs = Array.from({ length: count }, (_, index) => world.run(`run-${index}`));
    await Promise.all(runs.map((run) => run.open()));
    return runs;
  }
}

async function nothingOf(store: Store, events: number): Promise<void> {
  expect(await store.eventCount()).toBe(events);
  expect(await store.windowSum('rate', null)).toBe(0);
  expect(await store.onceTaken('only')).toBe(false);
  expect(await store.used('mark')).toBe(false);
  expect(await store.readState('state')).toBeUndefined();
  expect(await store.payload('sha256:00')).toBeNull();
}

function base(run: string) {
  return { v: 1, atMs: 9, run, agent: 'email_agent', user: 'ann', policy: 'p' } as const;
}
