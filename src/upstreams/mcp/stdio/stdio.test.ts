import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  type Opened,
  type Opening,
  openFixture,
  openStdio,
  textOf,
} from '../../../../test/upstreams/open.ts';
import { CredentialError } from '../../../credentials/errors.ts';
import { upstreamLimits } from '../../limits.ts';

const opened: Opened[] = [];

function fixture(
  options: readonly string[] = [],
  env: Parameters<typeof openFixture>[1] = {},
  opening: Opening = {},
): Opened {
  const fresh = openFixture(options, env, opening);
  opened.push(fresh);
  return fresh;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ upstream }) => upstream[Symbol.asyncDispose]()));
});

describe('eras', () => {
  test.each(['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'])(
    'a server of %s is listed and called',
    async (era) => {
      const { upstream, call } = fixture([`--era=${era}`]);
      const tools = await upstream.listTools(AbortSignal.timeout(20_000));
      expect(tools.map(({ operation }) => operation)).toContain('echo');
      expect(upstream.status()).toEqual({
        state: 'up',
        reason: null,
        serverInfo: { name: 'fixture', version: '1' },
        protocolVersion: era,
      });
      expect(await textOf(call('echo', { greeting: 'hello' }))).toBe('{"greeting":"hello"}');
    },
  );

  test('a legacy server that dies of the probe is asked in the old way next time', async () => {
    const { upstream } = fixture(['--die-on-discover']);
    await vi.waitFor(
      () => expect(upstream.status()).toMatchObject({ state: 'up', protocolVersion: '2025-11-25' }),
      { timeout: 20_000 },
    );
  });

  test('a server of a version that nobody speaks is down, and says which', async () => {
    const { upstream } = fixture(['--era=1999-01-01']);
    await vi.waitFor(() => expect(upstream.status().reason).toContain('protocol version'), {
      timeout: 20_000,
    });
  });
});

describe('what is sent', () => {
  test('a modern request carries `_meta` of ours alone, with no capability', async () => {
    const request = JSON.parse(
      await textOf(fixture(['--era=2026-07-28']).call('request', { a: 1 })),
    );
    expect(request.params).toEqual({
      name: 'request',
      arguments: { a: 1 },
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'sallyport', version: '0.0.0' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    });
  });

  test('a legacy request carries none', async () => {
    const request = JSON.parse(await textOf(fixture().call('request', { a: 1 })));
    expect(request.params).toEqual({ name: 'request', arguments: { a: 1 } });
  });

  test('a message is one line, also to a server for whom more than a line feed ends one', async () => {
    const greeting = 'a\u2028b\u2029c\u0085d\u2028{"jsonrpc":"2.0"}\ne';
    expect(await textOf(fixture().call('echo', { greeting }))).toBe(JSON.stringify({ greeting }));
  });

  test('a spawned server sees what the policy names and nothing else of ours', async () => {
    process.env['SALLYPORT_TEST_SECRET'] = 'not for upstreams';
    try {
      const { call } = fixture([], { NAMED: 'value' });
      const environment = JSON.parse(await textOf(call('environment')));
      expect(environment).toMatchObject({ NAMED: 'value', PATH: process.env['PATH'] });
      expect(environment).not.toHaveProperty('SALLYPORT_TEST_SECRET');
      const allowed = [
        'PATH',
        'HOME',
        'USER',
        'LOGNAME',
        'LANG',
        'LC_ALL',
        'LC_CTYPE',
        'TZ',
        'TMPDIR',
        'NAMED',
        'SALLYPORT_KEPT',
      ];
      expect(Object.keys(environment).filter((name) => !allowed.includes(name))).toEqual([]);
    } finally {
      delete process.env['SALLYPORT_TEST_SECRET'];
    }
  });
});

describe('what an upstream may do to us', () => {
  test.each([
    [
      'refuses by itself: relayed as it is',
      'refuse',
      { type: 'result', result: { content: [{ type: 'text', text: 'not today' }], isError: true } },
    ],
    [
      'answers twice: the first one counts',
      'twice',
      { type: 'result', result: { content: [{ type: 'text', text: 'first' }] } },
    ],
    [
      'writes a log line to stdout',
      'log_line',
      { type: 'result', result: { content: [{ type: 'text', text: 'after a log line' }] } },
    ],
    [
      'floods stderr',
      'flood',
      { type: 'result', result: { content: [{ type: 'text', text: 'still here' }] } },
    ],
    [
      'answers with an error that also follows an effect',
      'invalid_params',
      {
        type: 'error',
        code: -32602,
        message: 'the result does not fit its schema',
        refused: false,
      },
    ],
    [
      'asks for input',
      'want_input',
      {
        type: 'error',
        code: -32021,
        message: expect.stringContaining('asks for input'),
        refused: false,
      },
    ],
    ['dies in the middle of its answer', 'die', { type: 'unknown', reason: 'connection_lost' }],
    ['answers with duplicate keys', 'duplicate_keys', { type: 'unknown', reason: 'bad_answer' }],
    [
      'answers with something that is no tool result',
      'no_content',
      { type: 'unknown', reason: 'bad_answer' },
    ],
    ['answers with a line that is too long', 'huge', { type: 'unknown', reason: 'too_large' }],
    ['answers somebody else', 'wrong_id', { type: 'unknown', reason: 'bad_answer' }],
  ])('%s', async (_, tool, outcome) => {
    expect(await fixture().call(tool)).toEqual(outcome);
  });

  test('never answers: unknown after the time-out, and the next call is served', async () => {
    const { upstream, call } = fixture();
    await upstream.listTools(AbortSignal.timeout(20_000));
    expect(await call('hang', {}, { timeoutMs: 300 })).toEqual({
      type: 'unknown',
      reason: 'timeout',
    });
    expect(await textOf(call('echo'))).toBe('{}');
  });

  test.each(['sampling/createMessage', 'elicitation/create', 'roots/list'])(
    'it asks us for %s: refused',
    async (method) => {
      expect(await textOf(fixture().call('ask', { method }))).toBe('refused -32601');
    },
  );

  test('it asks whether we are there: answered', async () => {
    expect(await textOf(fixture().call('ask', { method: 'ping' }))).toBe('answered');
  });

  test('its progress passes as numbers, its words do not', async () => {
    const seen: unknown[] = [];
    await fixture().call('progress', {}, { onProgress: (...progress) => seen.push(progress) });
    expect(seen).toEqual([[1, 2]]);
  });

  test('it says that its list has changed', async () => {
    const { upstream, call } = fixture();
    const changed = new Promise<void>((resolve) => upstream.onCatalogChanged(resolve));
    await call('grow');
    await changed;
    const tools = await upstream.listTools(AbortSignal.timeout(20_000));
    expect(tools.map(({ operation }) => operation)).toContain('grown');
  });
});

