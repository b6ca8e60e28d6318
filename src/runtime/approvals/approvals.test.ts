/** The life of a hold: asked once, performed once, whatever comes between. */
import { describe, expect, test } from 'vitest';
import {
  type Asking,
  answers,
  asking,
  holdOf,
  holdWorld,
  paid,
  ticketOf,
  waiting,
} from '../../../test/runtime/holds.ts';
import {
  codeOf,
  lastingDirectory,
  opener,
  policyOf,
  said,
  text,
  type World,
} from '../../../test/runtime/world.ts';
import type { RunEvent } from '../../engine/events.ts';
import { fold } from '../../engine/fold.ts';
import type { Run } from '../../engine/run.ts';
import type { CallAnswer } from '../port.ts';

const long = { patienceMs: 60_000 };

/** Calls that fill it, written as if they had been made. */
async function fill(world: World, id: string): Promise<void> {
  const run = await world.run(id);
  const events = Array.from(
    { length: 10_000 - run.toolCalls },
    (): RunEvent => ({
      v: 1,
      type: 'call.denied',
      atMs: world.store.nowMs(),
      run: id,
      agent: run.agent,
      user: run.user,
      policy: world.policy.hash,
      call: `call_${Math.random()}`,
      step: null,
      tool: 'box.look',
      tier: 0,
      digest: 'sha256:0',
      mediation: 'cooperative',
      arguments: 'sha256:0',
      verdict: 'deny',
      effect: 'deny',
      enforcement: 'strict',
      dryRun: false,
      findings: [],
      facts: {},
      budgetLeft: {},
      remedies: [],
    }),
  );
  const { length } = events;
  for (let at = 0; at < length; at += 1_000) {
    const now = await world.store.loadRun(id);
    if (now === null) throw new Error('no run');
    const some = events.slice(at, at + 1_000);
    await world.store.commit({
      run: id,
      expectedVersion: now.version,
      events: some,
      gatewayEvents: [],
      reservations: [],
      call: null,
      releases: [],
      marks: [],
      writes: [],
      payloads: new Map(),
      folded: some.reduce<Run>(fold, now),
    });
  }
}

describe('a call that waits', () => {
  test('gets its outcome when a person agrees, and its agent hears of their no', async () => {
    await using world = await holdWorld();
    const yes = world.call('box.pay', { id: 'a' }, long);
    expect(await answers(world, await waiting(world), 'dora')).toBe('approved');
    expect(said(await yes)).toBe('done 1');
    const no = world.call('box.pay', { id: 'b' }, long);
    expect(await answers(world, await waiting(world), 'dora', { answer: 'reject' })).toBe(
      'rejected',
    );
    expect(codeOf(await no)).toBe('approval.rejected');
    expect(paid(world)).toEqual(['a']);
    expect(await world.events('call.finished')).toMatchObject([{ delivered: true }]);
  });

  test('has left its turn: other calls of a run that makes one at a time go on', async () => {
    await using world = await holdWorld({}, { agent: 'parallel: 1' });
    const held = world.call('box.pay', { id: 'a' }, long);
    const id = await waiting(world);
    expect(codeOf(await world.call('box.look', { id: 'b' }))).toBe('ok');
    await answers(world, id, 'dora');
    expect(codeOf(await held)).toBe('ok');
  });

  test('draws on no counter until it begins', async () => {
    await using world = await holdWorld({}, { pay: '{ rate: 1/hour }' });
    const one = ticketOf(await world.call('box.pay', { id: 'a' }));
    const two = ticketOf(await world.call('box.pay', { id: 'b' }));
    await answers(world, one, 'dora');
    await expect.poll(() => paid(world)).toEqual(['a']);
    await answers(world, two, 'dora');
    await expect.poll(async () => (await world.events('call.denied')).length).toBe(1);
    expect(await world.events('call.denied')).toMatchObject([
      {
        call: two,
        findings: expect.arrayContaining([expect.objectContaining({ code: 'authorize.rate' })]),
      },
    ]);
    expect(paid(world)).toEqual(['a']);
  });

  test('is told a ticket when the gateway goes, and waits on', async () => {
    const world = await holdWorld();
    const held = world.call('box.pay', { id: 'a' }, long);
    await waiting(world);
    await world[Symbol.asyncDispose]();
    expect(codeOf(await held)).toBe('approval.pending');
  });

  test('of a run that asks too much is refused, with an alert', async () => {
    await using world = await holdWorld({}, { rules: 'open: 1' });
    await world.call('box.pay', { id: 'a' });
    expect(codeOf(await world.call('box.pay', { id: 'b' }))).toBe('approvals.flood');
    expect((await world.events('alert.raised')).map(({ alert }) => alert)).toContain(
      'approval_flood',
    );
  });
});

