import { expect, test } from 'vitest';
import type { Channel, Exchange, Failure } from './channel.ts';
import { negotiate } from './negotiate.ts';

const failed = (reason: Failure['reason'], httpStatus?: number): Exchange => ({
  type: 'failed',
  reason,
  performed: 'maybe',
  detail: reason,
  ...(httpStatus === undefined ? {} : { httpStatus }),
});
const error = (
  code: number,
  data: Extract<Exchange, { type: 'error' }>['data'] = null,
): Exchange => ({ type: 'error', code, message: 'no', data, refused: true });
const result = (fields: Extract<Exchange, { type: 'result' }>['result']): Exchange => ({
  type: 'result',
  result: fields,
});

function scripted(answers: Record<string, Exchange>): { channel: Channel; asked: string[] } {
  const asked: string[] = [];
  const channel: Channel = {
    ask: ({ method }) => {
      asked.push(method);
      return Promise.resolve(answers[method] ?? error(-32601));
    },
    tell: (method) => {
      asked.push(method);
      return Promise.resolve();
    },
    listen: () => {},
    ended: new Promise(() => {}),
    close: () => Promise.resolve(),
  };
  return { channel, asked };
}

const client = { name: 'sallyport', version: '0' };
const initialized = result({
  protocolVersion: '2025-06-18',
  capabilities: {},
  serverInfo: { name: 's' },
});

test.each([
  [
    'it discovers',
    { 'server/discover': result({ supportedVersions: ['2026-07-28'] }) },
    'modern',
    '2026-07-28',
  ],
  [
    'it says that the method is unknown',
    { 'server/discover': error(-32601), initialize: initialized },
    'legacy',
    '2025-06-18',
  ],
  [
    'it has an error of its own for it',
    { 'server/discover': error(-32000), initialize: initialized },
    'legacy',
    '2025-06-18',
  ],
  [
    'it stays silent',
    { 'server/discover': failed('timeout'), initialize: initialized },
    'legacy',
    '2025-06-18',
  ],
  [
    'HTTP 400 without a word',
    { 'server/discover': failed('bad_answer', 400), initialize: initialized },
    'legacy',
    '2025-06-18',
  ],
  [
    'HTTP 500',
    { 'server/discover': failed('server_error', 500), initialize: initialized },
    'legacy',
    '2025-06-18',
  ],
  [
    'it answers anything with something',
    { 'server/discover': result({ ok: true }), initialize: initialized },
    'legacy',
    '2025-06-18',
  ],
  [
    'it names only an older version',
    { 'server/discover': error(-32022, { supported: ['2025-06-18'] }), initialize: initialized },
    'legacy',
    '2025-06-18',
  ],
])('%s', async (_, answers, era, version) => {
  const negotiated = await negotiate(scripted(answers).channel, client, false, 1_000);
  expect(negotiated).toMatchObject({ type: 'agreed', agreement: { era, version } });
});

test.each([
  [
    'it names only versions to come',
    { 'server/discover': error(-32022, { supported: ['2030-01-01'] }) },
    ['server/discover'],
  ],
  [
    'it turns away what it says it supports',
    { 'server/discover': error(-32022, { supported: ['2026-07-28'] }) },
    ['server/discover', 'server/discover'],
  ],
  [
    'it wants another credential',
    { 'server/discover': failed('credential', 401) },
    ['server/discover'],
  ],
  ['it can not be reached', { 'server/discover': failed('down') }, ['server/discover']],
  ['it redirects', { 'server/discover': failed('redirect', 302) }, ['server/discover']],
  [
    'it initialises to a version to come',
    { initialize: result({ protocolVersion: '2030-01-01' }) },
    ['server/discover', 'initialize'],
  ],
  ['it refuses both', { initialize: error(-32600) }, ['server/discover', 'initialize']],
])('%s: no agreement, and nothing more is asked', async (_, answers, methods) => {
  const { channel, asked } = scripted(answers);
  expect((await negotiate(channel, client, false, 1_000)).type).toBe('failed');
  expect(asked).toEqual(methods);
});

test('known to be legacy: not probed again, and told when it is initialised', async () => {
  const { channel, asked } = scripted({ initialize: initialized });
  await negotiate(channel, client, true, 1_000);
  expect(asked).toEqual(['initialize', 'notifications/initialized']);
});
