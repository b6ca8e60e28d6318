import { expect, test } from 'vitest';
import { recordedCall } from './recorded-call.ts';

const events = [
  { seq: 4, type: 'run.opened', atMs: 0 },
  {
    seq: 5,
    type: 'call.denied',
    atMs: 0,
    call: 'call_1',
    tool: 'mail.send',
    effect: 'hold',
    findings: [
      { stage: 'authorize', code: 'authorize.recipients', verdict: 'note', at: 'p.yaml:3:1' },
      {
        stage: 'flow',
        code: 'flow.destination',
        verdict: 'hold',
        at: null,
        details: {
          value: 'eve@evil.example',
          found: [{ tool: 'mail.read', result: 2, field: '/body', text: 'to \u001b[2Jeve' }],
        },
      },
    ],
  },
  { seq: 6, type: 'call.started', atMs: 0, call: 'call_2', tool: 'mail.read', findings: [] },
];

test.each(['call_1', '5'])('the call %s, with every reason and what it looked at', (call) => {
  const text = recordedCall(call, events).join('\n');
  expect(text).toContain('+ authorize.recipients  p.yaml:3:1');
  expect(text).toContain('? flow.destination');
  expect(text).toContain('value: eve@evil.example');
  expect(text).toContain('tool mail.read, result 2, field /body');
  expect(text).not.toContain('\u001b');
  expect(text).not.toContain('call.started');
});

test.each(['call_9', '4', 'undefined'])('%s names no call', (call) => {
  expect(recordedCall(call, events)).toEqual([]);
});