describe('a repeat', () => {
  test('joins what waits: one question, one effect, an answer for each', async () => {
    await using world = await holdWorld();
    const calls = [1, 2, 3].map(() => world.call('box.pay', { id: 'a' }, long));
    const id = await waiting(world);
    await answers(world, id, 'dora');
    expect((await Promise.all(calls)).map(said)).toEqual(['done 1', 'done 1', 'done 1']);
    expect(await world.events('call.held')).toHaveLength(1);
    expect(await world.events('call.joined')).toMatchObject([
      { joined: id, delivered: true },
      { joined: id, delivered: true },
    ]);
    expect(paid(world)).toEqual(['a']);
  });

  test.each<[string, 'reject' | 'approve', string]>([
    ['of what a person refused is refused so', 'reject', 'approval.rejected'],
    ['of what was done gets its outcome', 'approve', 'ok'],
  ])('%s, and nobody is asked again', async (_, answer, code) => {
    await using world = await holdWorld();
    const { handle, run } = await world.open();
    const id = ticketOf(await world.call('box.pay', { id: 'a' }, { handle }));
    await answers(world, id, 'dora', { answer });
    await expect.poll(async () => (await world.run(run.id)).inFlight).toEqual([]);
    expect(codeOf(await world.call('box.pay', { id: 'a' }, { handle }))).toBe(code);
    expect(await world.events('call.held')).toHaveLength(1);
    expect((await world.run(run.id)).toolCalls).toBe(1);
  });

  test('again and again, without an end, doesn’t fill the record', async () => {
    let nowMs = Date.UTC(2026, 2, 3);
    await using world = await holdWorld({ clock: () => nowMs });
    const polled = async (code: string): Promise<number> => {
      for (let times = 0; times < 5; times += 1)
        expect(codeOf(await world.call('box.pay', { id: 'a' }))).toBe(code);
      return (await world.events('call.joined')).length;
    };
    const id = ticketOf(await world.call('box.pay', { id: 'a' }));
    expect(await polled('approval.pending')).toBe(1);
    await answers(world, id, 'dora', { answer: 'reject' });
    expect(await polled('approval.rejected')).toBe(2);
    nowMs += 60_000;
    expect(await polled('approval.rejected')).toBe(3);
  });

  test('is what begins it, where the policy says so', async () => {
    await using world = await holdWorld({}, { rules: 'execute: on_repeat' });
    const id = ticketOf(await world.call('box.pay', { id: 'a' }));
    await answers(world, id, 'dora');
    expect(paid(world)).toEqual([]);
    expect(holdOf(world, id)).toMatchObject({ state: 'approved' });
    const repeats = await Promise.all([
      world.call('box.pay', { id: 'a' }),
      world.call('box.pay', { id: 'a' }),
    ]);
    expect(repeats.map(codeOf)).toEqual(['ok', 'ok']);
    expect(paid(world)).toEqual(['a']);
  });

  test('gets what it may read, though nobody waited for it when a person agreed', async () => {
    await using world = await holdWorld({
      policy: policyOf(
        'permissions: { box: { look: { approval: { by: desk } }, fetch: allow, put: allow, pay: allow } }',
        'approvals: { default: desk, wait: 0s }',
      ),
    });
    const id = ticketOf(await world.call('box.look', { id: 'a' }));
    expect(await answers(world, id, 'dora')).toBe('approved');
    expect(said(await world.call('box.look', { id: 'a' }, long))).toBe('done 1');
    expect(await world.events('call.held')).toHaveLength(1);
  });

  test('that says what it repeats gets what was handed over before, or nothing', async () => {
    await using world = await holdWorld();
    const repeats = ticketOf(await world.call('box.pay', { id: 'a' }));
    expect(codeOf(await world.call('box.pay', { id: 'a' }, { repeats }))).toBe('approval.pending');
    await answers(world, repeats, 'dora');
    await expect.poll(() => paid(world)).toEqual(['a']);
    for (let times = 0; times < 2; times += 1)
      expect(codeOf(await world.call('box.pay', { id: 'a' }, { repeats }))).toBe('ok');
    expect(codeOf(await world.call('box.pay', { id: 'b' }, { repeats }))).toBe('approval.over');
    expect(paid(world)).toEqual(['a']);
  });
});

