/** What an agent, an upstream, a stranger or another approver writes is data wherever the gateway hands it on. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isJsonArray, isJsonObject, type JsonValue } from '../../../src/content/value.ts';
import { plainText } from '../../../src/engine/approvals/plain-text.ts';
import type { Browser, Seen } from '../../console-rig.ts';
import { attack, type HostileScene, openHostileScene, unseen } from './hostile-scene.ts';

let scene: HostileScene;
let bob: Browser;
beforeAll(async () => {
  scene = await openHostileScene();
  bob = await scene.bank.person('bob');
});
afterAll(() => scene[Symbol.asyncDispose]());

/** As a browser takes it: data of a type that it neither renders nor guesses. */
function expectData({ headers, text }: Seen): void {
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  });
  expect(text).not.toMatch(/[\u0000-\u001f]/);
  expect(JSON.stringify(headers)).not.toContain('pwned');
}

async function everyRoute(): Promise<readonly string[]> {
  const { bank, holds, run } = scene;
  const events = await bank.real.gateway.store.events({ limit: 10_000 });
  return [
    '/api/now',
    '/api/session',
    ...Object.values(holds).map((id) => `/api/holds/${id}`),
    '/api/runs',
    `/api/runs/${run}`,
    `/api/runs/${run}/timeline`,
    '/api/ledger',
    ...events.map(({ seq }) => `/api/events/${seq}`),
    '/api/agents',
    '/api/agents/clerk/permissions?user=ann',
    '/api/policy',
    '/api/tools',
  ];
}

test('is data of its own type on every route, and says nothing in a header', async () => {
  let seen = '';
  for (const path of await everyRoute()) {
    const heard = await bob.get(path);
    expect([heard.status, path]).toEqual([200, path]);
    expectData(heard);
    seen += heard.text;
  }
  // All of it was there to be shown.
  for (const place of [
    'title',
    'title, changed',
    'sender',
    'letter',
    'case',
    'request',
    'reason',
    'argument',
    'note',
    'before an edit',
    'by another person',
    'why',
    'failing',
    'agreed',
    'refused because',
    'suspended because',
  ])
    expect([place, seen.includes(`${place} <img src=x`)]).toEqual([place, true]);
});

test('is data where somebody asks for it', async () => {
  const asked = encodeURIComponent(attack('asked').slice(0, 300));
  for (const path of [
    `/api/holds/${asked}`,
    `/api/runs/${asked}`,
    `/api/events/${asked}`,
    `/api/agents/${asked}/permissions`,
    `/api/ledger?agent=${asked}`,
    `/api/ledger?${asked}=1`,
    `/api/runs?before=${asked}`,
    `/api/${asked}`,
  ]) {
    const heard = await bob.get(path);
    expectData(heard);
  }
  const explained = await bob.post('/api/explain', {
    agent: attack('agent').slice(0, 200),
    user: attack('user').slice(0, 200),
    tool: attack('tool').slice(0, 200),
    arguments: { [attack('name')]: attack('value') },
    case: {},
  });
  expectData(explained);
});

test('is in no page: those are the same for everybody', async () => {
  const own = await bob.get('/');
  for (const path of [
    `/holds/${scene.holds.plain}`,
    `/${encodeURIComponent(attack('path'))}`,
    `/ledger?agent=${encodeURIComponent(attack('query'))}`,
  ]) {
    const { text } = await bob.get(path);
    expect(text).not.toContain('pwned');
    if (text.startsWith('<!')) expect(text).toBe(own.text);
  }
});

test('no sentence of ours has a character in it that nobody sees or that moves others', async () => {
  const { bank, holds } = scene;
  for (const id of Object.values(holds)) {
    const shown = await bank.real.gateway.runtime.holds.show({ type: 'operator' }, id);
    if (shown === null) throw new Error('it waits no more');
    const { facts, summary } = shown;
    const sentences = [
      summary,
      facts.summary,
      facts.outline,
      ...facts.reasons.map(({ text }) => text),
      ...plainText(facts, { values: true }),
      ...plainText(facts, { values: false }),
    ];
    for (const sentence of sentences) expect(sentence).not.toMatch(unseen);
    expect(facts.outline).not.toMatch(/pwned|evil/);
    for (const { text } of facts.reasons) expect(text).not.toMatch(/pwned|evil/);
  }
});

test('no answer to an agent, and no refusal, is changed by it', async () => {
  const { bank } = scene;
  const { message } = await bank.call(bank.clerk, 'wire', { id: attack('again') });
  const { result } = message;
  const [content] = isJsonObject(result) && isJsonArray(result['content']) ? result['content'] : [];
  expect(isJsonObject(content) ? content['text'] : '').toMatch(
    /^approval\.pending: [\x20-\x7e\n]*$/,
  );
});

describe('in the stream of an open console', () => {
  test('ends no message and begins none', async () => {
    const { bank } = scene;
    const stream = await bob.open('GET', '/api/stream');
    expect(stream.headers['content-type']).toContain('text/event-stream');
    const hold = await bank.hold('wire', { id: attack('streamed') });
    let text = '';
    for await (const chunk of stream) {
      text += String(chunk);
      if (text.includes(hold.id) && text.includes('event: event')) break;
    }
    stream.destroy();
    const blocks = text.split('\n\n').filter((block) => block.trim() !== '');
    for (const block of blocks.slice(0, -1)) {
      const lines = block
        .split('\n')
        .filter((line) => !line.startsWith(':') && !line.startsWith('retry:'));
      const [name, ...data] = lines.filter((line) => !line.startsWith('id:'));
      if (name === undefined) continue;
      expect(name).toMatch(/^event: (hello|hold|settled|event)$/);
      expect(data).toHaveLength(1);
      const message: JsonValue = JSON.parse(data[0]?.replace('data: ', '') ?? '');
      expect(isJsonObject(message) && message['pwned']).toBeUndefined();
    }
  });
});

test('in an export each event is one line, of no type that a browser renders', async () => {
  const heard = await bob.get('/api/ledger/export');
  expect(heard.headers['content-type']).toMatch(/^application\/x-ndjson/);
  expect(heard.headers['x-content-type-options']).toBe('nosniff');
  expect(heard.headers['content-disposition'] ?? '').not.toContain('pwned');
  const lines = heard.text.split('\n').filter((line) => line !== '');
  const { length } = await scene.bank.events();
  expect(lines).toHaveLength(length);
  for (const line of lines) JSON.parse(line);
});
