import { expect, test } from 'vitest';
import { loaded, runOf } from '../../test/engine/scene.ts';
import type { JsonObject } from '../content/value.ts';
import { anybody, askOf } from './asks.ts';
import type { FindingCode } from './codes.ts';
import type { Asked } from './decision.ts';
import { hold } from './findings.ts';

const policy = loaded(
  `
sallyport: 1
upstreams: { box: { functions: true } }
users: { static: { lea: { roles: [leads] } } }
approvals: { default: leads }
tools: { box.act: { action: act, tier: reversible, args: { id: identifier } } }
roles: { leads: { permissions: {} } }
agents: { helper: { permissions: { box: { act: allow } } } }
`,
  { tools: { 'box.act': { id: 'string' } } },
);

function keyOf(code: FindingCode, details: JsonObject, line = 1, asked: Asked | null = null) {
  const at = { file: 'policy.yaml', line, column: 1 };
  return askOf({ policy, run: runOf() }, hold('gate', code, details, at, asked))?.key;
}

const seen = { detector: 'injection', type: 'override', at: '/text', start: 0, end: 9 };
const record = { call: 'call_1', tool: 'mail.read', field: '/mails/0' };

/** What is another reason, and what only another minute. */
test.each<[string, FindingCode, JsonObject, JsonObject, 'same' | 'another']>([
  ['more was spent', 'limits.cost', { used: 5, max: 4 }, { used: 9, max: 4 }, 'same'],
  ['the limit was lowered', 'limits.cost', { used: 5, max: 4 }, { used: 5, max: 3 }, 'another'],
  [
    'time passed',
    'authorize.hours',
    { windows: ['9-17'], nowMs: 1 },
    { windows: ['9-17'], nowMs: 2 },
    'same',
  ],
  [
    'the hours changed',
    'authorize.hours',
    { windows: ['9-17'], nowMs: 1 },
    { windows: ['9-12'], nowMs: 1 },
    'another',
  ],
  ['others were started', 'authorize.rate', { started: 1, max: 1 }, { started: 7, max: 1 }, 'same'],
  [
    'others were paid',
    'authorize.max_total',
    { drawn: 1, amount: 5, max: 5 },
    { drawn: 4, amount: 5, max: 5 },
    'same',
  ],
  [
    'it was looked up again',
    'authorize.where',
    { field: 'status', call: 'c1' },
    { field: 'status', call: 'c2' },
    'same',
  ],
  [
    'another field of it doesn’t fit',
    'authorize.where',
    { field: 'status', call: 'c1' },
    { field: 'owner', call: 'c1' },
    'another',
  ],
  [
    'the value was read once more',
    'flow.destination',
    { value: 'eve@x.example', found: [] },
    { value: 'eve@x.example', found: [record] },
    'same',
  ],
  [
    'another value',
    'flow.destination',
    { value: 'eve@x.example', found: [] },
    { value: 'ann@x.example', found: [] },
    'another',
  ],
  [
    'by more of its words',
    'flow.content',
    { found: [{ ...record, pieces: ['a'] }] },
    { found: [{ ...record, pieces: ['a', 'b'] }] },
    'same',
  ],
  [
    'another record is carried, too',
    'flow.content',
    { found: [record], records: 1 },
    { found: [record, { ...record, call: 'call_2' }], records: 2 },
    'another',
  ],
  [
    'a model is surer',
    'inputs.outbound',
    { score: 0.8, factors: [{ ...seen, score: 0.8 }] },
    { score: 0.9, factors: [{ ...seen, score: 0.9 }] },
    'same',
  ],
  [
    'something else was seen',
    'inputs.outbound',
    { score: 0.8, factors: [seen] },
    { score: 0.8, factors: [seen, { ...seen, at: '/subject' }] },
    'another',
  ],
  [
    'something else gave orders',
    'inputs.hold_next',
    { run: 'run_1', askedBy: 'c1' },
    { run: 'run_1', askedBy: 'c2' },
    'another',
  ],
  ['another grant', 'gate.tier', { tier: 2, grant: 'a' }, { tier: 2, grant: 'b' }, 'another'],
  ['another earlier call', 'call.duplicate', { call: 'c1' }, { call: 'c2' }, 'another'],
])('%s: %s', (_, code, before, after, expected) => {
  const isSame = keyOf(code, before) === keyOf(code, after);
  expect(isSame ? 'same' : 'another').toBe(expected);
});

test('a line that moved is the same reason; others who are asked, or more of them, are another', () => {
  const key = keyOf('gate.approval', { grant: 'a' });
  expect(keyOf('gate.approval', { grant: 'a' }, 9)).toBe(key);
  const changed: readonly Partial<Asked>[] = [
    { by: { type: 'role', role: 'staff' } },
    { by: { type: 'user' } },
    { by: { type: 'break_glass', role: 'leads' } },
    { quorum: 2 },
    { freshMs: 60_000 },
  ];
  const keys = changed.map((asked) =>
    keyOf('gate.approval', { grant: 'a' }, 1, { ...anybody, ...asked }),
  );
  expect(new Set([key, ...keys]).size).toBe(6);
  expect(keyOf('gate.tier', { grant: 'a' })).not.toBe(key);
});