describe('decided again', () => {
  test('a policy that refuses it now wins over the approval', async () => {
    await using world = await holdWorld();
    const held = world.call('box.pay', { id: 'a' }, long);
    const id = await waiting(world);
    world.policy = asking({ pay: '{ where: { id: b } }' });
    await answers(world, id, 'dora');
    expect(codeOf(await held)).toBe('authorize.where');
    expect(paid(world)).toEqual([]);
  });

  test('new reasons are asked about; what was answered stays answered', async () => {
    await using world = await holdWorld({}, { pay: '{ approval: { by: desk } }' });
    const held = world.call('box.pay', { id: 'a' }, long);
    const id = await waiting(world);
    world.policy = asking({
      pay: '{ where: { id: { is: b, otherwise: { approval: board } } }, approval: { by: desk } }',
    });
    await answers(world, id, 'dora');
    await expect.poll(() => holdOf(world, id)?.state).toBe('waiting');
    expect(paid(world)).toEqual([]);
    expect(await answers(world, id, 'max')).toBe('approved');
    expect(codeOf(await held)).toBe('ok');
    expect(await world.events('call.started')).toMatchObject([
      { call: id, approvedBy: expect.arrayContaining(['dora', 'max']) },
    ]);
  });

  test.each<[string, Asking, string]>([
    ['refuses it: withdrawn', { pay: '{ where: { id: b } }' }, 'authorize.where'],
    ['asks nobody about it: done', { pay: '{ approval: never }' }, 'ok'],
  ])('at a reload that %s', async (_, rules, code) => {
    await using world = await holdWorld();
    const held = world.call('box.pay', { id: 'a' }, long);
    await waiting(world);
    world.policy = asking(rules);
    await world.runtime.reconsider();
    expect(codeOf(await held)).toBe(code);
    expect(await world.events('approval.settled')).toMatchObject([
      { outcome: 'withdrawn', by: [] },
    ]);
    expect(world.runtime.holds.open()).toEqual([]);
    expect(paid(world)).toEqual(code === 'ok' ? ['a'] : []);
  });

  test('at a reload that asks somebody else', async () => {
    await using world = await holdWorld();
    const id = ticketOf(await world.call('box.pay', { id: 'a' }));
    world.policy = asking({ pay: '{ approval: { by: board } }' });
    await world.runtime.reconsider();
    expect(await answers(world, id, 'dora')).toBe('approval.not_yours');
    expect(await answers(world, id, 'max')).toBe('approved');
    await expect.poll(() => paid(world)).toEqual(['a']);
  });

  test('at a reload that changes nothing of it, nothing is asked anew', async () => {
    await using world = await holdWorld();
    await world.call('box.pay', { id: 'a' });
    world.policy = asking({ file: 'timezone: Europe/Paris' });
    await world.runtime.reconsider();
    expect(await world.events('call.held')).toHaveLength(1);
  });
});

