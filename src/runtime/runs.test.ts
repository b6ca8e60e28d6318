import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { answers, holdWorld, paid, ticketOf } from '../../test/runtime/holds.ts';
import {
  agent,
  codeOf,
  lastingDirectory,
  type Outcome,
  opener,
  openWorld,
  operator,
  policyOf,
  said,
  text,
  type World,
} from '../../test/runtime/world.ts';
import type { JsonValue } from '../content/value.ts';
import { OpenHold, OpenHolds } from './approvals/open-holds.ts';
import type { CallAnswer, OpenRun } from './port.ts';
import { Runs } from './runs.ts';
import { Sweep } from './sweep.ts';

const id = { id: 'a' };
const minuteMs = 60_000;

async function idOf(world: World, as = {}): Promise<string> {
  const answer = await world.call('box.look', id, { as });
  return answer.type === 'result' ? answer.run : answer.refusal.code;
}

describe('opening', () => {
  const policy = policyOf('case: { customer: recipient, plan: { one_of: [free, paid] } }');
  const good = { case: { customer: 'ann@x.example', plan: 'free' } };

  test.each<[string, Partial<OpenRun>, string]>([
    ['an agent that the policy doesn’t know', { agent: 'nobody' }, 'knows no agent'],
    ['a user that nobody knows', { user: 'mallory' }, 'no such user'],
    ['a user without a role that the agent acts for', { user: 'eve' }, 'none of the roles'],
    ['a case name that is not bound', { case: { plan: 'free' } }, '`customer` is not bound'],
    ['one that is not declared', { case: { ...good.case, x: 1 } }, 'declares no `x`'],
    [
      'a value that its kind can’t read',
      { case: { ...good.case, customer: 'no address' } },
      'no recipient',
    ],
    ['a value outside of its list', { case: { ...good.case, plan: 'gold' } }, 'one of free, paid'],
    ['a number that is none', { case: { ...good.case, customer: Number.NaN } }, 'no recipient'],
    ['only: a misspelt action', { only: ['box.lok'] }, '`only[0]`: `box.lok` is no known action'],
    ['only: an action of another upstream', { only: ['box.look', 'mail.look'] }, '`mail.look`'],
    [
      'only: an unknown constraint',
      { only: ['box.look', { action: 'box.put', were: { id: 'a' } }] },
      '`only[1]`: unknown constraint `were`',
    ],
    [
      'only: a case name that the agent has not',
      { only: [{ action: 'box.put', where: { id: 'case.order' } }] },
      '`only[0]`: unknown case name `order`',
    ],
    [
      'only: a text of megabytes',
      { only: [{ action: 'box.put', where: { id: 'x'.repeat(2_000_000) } }] },
      'too large',
    ],
    ['a negative budget', { budget: { toolCalls: -1 } }, 'toolCalls'],
    ['a budget that is no number', { budget: { tokens: Number.NaN } }, 'tokens'],
    ['half a step', { budget: { steps: 0.5 } }, 'steps'],
    ['an endless request', { request: 'x'.repeat(65_537) }, 'longer than'],
    ['an endless list', { outside: Array(101).fill('x') }, 'outside'],
    ['a parent that isn’t there', { parent: 'run_x' }, 'no such run'],
  ])('%s is refused', async (_, request, message) => {
    await using world = await openWorld({ policy });
    await expect(world.open({ ...good, ...request })).rejects.toThrow(message);
    expect(await world.events('run.opened')).toEqual([]);
  });

  test('a tool where an action belongs is told which action it is', async () => {
    await using world = await openWorld({
      policy: policyOf('', '  box.glance: { of: box.look, with: { id: all }, action: peek }'),
    });
    await expect(world.open({ only: ['box.look', 'box.glance'] })).rejects.toMatchObject({
      code: 'run.bad_request',
      message: '`only[1]`: `box.glance` is no known action',
      hint: '`box.glance` is a tool; its action is `box.peek`',
    });
  });

  test('an agent that acts for nobody needs no user', async () => {
    await using world = await openWorld();
    const { handle } = await world.open({ agent: 'other' });
    expect(codeOf(await world.call('box.look', id, { handle, as: { agent: 'other' } }))).toBe('ok');
    expect(world.runtime.listTools({ ...agent, agent: 'other' }).map(({ name }) => name)).toEqual([
      'box.look',
    ]);
  });

  test('one that acts for people and has no owner needs one', async () => {
    await using world = await openWorld({ policy: unowned() });
    await expect(world.open()).rejects.toMatchObject({ code: 'run.bad_request' });
    expect((await world.open({ user: 'ann' })).run.user).toBe('ann');
  });

  function unowned() {
    const policy = policyOf();
    const helper = policy.agents.get('helper');
    if (helper === undefined) throw new Error('the policy has a helper');
    return {
      ...policy,
      agents: new Map([...policy.agents, ['helper', { ...helper, unattendedOwner: null }]]),
    };
  }

  test('each option only narrows, and a run that knows of ways out is untrusted', async () => {
    await using world = await openWorld();
    const { handle, run } = await world.open({
      only: ['box.look'],
      budget: { toolCalls: 2 },
      outside: ['browser'],
    });
    expect(run.labels.trust).toBe('untrusted');
    expect(codeOf(await world.call('box.put', id, { handle }))).toBe('authorize.only');
    expect(codeOf(await world.call('box.look', id, { handle }))).toBe('ok');
    expect(codeOf(await world.call('box.look', id, { handle }))).toBe('limits.tool_calls');
  });
});