describe('secrets', () => {
  const readSecret = (): string => 'correct-horse-battery';

  test('a secret in its environment never comes back, not even as a key of an environment dump', async () => {
    const { call } = fixture([], { FIXTURE_SECRET: { from: 'env:X' } }, { readSecret });
    const outcome = await call('environment');
    expect(outcome.type).toBe('result');
    expect(JSON.stringify(outcome)).not.toContain('correct-horse-battery');
    expect(JSON.stringify(outcome)).toContain('[redacted]');
  });

  test('nor in its errors', async () => {
    const { call } = fixture([], { FIXTURE_SECRET: { from: 'env:X' } }, { readSecret });
    expect(await call('fail_with_secret')).toMatchObject({
      type: 'error',
      message: "can't log in with [redacted]",
    });
  });

  test('nor in the last words that its status shows', async () => {
    const { upstream, call } = fixture(
      ['--exit-at-start'],
      { FIXTURE_SECRET: { from: 'env:X' } },
      { readSecret },
    );
    expect(await call('echo')).toEqual({ type: 'not_sent', reason: 'down' });
    expect(upstream.status()).toMatchObject({
      state: 'down',
      reason: 'exited with code 3; it last said: no database at [redacted]',
    });
  });

  test('a credential as an environment variable', async () => {
    const credential = {
      secret: { from: 'env:X' },
      as: { type: 'env', name: 'FIXTURE_SECRET' },
    } as const;
    const { call } = fixture([], {}, { readSecret, credential });
    expect(await call('fail_with_secret')).toMatchObject({
      message: "can't log in with [redacted]",
    });
  });

  test('a secret that can not be read keeps the upstream down, and the reason names the reference', async () => {
    const refuse = (from: string): string => {
      throw new CredentialError('credential.missing', `secret \`${from}\` is not set`);
    };
    const { upstream, call } = fixture(
      [],
      { FIXTURE_SECRET: { from: 'env:X' } },
      { readSecret: refuse },
    );
    expect(await call('echo')).toEqual({ type: 'not_sent', reason: 'credential' });
    expect(upstream.status().reason).toBe('secret `env:X` is not set');
  });
});

describe('its life', () => {
  test('a server that died is started again, says so, and is called again', async () => {
    const { upstream, call } = fixture();
    await upstream.listTools(AbortSignal.timeout(20_000));
    const changed = new Promise<void>((resolve) => upstream.onCatalogChanged(resolve));
    await call('die');
    await changed;
    expect(await textOf(call('echo'))).toBe('{}');
  });

  test('a command that does not exist is down with its reason, and calls are not sent', async () => {
    const missing = openStdio('/nonexistent/server', []);
    opened.push(missing);
    expect(await missing.call('echo')).toEqual({ type: 'not_sent', reason: 'down' });
    expect(missing.upstream.status().reason).toContain('there is no such command');
  });

  test('closed while a call is under way: what became of it is unknown', async () => {
    const { upstream, call } = fixture();
    await upstream.listTools(AbortSignal.timeout(20_000));
    const hanging = call('hang');
    await upstream[Symbol.asyncDispose]();
    expect(await hanging).toEqual({ type: 'unknown', reason: 'connection_lost' });
    expect(await call('echo')).toEqual({ type: 'not_sent', reason: 'down' });
  });

  test('many calls at once each get their own answer', async () => {
    const { call } = fixture();
    const numbers = Array.from({ length: 200 }, (_, number) => number);
    const answers = await Promise.all(numbers.map((number) => textOf(call('echo', { number }))));
    expect(answers).toEqual(numbers.map((number) => JSON.stringify({ number })));
  });

  test('more calls in flight than the bound are not sent', async () => {
    const { upstream, call } = fixture();
    await upstream.listTools(AbortSignal.timeout(20_000));
    const hanging = Array.from({ length: upstreamLimits.callsInFlightMax }, () =>
      call('hang', {}, { timeoutMs: 3_000 }),
    );
    expect(await call('echo')).toEqual({ type: 'not_sent', reason: 'down' });
    await Promise.all(hanging);
  });
});