describe('in time', () => {
  test('nobody answered: refused, with an alert; an answer comes too late', async () => {
    let nowMs = Date.UTC(2026, 2, 3);
    await using world = await holdWorld({ clock: () => nowMs });
    const held = world.call('box.pay', { id: 'a' }, long);
    const id = await waiting(world);
    nowMs += 900_000;
    expect(await answers(world, id, 'dora')).toBe('approval.expired');
    expect(codeOf(await held)).toBe('approval.expired');
    expect(await answers(world, id, 'dora')).toBe('approval.expired');
    expect((await world.events('alert.raised')).map(({ alert, call }) => [alert, call])).toEqual([
      ['approval_expired', id],
    ]);
    expect(codeOf(await world.call('box.pay', { id: 'a' }))).toBe('approval.expired');
    nowMs += 900_000;
    expect(codeOf(await world.call('box.pay', { id: 'a' }))).toBe('approval.pending');
  });

  test('what was agreed to and nobody comes for lapses', async () => {
    let nowMs = Date.UTC(2026, 2, 3);
    await using world = await holdWorld({ clock: () => nowMs }, { rules: 'execute: on_repeat' });
    const id = ticketOf(await world.call('box.pay', { id: 'a' }));
    await answers(world, id, 'dora');
    nowMs += 900_000;
    await expect.poll(() => holdOf(world, id)).toBeUndefined();
    expect(await world.events('approval.settled')).toMatchObject([
      { outcome: 'approved' },
      { outcome: 'withdrawn', why: 'approval.expired' },
    ]);
    expect(codeOf(await world.call('box.pay', { id: 'a' }))).toBe('approval.pending');
  });

  test('an approval that has lapsed isn’t brought back by whoever comes before that is written', async () => {
    let nowMs = Date.UTC(2026, 2, 3);
    await using world = await holdWorld({ clock: () => nowMs }, { rules: 'execute: on_repeat' });
    const id = ticketOf(await world.call('box.pay', { id: 'a' }));
    await answers(world, id, 'dora');
    nowMs += 900_000;
    for (const _ of [1, 2]) await world.call('box.pay', { id: 'a' }, { repeats: id });
    expect(paid(world)).toEqual([]);
  });
});