test('a case that holds a secret opens nothing: it could neither be redacted nor forgotten', async () => {
  const held = 'sk-live-51Hd8aWq0Zr7';
  await using world = await openWorld({
    policy: policyOf('case: { about: identifier }'),
    secrets: [held],
  });
  await expect(world.open({ case: { about: `x ${held}` } })).rejects.toMatchObject({
    code: 'run.bad_request',
    message: expect.not.stringContaining(held),
  });
  expect((await world.open({ case: { about: 'x' } })).handle).toMatch(/^spr_/);
});

describe('scopes', () => {
  const narrow = { ...opener, agents: ['other'] };

  test('an opener of other agents can neither open, see, close nor report', async () => {
    await using world = await openWorld();
    await expect(world.open({}, narrow)).rejects.toMatchObject({ code: 'identity.scope' });
    const { run } = await world.open();
    const usage = { steps: 1, tokens: 0, costMicroUsd: 0, model: null };
    const missing = { code: 'run.not_found' };
    await expect(world.runtime.getRun(narrow, run.id)).rejects.toMatchObject(missing);
    await expect(world.runtime.reportUsage(narrow, run.id, usage)).rejects.toMatchObject(missing);
    await expect(world.runtime.closeRun(narrow, run.id, 'success', null)).rejects.toMatchObject(
      missing,
    );
    await expect(world.open({ agent: 'other', parent: run.id }, narrow)).rejects.toMatchObject(
      missing,
    );
  });

  test('an agent sees its own runs and no others: not another agent’s, person’s, or credential’s', async () => {
    await using world = await openWorld();
    const { run } = await world.open({ user: 'ann' });
    const bare = await idOf(world);
    const see = (as: object, of: string) =>
      world.runtime.getRun({ ...agent, ...as }, of).then(
        () => 'seen',
        (error: { code: string }) => error.code,
      );
    expect(await see({}, run.id)).toBe('seen');
    expect(await see({ user: 'ann' }, run.id)).toBe('seen');
    expect(await see({ user: 'bob' }, run.id)).toBe('run.not_found');
    expect(await see({ agent: 'other' }, run.id)).toBe('run.not_found');
    expect(await see({}, bare)).toBe('seen');
    expect(await see({ credential: 'token-2' }, bare)).toBe('run.not_found');
  });
});

describe('usage', () => {
  test('only grows, and what is no count is refused before it is recorded', async () => {
    await using world = await openWorld({ policy: policyOf('budget: { tokens: 100 }') });
    const { handle, run } = await world.open();
    const report = (usage: object) =>
      world.runtime.reportUsage(agent, run.id, {
        steps: 0,
        tokens: 0,
        costMicroUsd: 0,
        model: null,
        ...usage,
      });
    await report({ tokens: 60 });
    for (const wrong of [
      { tokens: -50 },
      { tokens: Number.NaN },
      { steps: 1.5 },
      { costMicroUsd: Number.POSITIVE_INFINITY },
      { model: 'm'.repeat(257) },
    ]) {
      await expect(report(wrong)).rejects.toMatchObject({ code: 'run.bad_request' });
    }
    expect(await report({ tokens: 39 })).toMatchObject({ tokens: 99 });
    expect(codeOf(await world.call('box.look', id, { handle }))).toBe('ok');
    await report({ tokens: 1, model: 'm1' });
    expect(codeOf(await world.call('box.look', id, { handle }))).toBe('limits.tokens');
    expect(await world.store.loadRun(run.id)).toMatchObject({ tokens: 100, model: 'm1' });
    await world.runtime.closeRun(opener, run.id, 'success', null);
    await expect(report({ tokens: 1 })).rejects.toMatchObject({ code: 'run.closed' });
  });
});

