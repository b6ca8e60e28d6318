/** Every event that was ever written stays readable, with the very leaf that was hashed. Fixtures are never edited. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { canonicalJson } from '../src/content/json.ts';
import type { Event } from '../src/engine/events.ts';
import { eventVersion, readEvent } from '../src/store/upcast.ts';

/** One key a type: a new type that has no fixture is a type error here, and then a failing test. */
const types: Record<Event['type'], true> = {
  'run.opened': true,
  'run.usage': true,
  'run.closed': true,
  'run.closing': true,
  'run.abandoned': true,
  'run.delegated': true,
  'run.returned': true,
  'call.held': true,
  'approval.answered': true,
  'approval.settled': true,
  'call.denied': true,
  'call.started': true,
  'call.finished': true,
  'call.delivered': true,
  'call.undelivered': true,
  'call.joined': true,
  'gateway.started': true,
  'gateway.stopped': true,
  'policy.loaded': true,
  'policy.rejected': true,
  'catalog.changed': true,
  'breaker.opened': true,
  'breaker.closed': true,
  'agent.suspended': true,
  'agent.resumed': true,
  'token.minted': true,
  'token.revoked': true,
  'mediation.recorded': true,
  'alert.raised': true,
  'session.opened': true,
  'session.closed': true,
  'catalog.pinned': true,
  'notification.sent': true,
  'identity.refused': true,
  'edge.refused': true,
  'spool.recovered': true,
};

const root = new URL('./events/', import.meta.url);
const fixtures = readdirSync(root).flatMap((version) =>
  readdirSync(new URL(`${version}/`, root)).map((file) => ({ version, file })),
);

test('every type of the newest version has a fixture', () => {
  const files = fixtures.filter(({ version }) => version === `v${eventVersion}`);
  expect(files.map(({ file }) => file).sort()).toEqual(
    Object.keys(types)
      .map((type) => `${type}.json`)
      .sort(),
  );
});

test.each(fixtures)('$version/$file reads as today’s event', ({ version, file }) => {
  const text = readFileSync(new URL(`${version}/${file}`, root), 'utf8');
  const leaf = Buffer.from(canonicalJson(JSON.parse(text)), 'utf8');
  const event = readEvent(leaf, 0);
  expect(`${event.type}.json`).toBe(file);
  // Nothing is dropped or filled in on the way while the version is today's.
  if (version === `v${eventVersion}`) expect(canonicalJson(event)).toBe(leaf.toString());
});

test.each(fixtures)(
  '$version/$file with a field too many or one too few is refused',
  ({ version, file }) => {
    const written = JSON.parse(readFileSync(new URL(`${version}/${file}`, root), 'utf8'));
    const more = Buffer.from(canonicalJson({ ...written, unheardOf: 1 }));
    expect(() => readEvent(more, 7)).toThrow(expect.objectContaining({ code: 'store.corrupt' }));
    for (const field of Object.keys(written)) {
      const { [field]: _, ...less } = written;
      const leaf = Buffer.from(canonicalJson(less));
      expect(() => readEvent(leaf, 7), field).toThrow(
        expect.objectContaining({ code: 'store.corrupt' }),
      );
    }
  },
);

const digest = `sha256:${'a'.repeat(64)}`;
const past = {
  call: 'call_7fQ2',
  tool: 'mail.read',
  tier: 0,
  sinceMs: 1_795_000_000_000,
  atMs: 1_795_000_000_231,
  completed: true,
  seenByAgent: true,
  arguments: digest,
  released: digest,
  shown: null,
  trust: 'untrusted',
};

const ask = {
  key: digest,
  code: 'outputs.injection',
  by: { type: 'break_glass', role: 'leads' },
  quorum: 2,
  freshMs: 300_000,
  remember: digest,
  grants: { toolCalls: 50 },
  autonomy: digest,
};
const withheld = {
  kept: digest,
  frame: 'hyGioqNBBDwmq5ynS5yV8vR4',
  labels: { trust: 'untrusted', classes: [], subjects: [] },
  shown: digest,
  asks: [ask],
  expiresAtMs: 1_795_000_900_000,
  arguments: digest,
  facts: digest,
};
const memory = {
  id: 'call_7fQ2',
  tool: 'mail.send',
  digest,
  tier: 2,
  atMs: 1_795_000_000_000,
  state: 'completed',
  delivered: true,
  outcome: digest,
  twin: digest,
};

/** What came to a version later is absent in what was written before. Once written it stays, in this form. */
test.each([
  ['call.finished', 'shown', digest],
  ['call.started', 'for', 'call_7fQ2'],
  ['run.returned', 'history', [past]],
  ['run.returned', 'historyLost', true],
  ['run.returned', 'holdsNext', true],
  ['run.opened', 'risk', { score: 0.9, reasons: ['override'], holds: true }],
  ['run.opened', 'carried', { spent: { toolCalls: 9 }, calls: [], holdsNext: true }],
  ['call.finished', 'holdsNext', true],
  ['call.finished', 'frame', 'hyGioqNBBDwmq5ynS5yV8vR4'],
  ['call.finished', 'layers', { output_validation: 'noted', audit: 'passed' }],
  ['call.started', 'layers', { execution_control: 'passed', audit: 'passed' }],
  ['call.started', 'approvedBy', ['lea', 'max']],
  ['call.started', 'editedFrom', digest],
  ['call.held', 'edited', { by: 'lea', from: digest }],
  ['call.finished', 'withheld', withheld],
  ['run.opened', 'carried', { spent: {}, calls: [memory] }],
  ['call.denied', 'layers', { tool_interception: 'refused', audit: 'passed' }],
])('%s with `%s`, which came later', (type, field, value) => {
  const written = JSON.parse(readFileSync(new URL(`v1/${type}.json`, root), 'utf8'));
  expect(written).not.toHaveProperty(field);
  const leaf = Buffer.from(canonicalJson({ ...written, [field]: value }));
  expect(canonicalJson(readEvent(leaf, 0))).toBe(leaf.toString());
  const broken = Buffer.from(canonicalJson({ ...written, [field]: 1 }));
  expect(() => readEvent(broken, 7)).toThrow(expect.objectContaining({ code: 'store.corrupt' }));
});

test('a plan of actions and what of them may be done, which came later', () => {
  const written = JSON.parse(readFileSync(new URL('v1/run.opened.json', root), 'utf8'));
  const only = ['mail.read', { action: 'mail.send', recipients: ['ann@x.example'] }];
  const leaf = Buffer.from(canonicalJson({ ...written, only }));
  expect(canonicalJson(readEvent(leaf, 0))).toBe(leaf.toString());
  const broken = Buffer.from(canonicalJson({ ...written, only: [1] }));
  expect(() => readEvent(broken, 7)).toThrow(expect.objectContaining({ code: 'store.corrupt' }));
});

test.each([
  ['nothing', ''],
  ['no JSON', '{"v":1'],
  ['no object', '1'],
  ['no UTF-8', '\xff'],
])('%s is no event', (_, bytes) => {
  expect(() => readEvent(Buffer.from(bytes, 'latin1'), 7)).toThrow('event 7');
});

test('an event of a version to come says that a newer Sallyport wrote it', () => {
  const leaf = Buffer.from('{"type":"run.opened","v":2}');
  expect(() => readEvent(leaf, 7)).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('newer Sallyport') }),
  );
});
