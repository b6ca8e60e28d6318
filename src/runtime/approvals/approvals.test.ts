import { describe, expect, test } from 'vitest';
import {
  approver,
  codeOf,
  openWorld,
  policyOf,
  said,
  type World,
  type WorldOptions,
} from '../../../test/runtime/world.ts';
import type { Policy } from '../../policy/model.ts';
import type { CallAnswer } from '../port.ts';

/** Paying waits for one of the desk; the run works for nobody in particular, or for whoever a test says. */
function asking(rules: string = '', pay: string = 'allow'): Policy {
  return policyOf(
    `permissions: { box: { look: allow, fetch: allow, put: { approval: { by: desk } }, pay: ${pay} } }`,
    `
approvals: { default: desk, wait: 50ms${rules === '' ? '' : `, ${rules}`} }
`,
  );
}

function worldOf(options: WorldOptions = {}): Promise<World> {
  return openWorld({ policy: asking(), ...options });
}

function ticketOf(answer: CallAnswer): string {
  if (answer.type !== 'held') throw new Error(`not held: ${codeOf(answer)}`);
  return answer.hold.id;
}

async function approve(world: World, id: string, by: string = 'dora') {
  const [hold] = world.runtime.holds.open().filter((one) => one.id === id);
  return world.runtime.holds.answer(approver(by), id, {
    answer: 'approve',
    digest: hold?.digest ?? '',
    reason: null,
  });
}

describe('held, approved, performed', () => {
  test('a call that waits gets its outcome when a person agrees', async () => {
    await using world = await worldOf();
    const { handle } = await world.open();
    const waiting = world.call('box.pay', { id: 'a' }, { handle, patienceMs: 60_000 });
    await expect.poll(() => world.runtime.holds.open()).toHaveLength(1);
    expect(world.effects).toEqual([]);
    const [hold] = world.runtime.holds.open();
    await approve(world, hold?.id ?? '');
    expect(said(await waiting)).toBe('done 1');
    expect(world.effects).toMatchObject([{ operation: 'pay', callId: hold?.id }]);
    const [started] = await world.events('call.started');
    expect(started).toMatchObject({ call: hold?.id, approvedBy: ['dora'] });
    expect(world.runtime.holds.open()).toEqual([]);
  });

  test('when nobody waits any more, Sallyport performs it, and a repeat gets the outcome', async () => {
    await using world = await worldOf();
    const { handle, run } = await world.open();
    const held = await world.call('box.pay', { id: 'a' }, { handle });
    expect(codeOf(held)).toBe('approval.pending');
    const id = ticketOf(held);
    await approve(world, id);
    await expect.poll(() => world.effects.length).toBe(1);
    await expect.poll(async () => (await world.run(run.id)).inFlight).toEqual([]);
    expect(await world.events('call.finished')).toMatchObject([
      { call: id, outcome: 'completed', delivered: false },
    ]);
    expect(said(await world.call('box.pay', { id: 'a' }, { handle }))).toBe('done 1');
    expect(world.effects).toHaveLength(1);
    expect((await world.run(run.id)).toolCalls).toBe(1);
  });
});