describe('children', () => {
  test('start with the labels above them, and their budget comes out of the parent’s', async () => {
    await using world = await openWorld({ policy: policyOf('budget: { tool_calls: 10 }') });
    const parent = await world.open({ outside: ['browser'] });
    await world.call('box.look', id, { handle: parent.handle });
    const child = await world.open({ parent: parent.run.id, budget: { toolCalls: 4 } });
    const rest = await world.open({ parent: parent.run.id });
    expect(child.run).toMatchObject({ labels: { trust: 'untrusted' }, budget: { toolCalls: 4 } });
    expect(rest.run.budget).toMatchObject({ toolCalls: 5 });
    expect(codeOf(await world.call('box.look', id, { handle: parent.handle }))).toBe(
      'limits.tool_calls',
    );
    await world.call('box.look', id, { handle: child.handle });
    await world.runtime.closeRun(opener, child.run.id, 'success', null);
    expect(await world.run(parent.run.id)).toMatchObject({ toolCalls: 1 + 1 + 5 + 1 });
  });

  test('what nothing bounds above isn’t taken from above', async () => {
    await using world = await openWorld();
    const parent = await world.open();
    const child = await world.open({ parent: parent.run.id, budget: { toolCalls: 10_000 } });
    expect(codeOf(await world.call('box.look', id, { handle: parent.handle }))).toBe('ok');
    await world.runtime.closeRun(opener, child.run.id, 'success', null);
    expect(await world.run(parent.run.id)).toMatchObject({ toolCalls: 1 });
  });

  test('may do what every run above them may', async () => {
    await using world = await openWorld();
    const top = await world.open({ only: ['box.look', 'box.put'] });
    const middle = await world.open({ parent: top.run.id, only: ['box.look', 'box.pay'] });
    const { handle } = await world.open({ parent: middle.run.id });
    const codes = ['box.look', 'box.put', 'box.pay'].map((tool) =>
      world.call(tool, id, { handle }).then(codeOf),
    );
    expect(await Promise.all(codes)).toEqual(['ok', 'authorize.only', 'authorize.only']);
  });

  test('and within the plan of each of them', async () => {
    await using world = await openWorld();
    const plan = (...ids: string[]) => [{ action: 'box.look', where: { id: ids } }];
    const top = await world.open({ only: plan('a', 'b') });
    const { handle } = await world.open({ parent: top.run.id, only: plan('b', 'c') });
    const codes = ['a', 'b', 'c'].map((one) =>
      world.call('box.look', { id: one }, { handle }).then(codeOf),
    );
    expect(await Promise.all(codes)).toEqual(['authorize.where', 'ok', 'authorize.where']);
  });

  test.each([
    [
      'is closed',
      (world: World, run: string) => world.runtime.closeRun(operator, run, 'failure', null),
      'identity.run_closed',
    ],
    [
      'has an agent that is suspended',
      (world: World) =>
        world.store.commitGateway({
          events: [],
          writes: [{ key: 'suspended:helper', value: { by: 'op' } }],
        }),
      'identity.suspended',
    ],
  ])('stop when the run above %s', async (_, stop, code) => {
    await using world = await openWorld();
    const parent = await world.open();
    const { handle } = await world.open({ agent: 'other', parent: parent.run.id });
    const look = () => world.call('box.look', id, { handle, as: { agent: 'other' } }).then(codeOf);
    expect(await look()).toBe('ok');
    await stop(world, parent.run.id);
    expect(await look()).toBe(code);
  });

  test('can’t be opened under a run that is closed, or one that nobody opened', async () => {
    await using world = await openWorld();
    const { run } = await world.open();
    await world.runtime.closeRun(opener, run.id, 'success', null);
    const closed = { code: 'run.closed' };
    await expect(world.open({ parent: run.id })).rejects.toMatchObject(closed);
    const implicit = await idOf(world);
    await expect(world.open({ parent: implicit })).rejects.toMatchObject(closed);
  });

  test('closed with a call in flight: it is spent, and what it read still reaches every run above', async () => {
    const entered = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    await using world = await openWorld({
      policy: policyOf('budget: { tool_calls: 10 }'),
      perform: async () => {
        entered.resolve();
        await go.promise;
        return text('from outside');
      },
    });
    const top = await world.open();
    const middle = await world.open({ parent: top.run.id, budget: { toolCalls: 6 } });
    const child = await world.open({ parent: middle.run.id, budget: { toolCalls: 3 } });
    const answer = world.call('box.look', id, { handle: child.handle });
    await entered.promise;
    await world.runtime.closeRun(opener, child.run.id, 'failure', null);
    expect(await world.run(middle.run.id)).toMatchObject({ toolCalls: 1 });
    await world.runtime.closeRun(opener, middle.run.id, 'failure', null);
    expect((await world.run(top.run.id)).labels.trust).toBe('trusted');
    go.resolve();
    expect(codeOf(await answer)).toBe('ok');
    for (const { run } of [child, middle, top])
      expect((await world.run(run.id)).labels.trust).toBe('untrusted');
    expect(codeOf(await world.call('box.look', id, { handle: child.handle }))).toBe(
      'identity.run_closed',
    );
  });
});

