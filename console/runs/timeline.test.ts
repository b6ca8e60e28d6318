import { expect, test } from 'vitest';
import type { EventRow } from '../../src/edges/console/views.ts';
import { eventRow } from '../../test/console/event-row.ts';
import { linesOf } from './timeline.ts';

let seq = 0;

function row(type: string, call: string | null, more: Partial<EventRow> = {}): EventRow {
  seq += 1;
  return eventRow({ seq, atMs: seq * 10, type, run: 'run', call, ...more });
}

const started = (call: string) => row('call.started', call, { tool: 't', outcome: 'allow' });
const finished = (call: string, more: Partial<EventRow> = {}) =>
  row('call.finished', call, { outcome: 'completed', ...more });
const held = (call: string) => row('call.held', call, { tool: 't', outcome: 'hold' });
const settled = (call: string, outcome: string) => row('approval.settled', call, { outcome });

test.each([
  ['one that was done', [started('a'), finished('a')], ['allow', 'completed']],
  ['one that was refused', [row('call.denied', 'a', { outcome: 'deny' })], ['deny']],
  [
    'one that people agreed to',
    [
      held('a'),
      row('approval.answered', 'a', { outcome: 'approve' }),
      settled('a', 'approved'),
      started('a'),
      finished('a'),
    ],
    ['hold', 'approved', 'completed'],
  ],
  ['one that was edited', [held('a'), held('a'), settled('a', 'expired')], ['hold', 'expired']],
  [
    'one that was held, and then refused all the same',
    [held('a'), settled('a', 'approved'), row('call.denied', 'a', { outcome: 'deny' })],
    ['hold', 'approved', 'deny'],
  ],
  [
    'one whose result waited',
    [started('a'), finished('a'), settled('a', 'rejected')],
    ['allow', 'completed', 'rejected'],
  ],
  ['one that got another’s outcome', [row('call.joined', 'a')], ['joined another']],
])('%s', (_, events, steps) => {
  expect(linesOf(events, new Set())).toMatchObject([{ type: 'call', call: { steps } }]);
});

test('calls stand where they began, other events where they were, and a call that is open has its own below it', () => {
  const rows = [
    row('run.opened', null),
    started('a'),
    started('b'),
    finished('a', { durationMs: 3, budgetLeft: { tool_calls: 9 }, codes: ['x', 'y'] }),
    row('run.usage', null),
    finished('b', { durationMs: 5, costMicroUsd: 7, trust: 'untrusted', codes: ['x'] }),
  ];
  const written = (open: readonly string[]) =>
    linesOf(rows, new Set(open)).map((line) =>
      line.type === 'call'
        ? `${line.call.call}:${line.call.durationMs}`
        : `${line.ofCall ? '  ' : ''}${line.row.type}`,
    );
  expect(written([])).toEqual(['run.opened', 'a:3', 'b:5', 'run.usage']);
  expect(written(['b'])).toEqual([
    'run.opened',
    'a:3',
    'b:5',
    '  call.started',
    '  call.finished',
    'run.usage',
  ]);
  expect(linesOf(rows, new Set())).toMatchObject([
    {},
    { call: { tool: 't', codes: ['x', 'y'], budgetLeft: { tool_calls: 9 }, untrusted: false } },
    { call: { codes: ['x'], costMicroUsd: 7, untrusted: true } },
    {},
  ]);
});
