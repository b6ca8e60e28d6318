import { describe, expect, test } from 'vitest';
import {
  codeOf,
  lastingDirectory,
  type Outcome,
  openWorld,
  policyOf,
  text,
  type World,
} from '../../test/runtime/world.ts';

const start = Date.UTC(2026, 2, 3);
const policy = policyOf(
  '',
  '  box.glance: { of: box.look, with: { id: all }, action: look }\nbreaker: { failures: 3, reset: 60s }',
);
const down = { type: 'not_sent', reason: 'down' } as const;

/** A world with a clock to turn and an upstream to break. */
async function breakable(directory?: string) {
  const state: { nowMs: number; outcome: Outcome; held: Promise<void> } = {
    nowMs: start,
    outcome: down,
    held: Promise.resolve(),
  };
  const world = await openWorld({
    policy,
    clock: () => state.nowMs,
    perform: async () => {
      await state.held;
      return state.outcome;
    },
    ...(directory === undefined ? {} : { directory }),
  });
  return { state, world, look: (n: number | string = 0) => look(world, n) };
}

function look(world: World, n: number | string, tool = 'box.put') {
  return world.call(tool, { id: `${n}` }).then(codeOf);
}

async function failing(call: (n: number) => Promise<string>, times: number): Promise<string[]> {
  const codes: string[] = [];
  for (let n = 0; n < times; n += 1) codes.push(await call(n));
  return codes;
}

describe('breakers', () => {
  test('open after as many failures, let one probe through after their time, and close when it succeeds', async () => {
    const { state, world, look } = await breakable();
    await using _ = world;
    expect(await failing(look, 4)).toEqual([
      ...Array(3).fill('upstream.down'),
      'limits.breaker_open',
    ]);
    state.nowMs += 59_999;
    expect(await look()).toBe('limits.breaker_open');
    state.nowMs += 1;

    const probe = Promise.withResolvers<void>();
    state.held = probe.promise;
    state.outcome = text('back');
    const codes = Array.from({ length: 5 }, (_, n) => look(n));
    expect(await Promise.all(codes.slice(1))).toEqual(Array(4).fill('limits.breaker_open'));
    probe.resolve();
    expect(await codes[0]).toBe('ok');
    state.held = Promise.resolve();
    expect(await look(9)).toBe('ok');
    expect(world.effects).toHaveLength(3 + 1 + 1);
    expect(await world.events('breaker.opened')).toMatchObject([{ tool: 'box.put', failures: 3 }]);
    expect(await world.events('breaker.closed')).toHaveLength(1);
    expect((await world.events('alert.raised')).map(({ alert }) => alert)).toContain(
      'breaker_open',
    );
  });

  test('a failed probe opens it again, and a refused or dry one takes nobody’s turn', async () => {
    const { state, world, look } = await breakable();
    await using _ = world;
    await failing(look, 3);
    state.nowMs += 60_000;
    const dry = await world.call('box.put', { id: 'dry' }, { dryRun: true });
    expect(codeOf(dry)).toBe('ok');
    expect(codeOf(await world.call('box.put', { id: 'x', more: 1 }))).toBe('schema.undeclared');
    expect(await look('probe')).toBe('upstream.down');
    expect(await look('after')).toBe('limits.breaker_open');
    state.nowMs += 60_000;
    state.outcome = text('back');
    expect(await look('again')).toBe('ok');
  });

  test.each<[string, Outcome, boolean]>([
    ['a time-out', { type: 'unknown', reason: 'timeout' }, true],
    ['a 5xx', { type: 'unknown', reason: 'server_error' }, true],
    ['a lost connection', { type: 'unknown', reason: 'connection_lost' }, true],
    ['a 429', { type: 'not_sent', reason: 'rate_limited' }, true],
    ['an isError', { type: 'result', result: { content: [], isError: true } }, false],
    ['an error of its own', { type: 'error', code: -1, message: 'no', refused: false }, false],
    ['a credential of ours that is wrong', { type: 'not_sent', reason: 'credential' }, false],
    ['an answer too large', { type: 'unknown', reason: 'too_large' }, false],
  ])('%s: counts as a failure: %o %s', async (_, outcome, counts) => {
    const { state, world, look } = await breakable();
    await using _world = world;
    state.outcome = outcome;
    await failing(look, 3);
    expect((await look('next')) === 'limits.breaker_open').toBe(counts);
  });

  test('our own refusals count for nothing', async () => {
    const { world, look } = await breakable();
    await using _ = world;
    for (let n = 0; n < 5; n += 1) await world.call('box.put', { wrong: n });
    expect(await look()).toBe('upstream.down');
  });

  test('Retry-After is obeyed, said to the agent, and not shortened by a later answer', async () => {
    const { state, world, look } = await breakable();
    await using _ = world;
    const held = Promise.withResolvers<void>();
    state.held = held.promise;
    const late = look('late');
    await expect.poll(() => world.effects.length).toBe(1);
    state.held = Promise.resolve();
    state.outcome = { type: 'not_sent', reason: 'rate_limited', retryAfterMs: 600_000 };
    expect(await look('first')).toBe('upstream.rate_limited');
    state.outcome = { type: 'not_sent', reason: 'rate_limited', retryAfterMs: 1_000 };
    held.resolve();
    await late;
    state.nowMs += 100_000;
    const refused = await world.call('box.put', { id: 'x' });
    expect(refused).toMatchObject({
      refusal: { code: 'limits.breaker_open', machine: { retry_after: 500 } },
    });
  });

  test('are shared by runs and by a tool’s variants, and by nothing else', async () => {
    const { world } = await breakable();
    await using _ = world;
    for (let n = 0; n < 3; n += 1) {
      const { handle } = await world.open();
      await world.call('box.look', { id: `${n}` }, { handle });
    }
    expect(codeOf(await world.call('box.glance', {}))).toBe('limits.breaker_open');
    expect(await look(world, 0, 'box.fetch')).toBe('upstream.down');
  });

  test('stay open over a restart', async () => {
    await using directory = await lastingDirectory();
    {
      const { world, look } = await breakable(directory.path);
      await using _ = world;
      await failing(look, 3);
    }
    const { state, world, look } = await breakable(directory.path);
    await using _ = world;
    expect(await look('x')).toBe('limits.breaker_open');
    state.nowMs += 60_000;
    state.outcome = text('back');
    expect(await look('x')).toBe('ok');
  });

  test('a probe whose start could not be drawn leaves the turn to the next', async () => {
    let nowMs = start;
    let outcome: Outcome = down;
    await using world = await openWorld({
      policy: policyOf('rate: 4/hour', 'breaker: { failures: 3, reset: 60s }'),
      clock: () => nowMs,
      perform: () => outcome,
    });
    await failing((n) => look(world, n), 3);
    outcome = text('ok');
    for (let n = 0; n < 3; n += 1) await look(world, n, 'box.fetch');
    nowMs += 60_000;
    // Both see one draw left; the probe comes second: neither looks back, so neither waits for more than the other.
    const together = [look(world, 'last', 'box.look'), look(world, 'probe')];
    expect(await Promise.all(together)).toEqual(['ok', 'limits.agent_rate']);
    nowMs += 3_600_000;
    expect(await look(world, 'next')).toBe('ok');
  });
});