describe('a run', () => {
  test.each<[string, 'dora' | null, readonly string[]]>([
    ['an answer', 'dora', ['a']],
    ['nobody', null, []],
  ])('closed as a success ends with the last of its holds: %s', async (_, by, done) => {
    let nowMs = Date.UTC(2026, 2, 3);
    await using world = await holdWorld({ clock: () => nowMs });
    const { handle, run } = await world.open();
    const id = ticketOf(await world.call('box.pay', { id: 'a' }, { handle }));
    expect(await world.runtime.closeRun(opener, run.id, 'success', null)).toMatchObject({
      status: 'closing',
    });
    expect(codeOf(await world.call('box.look', { id: 'b' }, { handle }))).toBe(
      'identity.run_closed',
    );
    if (by === null) nowMs += 900_000;
    else await answers(world, id, by);
    await expect
      .poll(async () => (await world.run(run.id)).status, { timeout: 5_000 })
      .toBe('closed');
    expect(paid(world)).toEqual(done);
    expect(await world.run(run.id)).toMatchObject({ closedAs: 'success' });
  });

  test('closed as a failure withdraws what it asked, and whoever waits is told', async () => {
    await using world = await holdWorld();
    const { handle, run } = await world.open();
    const held = world.call('box.pay', { id: 'a' }, { handle, ...long });
    const id = await waiting(world);
    await world.runtime.closeRun(opener, run.id, 'failure', null);
    expect(codeOf(await held)).toBe('identity.run_closed');
    expect(await answers(world, id, 'dora')).toBe('approval.settled');
    expect(await world.events('approval.settled')).toMatchObject([
      { outcome: 'withdrawn', why: 'run.closed', by: [] },
    ]);
    expect(await world.store.listState('hold:')).toEqual([]);
  });

  test('given up in the moment when a person agrees: nothing is done, and nothing refused', async () => {
    await using world = await holdWorld();
    const { handle, run } = await world.open();
    const id = ticketOf(await world.call('box.pay', { id: 'a' }, { handle }));
    await Promise.all([
      answers(world, id, 'dora'),
      world.runtime.closeRun(opener, run.id, 'failure', null),
    ]);
    await world.runtime.settled();
    expect(await world.events('call.denied')).toEqual([]);
    expect(paid(world)).toEqual([]);
    expect(world.runtime.holds.open()).toEqual([]);
    expect((await world.events('approval.settled')).at(-1)).toMatchObject({ outcome: 'withdrawn' });
  });

  test('that was closing can still be given up', async () => {
    await using world = await holdWorld();
    const { handle, run } = await world.open();
    await world.call('box.pay', { id: 'a' }, { handle });
    await world.runtime.closeRun(opener, run.id, 'success', null);
    await world.runtime.closeRun(opener, run.id, 'failure', null);
    expect(await world.run(run.id)).toMatchObject({ status: 'closed', closedAs: 'failure' });
    expect(world.runtime.holds.open()).toEqual([]);
  });

  test('that is full goes on in a successor, where the same call is asked about anew and made once', async () => {
    await using directory = await lastingDirectory();
    const before = await holdWorld({ directory: directory.path });
    const first = ticketOf(await before.call('box.pay', { id: 'a' }));
    await fill(before, holdOf(before, first)?.run ?? '');
    await before.store[Symbol.asyncDispose]();
    await using world = await holdWorld({ directory: directory.path });
    const second = ticketOf(await world.call('box.pay', { id: 'a' }));
    expect(second).not.toBe(first);
    expect(await answers(world, first, 'dora')).toBe('approval.settled');
    expect(await answers(world, second, 'dora')).toBe('approved');
    await expect.poll(() => paid(world)).toEqual(['a']);
  });

  test('of a child: who a run above it works for may not agree to it', async () => {
    await using world = await holdWorld();
    const above = await world.open({ user: 'max' });
    const { handle } = await world.open({ parent: above.run.id, user: 'ann' });
    const id = ticketOf(await world.call('box.pay', { id: 'a' }, { handle }));
    expect(await answers(world, id, 'max')).toBe('approval.requester');
    expect(await answers(world, id, 'dora')).toBe('approved');
  });

  test('time that people take is not the run’s', async () => {
    let nowMs = Date.UTC(2026, 2, 3);
    await using world = await holdWorld(
      { clock: () => nowMs },
      { agent: 'budget: { duration: 10m }' },
    );
    const { handle, run } = await world.open();
    const id = ticketOf(await world.call('box.pay', { id: 'a' }, { handle }));
    nowMs += 800_000;
    await answers(world, id, 'dora');
    await expect.poll(() => paid(world)).toEqual(['a']);
    expect(codeOf(await world.call('box.look', { id: 'a' }, { handle }))).toBe('ok');
    nowMs += 600_000;
    expect(codeOf(await world.call('box.look', { id: 'a' }, { handle }))).toBe('limits.duration');
    expect((await world.run(run.id)).heldMs).toBe(800_000);
  });

  test('of an agent that was suspended meanwhile does nothing that was agreed to', async () => {
    await using world = await holdWorld();
    const id = ticketOf(await world.call('box.pay', { id: 'a' }));
    await world.store.commitGateway({
      events: [],
      writes: [{ key: 'suspended:helper', value: { by: 'operator', reason: null } }],
    });
    await answers(world, id, 'dora');
    await expect.poll(async () => (await world.events('call.denied')).length).toBe(1);
    expect(paid(world)).toEqual([]);
    expect(await world.store.listState('hold:')).toEqual([]);
  });
});

