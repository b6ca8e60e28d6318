import { expect, test } from 'vitest';
import type { NowView, StreamMessage } from '../../src/edges/console/views.ts';
import type { HoldSummary } from '../../src/runtime/port.ts';
import { eventRow } from '../../test/console/event-row.ts';
import { apply } from './apply.ts';

const empty: NowView = {
  nowMs: 0,
  runs: [],
  runsOpen: 0,
  holds: [],
  breakers: [],
  suspensions: [],
  alerts: [],
};

function hold(
  id: string,
  expiresAtMs: number,
  state: HoldSummary['state'] = 'waiting',
): StreamMessage {
  return {
    type: 'hold',
    hold: {
      id,
      of: 'call',
      state,
      run: 'r',
      agent: 'desk',
      user: null,
      tool: 'mail.send',
      tier: 2,
      digest: `sha256:${id}${expiresAtMs}`,
      atMs: 0,
      expiresAtMs,
      summary: 'Sends a mail.',
      asks: [],
    },
  };
}

function event(
  seq: number,
  type: string,
  run: string | null = null,
  call: string | null = null,
): StreamMessage {
  return { type: 'event', row: eventRow({ seq, type, run, call }) };
}

const settled = (id: string): StreamMessage => ({
  type: 'settled',
  id,
  outcome: 'expired',
  by: [],
});

function after(...messages: readonly StreamMessage[]): NowView {
  return messages.reduce((now, message) => apply(now, message).now, empty);
}

test.each([
  ['the first to expire comes first', [hold('a', 30), hold('b', 10), hold('c', 20)], 'b c a'],
  ['told twice it is there once', [hold('a', 10), hold('b', 20), hold('a', 10)], 'a b'],
  ['held again it has the new expiry', [hold('a', 10), hold('b', 20), hold('a', 30)], 'b a'],
  ['what is settled goes', [hold('a', 10), hold('b', 20), settled('a')], 'b'],
  ['what nobody has heard of is settled', [hold('b', 20), settled('x')], 'b'],
  ['approved and not begun it stays', [hold('a', 10), hold('a', 10, 'approved')], 'a'],
  ['begun it goes', [hold('a', 10, 'approved'), event(1, 'call.started', 'r', 'a')], ''],
  ['refused after all it goes', [hold('a', 10, 'approved'), event(1, 'call.denied', 'r', 'a')], ''],
  ['what another call does leaves it', [hold('a', 10), event(1, 'call.started', 'r', 'b')], 'a'],
  ['rejected it goes', [hold('a', 10), hold('a', 10, 'rejected')], ''],
] as const)('%s', (_, messages, ids) => {
  expect(
    after(...messages)
      .holds.map(({ id }) => id)
      .join(' '),
  ).toBe(ids);
});

test('alerts come newest first, each once, and a hundred at most', () => {
  const many = Array.from({ length: 150 }, (_, seq) => event(seq, 'alert.raised'));
  const { alerts } = after(...many, event(149, 'alert.raised'), event(150, 'call.denied'));
  expect([alerts.length, alerts[0]?.seq, alerts[1]?.seq]).toEqual([100, 149, 148]);
});

test.each([
  ['run.opened', true],
  ['run.closed', true],
  ['run.usage', false],
  ['breaker.opened', true],
  ['agent.suspended', true],
  ['call.started', false],
  ['alert.raised', false],
])('after %s the page is fetched anew: %s', (type, stale) => {
  expect(apply(empty, event(1, type)).stale).toBe(stale);
});

test('a run counts its events', () => {
  const run = {
    id: 'r',
    agent: 'desk',
    user: null,
    status: 'open',
    implicit: false,
    openedAtMs: 0,
    events: 3,
  } as const;
  const { now } = apply({ ...empty, runs: [run] }, event(9, 'call.started', 'r'));
  expect(now.runs[0]?.events).toBe(4);
});
