import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  breakable,
  codeOf,
  lastingDirectory,
  type Outcome,
  opener,
  openWorld,
  policyOf,
  said,
  tally,
  text,
} from '../../test/runtime/world.ts';

const id = { id: 'a' };

/** An upstream that waits until it is let go. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const entered = Promise.withResolvers<void>();
  return {
    entered: entered.promise,
    open: resolve,
    perform: () => {
      entered.resolve();
      return promise;
    },
  };
}

describe('two commits a call', () => {
  test('the start is durable before the effect, the end before the result is released', async () => {
    const seen: string[][] = [];
    const kinds = async () =>
      (await world.store.events({ limit: 100 })).map(({ event }) => event.type);
    await using world = await openWorld({
      perform: async () => {
        seen.push(await kinds());
        return text('done');
      },
    });
    const { handle } = await world.open();
    const answer = await world.call('box.put', id, { handle });
    expect(said(answer)).toBe('done');
    expect(seen).toEqual([['run.opened', 'call.started']]);
    expect(await kinds()).toEqual(['run.opened', 'call.started', 'call.finished']);
    expect(await world.store.openCalls(10)).toEqual([]);
  });

  test.each([
    ['a read that stays inside', 'box.look', '', false],
    ['a read that can carry data out', 'box.fetch', '', true],
    ['a read that draws on a shared counter', 'box.look', 'rate: 5/hour', true],
    ['a change', 'box.put', '', true],
  ])('%s: a start of its own is %s', async (_, tool, helper, ownStart) => {
    let open = -1;
    await using world = await openWorld({
      policy: policyOf(helper),
      perform: async () => {
        open = (await world.store.openCalls(10)).length;
        return text('x');
      },
    });
    const { handle } = await world.open();
    expect(codeOf(await world.call(tool, id, { handle }))).toBe('ok');
    expect(open).toBe(ownStart ? 1 : 0);
    const [{ firstSeq } = { firstSeq: -1 }] = await sequence(world);
    expect(firstSeq).toBe(1);
  });

  async function sequence(world: Awaited<ReturnType<typeof openWorld>>) {
    const events = await world.store.events({ limit: 10 });
    const started = events.filter(({ event }) => event.type === 'call.started');
    return started.map(({ seq }) => ({ firstSeq: seq }));
  }

  test('a client that leaves cancels nothing, and the outcome waits for it', async () => {
    const held = gate();
    await using world = await openWorld({ perform: held.perform });
    const { handle, run } = await world.open();
    const client = new AbortController();
    const answer = world.call('box.put', id, { handle, signal: client.signal });
    await held.entered;
    client.abort();
    held.open(text('kept'));
    const first = await answer;
    const [finished] = await world.events('call.finished');
    expect(finished).toMatchObject({ outcome: 'completed', delivered: false });
    const repeat = await world.call('box.put', id, { handle });
    expect(said(repeat)).toBe('kept');
    // In the very frame in which nobody got it. Kept is what stood in it, once.
    expect(repeat).toMatchObject({ result: first.type === 'result' ? first.result : null });
    expect(finished).toMatchObject({ released: finished?.['result'], frame: expect.any(String) });
    expect(world.effects).toHaveLength(1);
    expect(await world.run(run.id)).toMatchObject({ toolCalls: 1 });
  });

  test('bytes that never arrived make the outcome undelivered after all', async () => {
    await using world = await openWorld();
    const { handle } = await world.open();
    const answer = await world.ask('box.pay', id, { handle });
    if (answer.type === 'result') await answer.released(false);
    expect(said(await world.call('box.pay', id, { handle }))).toBe('done 1');
    expect(codeOf(await world.call('box.pay', id, { handle }))).toBe('call.duplicate');
    expect(world.effects).toHaveLength(1);
  });

  test('an onProgress that throws, and released told twice or after the store is gone, harm nothing', async () => {
    let told = 0;
    const disk = breakable();
    await using world = await openWorld({
      around: disk.around,
      perform: ({ onProgress }) => {
        onProgress?.(1, 2);
        return text('done');
      },
    });
    const answer = await world.ask('box.put', id, {
      onProgress: () => {
        told += 1;
        throw new Error('the socket is gone');
      },
    });
    expect([told, codeOf(answer)]).toEqual([1, 'ok']);
    if (answer.type !== 'result') return;
    await answer.released(true);
    await answer.released(false);
    expect(await world.events('call.undelivered')).toEqual([]);
    const late = await world.ask('box.put', { id: 'b' });
    disk.fails('all');
    if (late.type === 'result') await expect(late.released(false)).resolves.toBeUndefined();
    expect(world.log.at(-1)?.event).toBe('call.undelivered');
  });
});

describe('duplicates', () => {
  test('together: one effect, one outcome, and the joiners count nowhere', async () => {
    const held = gate();
    await using world = await openWorld({
      policy: policyOf('rate: 3/hour\nbudget: { tool_calls: 3 }'),
      perform: held.perform,
    });
    const { handle, run } = await world.open();
    const answers = Array.from({ length: 8 }, () => world.call('box.put', id, { handle }));
    await held.entered;
    await nextTurn();
    held.open(text('once'));
    expect((await Promise.all(answers)).map(said)).toEqual(Array(8).fill('once'));
    expect(world.effects).toHaveLength(1);
    expect(await world.events('call.joined')).toHaveLength(7);
    expect(await world.run(run.id)).toMatchObject({ toolCalls: 1 });
    expect(await world.store.windowSum('rate|agents.helper', null)).toBe(1);
  });

  test('of a call that then could not be let through: refused for the same reason, not as unknown', async () => {
    await using world = await openWorld({ policy: policyOf('rate: 1/hour') });
    const [one, two] = await Promise.all([world.open(), world.open()]);
    const codes = await Promise.all(
      [one, two].flatMap(({ handle }) =>
        Array.from({ length: 3 }, () => world.call('box.put', id, { handle })),
      ),
    );
    expect(tally(codes.map(codeOf))).toEqual({ ok: 3, 'limits.agent_rate': 3 });
    expect(world.effects).toHaveLength(1);
  });

  test.each<[string, Outcome, string, number]>([
    ['indeterminate', { type: 'unknown', reason: 'connection_lost' }, 'upstream.indeterminate', 1],
    ['certainly refused', { type: 'not_sent', reason: 'down' }, 'upstream.down', 2],
    [
      'failed in its own words',
      { type: 'result', result: { content: [], isError: true } },
      'ok',
      2,
    ],
    ['completed and delivered', text('ok'), 'call.duplicate', 1],
  ])('of a call at tier 2 that was %s', async (_, outcome, code, effects) => {
    await using world = await openWorld({ perform: () => outcome });
    const { handle } = await world.open();
    await world.call('box.pay', id, { handle });
    expect(codeOf(await world.call('box.pay', id, { handle }))).toBe(code);
    expect(world.effects).toHaveLength(effects);
  });

  test.each([
    ['at tier 1 a delivered call is a new call', 'box.put', '', 2],
    ['a read is simply read again', 'box.look', '', 2],
    [
      'repeat: allow says that it is meant',
      'box.pay',
      'permissions: { box: { pay: { approval: never, repeat: allow } } }',
      2,
    ],
  ])('%s', async (_, tool, helper, effects) => {
    await using world = await openWorld({ policy: policyOf(helper) });
    const { handle } = await world.open();
    for (let n = 0; n < 2; n += 1)
      expect(codeOf(await world.call(tool, id, { handle }))).toBe('ok');
    expect(world.effects).toHaveLength(effects);
  });

  test('runs are apart, and an agent’s own idempotency key makes no other call of it', async () => {
    await using world = await openWorld();
    const [one, two] = await Promise.all([world.open(), world.open()]);
    const pay = (key: string, handle: string) =>
      world.call('box.pay', { ...id, key }, { handle }).then(codeOf);
    expect(await pay('x', one.handle)).toBe('ok');
    expect(await pay('y', one.handle)).toBe('call.duplicate');
    expect(await pay('x', two.handle)).toBe('ok');
    const calls = await world.events('call.started');
    expect(world.effects.map(({ args }) => args['key'])).toEqual(calls.map(({ call }) => call));
  });

  test('whoever is suspended gets no outcome of an earlier call either', async () => {
    await using world = await openWorld();
    const { handle } = await world.open();
    const gone = AbortSignal.abort();
    await world.call('box.put', id, { handle, signal: gone });
    await world.store.commitGateway({
      events: [],
      writes: [{ key: 'suspended:helper', value: { by: 'op' } }],
    });
    expect(codeOf(await world.call('box.put', id, { handle }))).toBe('identity.suspended');
    await world.store.commitGateway({
      events: [],
      writes: [{ key: 'suspended:helper', value: null }],
    });
    expect(said(await world.call('box.put', id, { handle }))).toBe('done 1');
  });
});

describe('sixty-four at once', () => {
  test('over one shared rate, by two runs: exactly as many effects as the rate has', async () => {
    for (let round = 0; round < 20; round += 1) {
      await using world = await openWorld({ policy: policyOf('rate: 10/hour') });
      const runs = await Promise.all([world.open(), world.open()]);
      const answers = await Promise.all(
        Array.from({ length: 64 }, (_, n) => {
          const run = runs[n % 2];
          return world.call(
            'box.put',
            { id: `${n}` },
            run === undefined ? {} : { handle: run.handle },
          );
        }),
      );
      expect(tally(answers.map(codeOf))).toEqual({ ok: 10, 'limits.agent_rate': 54 });
      expect(world.effects).toHaveLength(10);
      expect(world.log).toEqual([]);
      expect(await world.events('call.denied')).toHaveLength(54);
    }
  });

  test.each(['box.look', 'box.put'])('over one run’s budget, %s', async (tool) => {
    for (let round = 0; round < 20; round += 1) {
      await using world = await openWorld({ policy: policyOf('budget: { tool_calls: 10 }') });
      const { handle, run } = await world.open();
      const answers = await Promise.all(
        Array.from({ length: 64 }, (_, n) => world.call(tool, { id: `${n}` }, { handle })),
      );
      expect(tally(answers.map(codeOf))).toEqual({ ok: 10, 'limits.tool_calls': 54 });
      expect(world.effects).toHaveLength(10);
      expect(await world.run(run.id)).toMatchObject({ toolCalls: 64 });
      expect(await world.events('alert.raised')).toHaveLength(1);
    }
  });
});

describe('reservations', () => {
  test.each<[string, Outcome, number]>([
    ['it never left', { type: 'not_sent', reason: 'down' }, 0],
    ['turned away at the door', { type: 'error', code: -32602, message: 'no', refused: true }, 0],
    [
      'an error that may have come late',
      { type: 'error', code: 1, message: 'x', refused: false },
      1,
    ],
    ['its own isError', { type: 'result', result: { content: [], isError: true } }, 1],
    ['lost', { type: 'unknown', reason: 'timeout' }, 1],
    ['done', text('ok'), 1],
  ])('after %s: %o leaves %i drawn', async (_, outcome, drawn) => {
    await using world = await openWorld({
      policy: policyOf('rate: 5/hour'),
      perform: () => outcome,
    });
    const { handle } = await world.open();
    await world.call('box.put', id, { handle });
    expect(await world.store.windowSum('rate|agents.helper', null)).toBe(drawn);
  });
});

describe('dry runs', () => {
  const policy = policyOf(
    'rate: 5/hour\npermissions: { box: { look: allow, put: allow, pay: { approval: never, after: [box.put] } } }',
  );

  test('no effect, nothing drawn, no memory, and nothing comes after it', async () => {
    await using world = await openWorld({ policy });
    const { handle } = await world.open();
    const dry = await world.call('box.put', id, { handle, dryRun: true });
    expect(said(dry)).toContain('Dry run');
    expect(world.effects).toEqual([]);
    expect(await world.store.windowSum('rate|agents.helper', null)).toBe(0);
    expect(await world.store.openCalls(9)).toEqual([]);
    expect(codeOf(await world.call('box.pay', id, { handle }))).toBe('authorize.after');
    expect(said(await world.call('box.put', id, { handle }))).toBe('done 1');
    expect(codeOf(await world.call('box.pay', id, { handle }))).toBe('ok');
    expect(await world.events('call.finished')).toMatchObject([
      { dryRun: true, by: 'sallyport' },
      { dryRun: false, by: 'upstream' },
      { dryRun: false },
    ]);
  });

  test('a question takes no outcome away from the call it asks about', async () => {
    await using world = await openWorld();
    const { handle } = await world.open();
    await world.call('box.put', id, { handle, signal: AbortSignal.abort() });
    expect(said(await world.call('box.put', id, { handle, dryRun: true }))).toContain('Dry run');
    expect(said(await world.call('box.put', id, { handle }))).toBe('done 1');
    expect(world.effects).toHaveLength(1);
  });
});

describe('one at a time', () => {
  test('parallel: 1 lets the others wait, in order, under the policy of their turn', async () => {
    let inside = 0;
    let most = 0;
    const order: unknown[] = [];
    await using world = await openWorld({
      policy: policyOf('parallel: 1'),
      perform: async ({ args }) => {
        inside += 1;
        most = Math.max(most, inside);
        order.push(args['id']);
        await nextTurn();
        if (args['id'] === '2') world.policy = policyOf('parallel: 1\nforbidden: [box.put]');
        inside -= 1;
        return text('x');
      },
    });
    const { handle } = await world.open();
    const answers = await Promise.all(
      ['0', '1', '2', '3', '4'].map((n) => world.call('box.put', { id: n }, { handle })),
    );
    expect(most).toBe(1);
    expect(order).toEqual(['0', '1', '2']);
    expect(answers.map(codeOf)).toEqual([
      'ok',
      'ok',
      'ok',
      'authorize.forbidden',
      'authorize.forbidden',
    ]);
  });
});

describe('alerts', () => {
  test('one a run and reason, however often it is hit', async () => {
    await using world = await openWorld({ policy: policyOf('budget: { tool_calls: 2 }') });
    const [one, two] = await Promise.all([world.open(), world.open()]);
    for (const { handle } of [one, two])
      for (let n = 0; n < 5; n += 1) await world.call('box.put', { id: `${n}` }, { handle });
    const alerts = await world.events('alert.raised');
    expect(alerts.map(({ alert, run }) => [alert, run])).toEqual([
      ['budget_exceeded', one.run.id],
      ['budget_exceeded', two.run.id],
    ]);
  });

  test('what nobody can know is told at once', async () => {
    await using world = await openWorld({
      perform: () => ({ type: 'unknown', reason: 'timeout' }),
    });
    await world.call('box.look', id);
    expect(await world.events('alert.raised')).toEqual([]);
    await world.call('box.put', id);
    expect(await world.events('alert.raised')).toMatchObject([{ alert: 'indeterminate_call' }]);
  });

  test('what is watched only is let through, and told', async () => {
    await using world = await openWorld({
      policy: policyOf('rate: 1/hour', 'enforcement: warn'),
    });
    const { handle } = await world.open();
    for (const n of ['1', '2', '3'])
      expect(codeOf(await world.call('box.put', { id: n }, { handle }))).toBe('ok');
    const alerts = await world.events('alert.raised');
    expect(alerts.map(({ alert }) => alert)).toEqual(['limit_reached', 'would_refuse']);
    expect(await world.store.windowSum('rate|agents.helper', null)).toBe(3);
  });
});

describe('a policy that is reloaded', () => {
  test('what was drawn stays drawn, under a limit that is now another', async () => {
    await using world = await openWorld({ policy: policyOf('rate: 5/hour') });
    const put = (n: number) => world.call('box.put', { id: `${n}` }).then(codeOf);
    for (let n = 0; n < 4; n += 1) await put(n);
    world.policy = policyOf('rate: 3/hour');
    expect(await put(5)).toBe('limits.agent_rate');
    world.policy = policyOf('rate: 5/day');
    expect(await put(6)).toBe('ok');
    expect(await put(7)).toBe('limits.agent_rate');
  });

  test('a grant that is gone refuses the next call, also the repeat of an earlier one', async () => {
    await using world = await openWorld();
    const { handle } = await world.open();
    await world.call('box.put', id, { handle, signal: AbortSignal.abort() });
    world.policy = policyOf('permissions: { box: { look: allow } }');
    expect(codeOf(await world.call('box.put', id, { handle }))).toBe('catalog.ungranted');
    expect(codeOf(await world.call('box.look', id, { handle }))).toBe('ok');
    const [first, second] = await world.events('call.finished');
    expect(first?.policy).not.toBe(second?.policy);
  });

  test('a call that was begun is ended under the policy that let it through', async () => {
    const held = gate();
    await using world = await openWorld({ perform: held.perform });
    const { handle } = await world.open();
    const answer = world.call('box.put', id, { handle });
    await held.entered;
    world.policy = policyOf('forbidden: [box.put]');
    held.open(text('done'));
    expect(codeOf(await answer)).toBe('ok');
    const [started] = await world.events('call.started');
    expect(await world.events('call.finished')).toMatchObject([{ policy: started?.policy }]);
  });
});

describe('in a run that is closed meanwhile', () => {
  test.each(['box.put', 'box.look'])(
    '%s ends, its outcome is recorded, and no other begins',
    async (tool) => {
      const held = gate();
      await using world = await openWorld({ perform: held.perform });
      const { handle, run } = await world.open();
      const answer = world.call(tool, id, { handle });
      await held.entered;
      await world.runtime.closeRun(opener, run.id, 'success', null);
      expect(codeOf(await world.call(tool, id, { handle }))).toBe('identity.run_closed');
      held.open(text('done'));
      expect(said(await answer)).toBe('done');
      expect(await world.store.loadRun(run.id)).toMatchObject({
        status: 'closed',
        inFlight: [],
        toolCalls: 2,
        labels: { trust: 'untrusted' },
      });
    },
  );

  test('closing twice is told so', async () => {
    await using world = await openWorld();
    const { run } = await world.open();
    await world.runtime.closeRun(opener, run.id, 'success', null);
    await expect(world.runtime.closeRun(opener, run.id, 'failure', null)).rejects.toMatchObject({
      code: 'run.closed',
    });
  });
});

describe('stopping', () => {
  test('waits for every effect, lets nobody in meanwhile, and leaves nothing to recover', async () => {
    const held = gate();
    await using directory = await lastingDirectory();
    {
      await using world = await openWorld({ directory: directory.path, perform: held.perform });
      const { handle } = await world.open();
      const answer = world.call('box.put', id, { handle });
      await held.entered;
      let gone = false;
      const stopped = world.runtime[Symbol.asyncDispose]().then(() => {
        gone = true;
      });
      const late = await world.call('box.put', { id: 'late' }, { handle });
      expect(late).toMatchObject({ refusal: { code: 'store.unavailable', as: 'unavailable' } });
      await nextTurn();
      expect(gone).toBe(false);
      held.open(text('done'));
      await stopped;
      expect(said(await answer)).toBe('done');
      expect(world.effects).toHaveLength(1);
    }
    await using again = await openWorld({ directory: directory.path });
    expect(await again.runtime.recovered).toBe(0);
    expect(await again.events('alert.raised')).toEqual([]);
  });
});

describe('handles', () => {
  test.each<[string, (good: string, other: string) => readonly string[], object]>([
    ['malformed', () => ['spr_x'], {}],
    ['of no run', () => [`spr_${'A'.repeat(24)}`], {}],
    ['two that differ', (good, other) => [good, other], {}],
    ['of another agent', (good) => [good], { agent: 'other' }],
    ['of another person', (good) => [good], { user: 'bob' }],
  ])('%s: identity.run, recorded, and nothing said of the run', async (_, handles, as) => {
    await using world = await openWorld();
    const [mine, other] = await Promise.all([
      world.open({ user: 'ann' }),
      world.open({ user: 'ann' }),
    ]);
    const answer = await world.call('box.look', id, {
      handle: handles(mine.handle, other.handle),
      as,
    });
    expect(answer).toMatchObject({ refusal: { code: 'identity.run', machine: { run: null } } });
    expect(await world.events('identity.refused')).toMatchObject([
      { code: 'identity.run', credential: 'token-1' },
    ]);
    expect(world.effects).toEqual([]);
  });

  test('an implicit run has no handle, and the same one twice is one', async () => {
    await using world = await openWorld();
    const answer = await world.call('box.look', id);
    const own = answer.type === 'result' ? answer.run.replace('run_', 'spr_') : '';
    expect(codeOf(await world.call('box.look', id, { handle: own }))).toBe('identity.run');
    const { handle } = await world.open({}, opener);
    expect(codeOf(await world.call('box.look', id, { handle: [handle, handle] }))).toBe('ok');
  });

  test('a run’s id, which records and alerts show, is no handle of it', async () => {
    await using world = await openWorld();
    const { run, handle } = await world.open({}, opener);
    const random = run.id.slice('run_'.length);
    expect(handle).toMatch(new RegExp(`^spr_${random}[0-9A-Za-z_-]{24}$`));
    for (const guess of [
      `spr_${random}`,
      `spr_${random}${'A'.repeat(24)}`,
      `spr_${random}${random}`,
    ])
      expect(codeOf(await world.call('box.look', id, { handle: guess }))).toBe('identity.run');
    expect(codeOf(await world.call('box.look', id, { handle }))).toBe('ok');
  });
});