describe('implicit runs', () => {
  test('one for each agent, user and credential, also when everything arrives at once', async () => {
    await using world = await openWorld();
    const who = [{}, { user: 'ann' }, { credential: 'token-2' }, { agent: 'other' }];
    const ids = await Promise.all(
      Array.from({ length: 40 }, (_, n) => idOf(world, who[n % who.length])),
    );
    expect(new Set(ids).size).toBe(4);
    expect(await world.events('run.opened')).toHaveLength(4);
    expect((await world.run(ids[0] ?? '')).labels.trust).toBe('untrusted');
  });

  test('a start of the gateway goes on with the same one', async () => {
    await using directory = await lastingDirectory();
    const ids: string[] = [];
    for (let n = 0; n < 2; n += 1) {
      await using world = await openWorld({ directory: directory.path });
      ids.push(await idOf(world));
    }
    expect(new Set(ids).size).toBe(1);
  });

  test('closed by a person, a successor keeps the labels', async () => {
    await using world = await openWorld();
    const first = await idOf(world);
    const labels = { trust: 'untrusted', classes: ['pii'], subjects: ['ann'] } as const;
    await commitLabels(world, first, labels);
    await world.runtime.closeRun(operator, first, 'success', null);
    const second = await idOf(world);
    expect(second).not.toBe(first);
    expect((await world.run(second)).labels).toEqual(labels);
  });

  /** As a child that returns would leave them. */
  async function commitLabels(
    world: World,
    run: string,
    labels: {
      readonly trust: 'untrusted';
      readonly classes: readonly string[];
      readonly subjects: readonly string[];
    },
  ) {
    const writers = new Runs(portsOf(world), new OpenHolds());
    const writer = await writers.writer(run);
    await writer?.append(() => ({
      events: [
        {
          v: 1,
          atMs: world.store.nowMs(),
          run,
          agent: 'helper',
          user: null,
          policy: '',
          type: 'run.returned',
          child: 'c',
          unused: {},
          labels,
        },
      ],
    }));
  }

  test('ten thousand quick refusals buy no fresh budget, and no second effect', async () => {
    const lost = Promise.withResolvers<Outcome>();
    await using world = await openWorld({
      policy: policyOf('budget: { tool_calls: 5, duration: 1h }'),
      perform: ({ args }) => (args['id'] === 'slow' ? lost.promise : text('done')),
    });
    await using stack = new AsyncDisposableStack();
    stack.defer(() => lost.resolve(text('late')));
    const first = await idOf(world);
    const pay = (name: string) => world.call('box.pay', { id: name });
    await pay('delivered');
    await world.call('box.pay', { id: 'undelivered' }, { signal: AbortSignal.abort() });
    const slow = pay('slow');
    await expect.poll(() => world.effects.length).toBe(4);
    for (let n = 0; n < 10_000; n += 100)
      await Promise.all(Array.from({ length: 100 }, (_, index) => pay(`${n + index}`)));
    expect(world.effects).toHaveLength(5);

    expect(codeOf(await pay('fresh'))).toBe('limits.tool_calls');
    const opened = await world.events('run.opened');
    expect(opened.map(({ run }) => run === first)).toEqual([true, false]);
    expect(opened[1]?.carried?.spent.toolCalls).toBeGreaterThanOrEqual(10_000);
    expect(said(await pay('undelivered'))).toBe('done');
    const repeat = pay('slow');
    lost.resolve(text('late'));
    expect([said(await slow), said(await repeat)]).toEqual(['late', 'late']);
    expect(await codesOf(pay('delivered'))).toContain('call.duplicate');
    expect(world.effects).toHaveLength(5);
    // The store learns of the last deliveries a moment later.
    const successor = opened[1]?.run ?? '';
    await expect
      .poll(async () =>
        isDeepStrictEqual(await world.store.loadRun(successor), await world.run(successor)),
      )
      .toBe(true);
  });
});