describe('after a restart', () => {
  /** Leaves a world as a crash does: nothing of its process is told. */
  async function left(
    directory: string,
    act: (world: World) => Promise<unknown>,
    rules: Asking = {},
  ): Promise<void> {
    const world = await holdWorld(
      { directory, perform: () => new Promise(() => undefined) },
      rules,
    );
    await act(world);
    await world.store[Symbol.asyncDispose]();
  }

  test('what waited waits on, and is done when a person agrees', async () => {
    await using directory = await lastingDirectory();
    let held: CallAnswer | undefined;
    await left(directory.path, async (world) => {
      held = await world.call('box.pay', { id: 'a' });
    });
    await using world = await holdWorld({ directory: directory.path, perform: () => text('late') });
    const id = held === undefined ? '' : ticketOf(held);
    expect(holdOf(world, id)).toMatchObject({ state: 'waiting', tool: 'box.pay' });
    expect(await answers(world, id, 'dora')).toBe('approved');
    await expect.poll(() => paid(world)).toEqual(['a']);
    expect(said(await world.call('box.pay', { id: 'a' }))).toBe('late');
    expect(paid(world)).toEqual(['a']);
  });

  test.each<[string, Asking, readonly string[]]>([
    ['is done', {}, ['a']],
    ['waits for its repeat, where the policy says so', { rules: 'execute: on_repeat' }, []],
  ])('what was agreed to, and hadn’t begun, %s', async (_, rules, done) => {
    await using directory = await lastingDirectory();
    await left(
      directory.path,
      async (world) => {
        const id = ticketOf(await world.call('box.pay', { id: 'a' }));
        await answers(world, id, 'dora');
      },
      { ...rules, rules: 'execute: on_repeat' },
    );
    await using world = await holdWorld({ directory: directory.path }, rules);
    await expect.poll(() => paid(world)).toEqual(done);
    expect(codeOf(await world.call('box.pay', { id: 'a' }))).toBe('ok');
    expect(paid(world)).toEqual(['a']);
  });

  test('what had begun is not done again: nobody knows', async () => {
    await using directory = await lastingDirectory();
    await left(directory.path, async (world) => {
      const id = ticketOf(await world.call('box.pay', { id: 'a' }));
      await answers(world, id, 'dora');
      await expect.poll(() => paid(world)).toEqual(['a']);
    });
    await using world = await holdWorld({ directory: directory.path });
    expect(await world.runtime.recovered).toBe(1);
    expect(codeOf(await world.call('box.pay', { id: 'a' }))).toBe('upstream.indeterminate');
    expect(paid(world)).toEqual([]);
  });

  test('what the record doesn’t tell in full waits for whoever knows it', async () => {
    await using directory = await lastingDirectory();
    const args = { id: 'a', secret: 's3cret' };
    await left(directory.path, (world) => world.call('box.pay', args));
    await using world = await holdWorld({ directory: directory.path });
    const id = await waiting(world);
    expect(await world.runtime.holds.show({ type: 'operator' }, id)).toMatchObject({
      editable: false,
    });
    expect(await answers(world, id, 'dora')).toBe('approved');
    expect(holdOf(world, id)).toMatchObject({ state: 'approved' });
    expect(paid(world)).toEqual([]);
    expect(codeOf(await world.call('box.pay', args))).toBe('ok');
    expect(world.effects).toMatchObject([{ args }]);
  });

  test('what nobody answered meanwhile is told of', async () => {
    await using directory = await lastingDirectory();
    await left(directory.path, (world) => world.call('box.pay', { id: 'a' }));
    const nowMs = Date.now() + 1_000_000;
    await using world = await holdWorld({ directory: directory.path, clock: () => nowMs });
    await expect.poll(async () => (await world.events('alert.raised')).length).toBe(1);
    expect(world.runtime.holds.open()).toEqual([]);
  });

  test('a person who had agreed is one of two', async () => {
    await using directory = await lastingDirectory();
    const rules = { pay: '{ approval: { by: desk, quorum: 2 } }' };
    await left(
      directory.path,
      async (world) => answers(world, ticketOf(await world.call('box.pay', { id: 'a' })), 'dora'),
      rules,
    );
    await using world = await holdWorld({ directory: directory.path }, rules);
    const id = await waiting(world);
    expect(await answers(world, id, 'dora')).toBe('approval.settled');
    expect(await answers(world, id, 'dan')).toBe('approved');
    await expect.poll(() => paid(world)).toEqual(['a']);
  });
});
