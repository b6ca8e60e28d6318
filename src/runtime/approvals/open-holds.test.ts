import { expect, test } from 'vitest';
import type { Held } from '../../engine/hold.ts';
import type { HoldState } from './hold-state.ts';
import { OpenHold, OpenHolds } from './open-holds.ts';

const principal = { type: 'agent', credential: 'token-1', agent: 'helper', user: null } as const;

function hold(id: string, of: Held['of'] = 'call'): OpenHold {
  const held: Held = {
    ...{ id, of, tool: 'box.pay', tier: 2, digest: 'sha256:0', arguments: 'sha256:0', step: null },
    ...{ atMs: 0, expiresAtMs: 1, state: 'waiting', settledAtMs: null, asks: [], agreements: [] },
    ...{ editedFrom: null, withheld: null },
  };
  const state: HoldState = {
    v: 1,
    ...{ run: 'run_1', credential: 'token-1', definition: null, read: '', shown: '' },
    ...{ reason: null, edited: null },
  };
  return new OpenHold({ run: 'run_1', user: null, principal }, { held, state, summary: '' });
}

test('a result that waits under the id of its call makes room for the arguments of others', () => {
  const holds = new OpenHolds();
  const known = { args: {}, step: null, proposed: null, units: 40_000_000 };
  for (const id of ['a', 'b', 'c']) {
    const call = hold(id);
    holds.add(call, known);
    expect([id, call.known]).toEqual([id, known]);
    const result = hold(id, 'result');
    holds.add(result, null);
    holds.remove(call, 'approved', { type: 'unneeded' });
    expect(holds.get(id)).toBe(result);
  }
});