async function codesOf(answer: Promise<CallAnswer>): Promise<JsonValue> {
  const given = await answer;
  return given.type === 'refused' ? (given.refusal.machine['codes'] ?? []) : [];
}

describe('runs that nobody closes', () => {
  test('are abandoned a minute after their time, once, with an alert; others are left alone', async () => {
    let nowMs = Date.UTC(2026, 2, 3);
    await using world = await openWorld({
      policy: policyOf('budget: { duration: 10m, tool_calls: 50 }'),
      clock: () => nowMs,
    });
    const sweep = new Sweep(portsOf(world), new Runs(portsOf(world), new OpenHolds()));
    const [long, short] = await Promise.all([
      world.open(),
      world.open({ budget: { durationMs: minuteMs } }),
    ]);
    const bare = await idOf(world);
    const unbounded = await world.open({ agent: 'other' });
    const child = await world.open({
      parent: long.run.id,
      budget: { toolCalls: 5, durationMs: minuteMs },
    });
    const abandoned = async (atMs: number) => {
      nowMs = Date.UTC(2026, 2, 3) + atMs;
      return sweep.sweep();
    };
    expect(await abandoned(2 * minuteMs - 1)).toEqual([]);
    expect([...(await abandoned(2 * minuteMs))].sort()).toEqual(
      [short.run.id, child.run.id].sort(),
    );
    expect(await Promise.all([sweep.sweep(), sweep.sweep()])).toEqual([[], []]);
    expect(await world.store.loadRun(long.run.id)).toMatchObject({ toolCalls: 0, status: 'open' });
    expect(await abandoned(11 * minuteMs)).toEqual([long.run.id]);
    for (const run of [bare, unbounded.run.id])
      expect(await world.store.loadRun(run)).toMatchObject({ status: 'open' });
    const alerts = await world.events('alert.raised');
    expect(alerts.map(({ alert }) => alert)).toEqual(Array(3).fill('run_abandoned'));
  });

  test('stay as long as people are asked in a run below them', async () => {
    let nowMs = Date.UTC(2026, 2, 3);
    await using world = await holdWorld(
      { clock: () => nowMs },
      { agent: 'budget: { duration: 10m }' },
    );
    const parent = await world.open();
    const child = await world.open({ parent: parent.run.id });
    const id = ticketOf(await world.call('box.pay', { id: 'a' }, { handle: child.handle }));
    const state = {
      v: 1,
      definition: null,
      read: '',
      shown: '',
      reason: null,
      edited: null,
    } as const;
    const [held] = (await world.run(child.run.id)).held;
    if (held === undefined) throw new Error('nothing is held');
    const hold = new OpenHold(
      { run: child.run.id, user: null, principal: agent },
      { held, state: { ...state, run: child.run.id, credential: '' }, summary: '' },
    );
    const holds = new OpenHolds();
    holds.add(hold, null);
    const sweep = new Sweep(portsOf(world), new Runs(portsOf(world), holds));
    nowMs += 12 * minuteMs;
    expect(await sweep.sweep()).toEqual([]);
    expect(await answers(world, id, 'dora')).toBe('approved');
    await expect.poll(() => paid(world)).toEqual(['a']);
    holds.remove(hold, 'approved', { type: 'unneeded' });
    expect(await sweep.sweep()).toEqual([parent.run.id]);
  });
});

/** What runs and the sweep need of the world, which here is the same store. */
function portsOf(world: World) {
  return {
    store: world.store,
    policy: () => world.policy,
    upstream: () => undefined,
    definitionOf: () => 'pinned' as const,
    mediation: () => 'cooperative' as const,
    heldSecrets: () => [],
    scan: () => new Map(),
    spool: async () => undefined,
    randomId: () => 'x'.repeat(24),
    handleKey: new Uint8Array(32),
    log: () => undefined,
  };
}
