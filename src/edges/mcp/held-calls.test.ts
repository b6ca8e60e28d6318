/** The table of holds on the wire, in front of a runtime that holds what it is told to: what each client hears, and for how long it waits. */
import { randomBytes } from 'node:crypto';
import { get } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import {
  agentToken,
  type Heard,
  holdsOn,
  legacy,
  listedTool,
  modern,
  openStandIn,
  otherAgentToken,
  type Said,
  type StandIn,
  type StandInOptions,
  say,
} from '../../../test/edges/stand-in.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import type { CallAnswer, HoldTicket } from '../../runtime/port.ts';
import { mcpLimits } from './limits.ts';
import { stateSeal } from './request-state.ts';

const open: StandIn[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ server }) => server.close()));
});

const text = 'approval.pending: A person was asked.';
const machine = { verdict: 'hold', code: 'approval.pending', call: 'call_1', retry_after: 5 };
const page = 'https://console.example/holds/call_1';
const asked = { mode: 'url', url: page, message: expect.stringMatching(/^The agent wants/) };

interface Desk extends StandIn {
  /** What each request was to wait, in milliseconds; null: as the policy says. */
  readonly patience: (number | null)[];
  /** The answer of every call from now on; null: held. */
  becomes: CallAnswer | null;
}

interface DeskOptions extends StandInOptions {
  readonly ticket?: Partial<HoldTicket>;
}

async function desk({ ticket, ...options }: DeskOptions = {}): Promise<Desk> {
  const hold: HoldTicket = {
    id: 'call_1',
    run: 'run_1',
    digest: 'sha256:1',
    of: 'call',
    expiresAtMs: Date.now() + 900_000,
    byUser: true,
    ...ticket,
  };
  const patience: (number | null)[] = [];
  const standIn = await openStandIn({
    tools: [
      listedTool('mail.send'),
      listedTool('mail.resources/read', {}, 'resource'),
      listedTool('mail.prompts/get', {}, 'prompt'),
    ],
    call: async (_proposal, _signal, _onProgress, patienceMs) => {
      if (here.becomes !== null) return here.becomes;
      patience.push(patienceMs(hold));
      return {
        type: 'held',
        hold,
        refusal: { code: 'approval.pending', text, machine, as: 'result' },
      };
    },
    ...options,
  });
  open.push(standIn);
  const here: Desk = { ...standIn, patience, becomes: null };
  return here;
}

const pages = { elicitation: { form: {}, url: {} } };
const send = { name: 'mail.send', arguments: { to: 'ann@x.example' } };

/** A modern call; `capabilities` are what this request declares. */
function call(params: JsonObject = {}, capabilities: JsonObject = pages, said: Said = {}): Said {
  const _meta = { 'io.modelcontextprotocol/clientCapabilities': capabilities };
  return modern('tools/call', { ...send, ...params, _meta }, said);
}

function resultOf({ json }: Heard): JsonObject {
  const result = isJsonObject(json) ? json['result'] : undefined;
  return isJsonObject(result) ? result : {};
}

function stateIn(heard: Heard): string {
  return String(resultOf(heard)['requestState']);
}

function errorOf({ json }: Heard): JsonValue | undefined {
  return isJsonObject(json) ? json['error'] : undefined;
}

const accepted = { approval: { action: 'accept' } };

describe('2026-07-28, with a client that shows pages', () => {
  test('is told at once where the person agrees, and gets the outcome when it asks again', async () => {
    const here = await desk();
    const first = await say(here.server, call());
    expect(first.status).toBe(200);
    expect(resultOf(first)).toEqual({
      resultType: 'input_required',
      inputRequests: { approval: { method: 'elicitation/create', params: asked } },
      requestState: expect.stringMatching(/^spq_/),
      _meta: {
        'dev.sallyport/decision': machine,
        'io.modelcontextprotocol/serverInfo': { name: 'sallyport', version: '0.0.0-test' },
      },
    });
    here.becomes = {
      type: 'result',
      call: 'call_1',
      run: 'run_1',
      result: { content: [{ type: 'text', text: 'sent' }] },
      decision: null,
      released: async () => undefined,
    };
    const again = await say(
      here.server,
      call({ inputResponses: accepted, requestState: stateIn(first) }),
    );
    expect(resultOf(again)).toMatchObject({ resultType: 'complete', content: [{ text: 'sent' }] });
    expect(here.patience).toEqual([0]);
    expect(here.proposals).toMatchObject([{ tool: 'mail.send' }, { repeats: 'call_1' }]);
    expect(here.proposals[0]).not.toHaveProperty('repeats');
  });

  test('waits as the policy says once the person has the page, and is not shown it twice', async () => {
    const here = await desk();
    const first = await say(here.server, call());
    const second = await say(
      here.server,
      call({ inputResponses: accepted, requestState: stateIn(first) }),
    );
    expect(resultOf(second)).toMatchObject({ resultType: 'input_required' });
    expect(resultOf(second)).not.toHaveProperty('inputRequests');
    expect(stateIn(second)).not.toBe(stateIn(first));
    const third = await say(here.server, call({ requestState: stateIn(second) }));
    expect(resultOf(third)).not.toHaveProperty('inputRequests');
    expect(here.patience).toEqual([0, null, null]);
  });

  test('whose retry says nothing of the page is asked to show it again', async () => {
    const here = await desk();
    const first = await say(here.server, call());
    for (const inputResponses of [{}, { other: { action: 'accept' } }, { approval: 'accept' }]) {
      const again = await say(here.server, call());
      const heard = await say(here.server, call({ inputResponses, requestState: stateIn(again) }));
      expect(resultOf(heard)).toMatchObject({ inputRequests: { approval: { params: asked } } });
    }
    expect(stateIn(first)).toMatch(/^spq_/);
    expect(here.patience.every((waited) => waited === 0)).toBe(true);
  });

  test.each(['decline', 'cancel'])(
    '%s is no answer to the hold: it gets the ticket, and nothing is settled',
    async (action) => {
      const here = await desk();
      const first = await say(here.server, call());
      const heard = await say(
        here.server,
        call({ inputResponses: { approval: { action } }, requestState: stateIn(first) }),
      );
      expect(resultOf(heard)).toMatchObject({
        isError: true,
        content: [{ type: 'text', text }],
        _meta: { 'dev.sallyport/decision': machine },
      });
      expect(here.patience).toEqual([0, 0]);
    },
  );

  test('gets the ticket before its SDK gives up', async () => {
    const here = await desk();
    let heard = await say(here.server, call());
    let rounds = 1;
    while (resultOf(heard)['resultType'] === 'input_required') {
      rounds += 1;
      heard = await say(
        here.server,
        call({ inputResponses: accepted, requestState: stateIn(heard) }),
      );
      expect(rounds).toBeLessThan(10);
    }
    expect(rounds).toBe(mcpLimits.inputRoundsMax + 1);
    expect(resultOf(heard)).toMatchObject({ isError: true, content: [{ text }] });
  });

  test('gets the ticket where no more used states could be remembered', async () => {
    const here = await desk({
      holds: holdsOn({ usedStates: { use: async () => true, hasRoom: () => false } }),
    });
    expect(resultOf(await say(here.server, call()))).toMatchObject({ isError: true });
  });

  test.each([
    ['resources/read', { uri: 'mail://inbox' }],
    ['prompts/get', { name: 'mail.greet' }],
  ])('reads %s the same way', async (method, params) => {
    const here = await desk();
    const _meta = { 'io.modelcontextprotocol/clientCapabilities': pages };
    const first = await say(here.server, modern(method, { ...params, _meta }));
    expect(resultOf(first)).toMatchObject({ resultType: 'input_required' });
    const plain = await say(here.server, modern(method, params));
    expect(errorOf(plain)).toMatchObject({
      code: -32602,
      message: text,
      data: { 'dev.sallyport/decision': machine },
    });
  });
});

describe('any other client waits as the policy says, and gets the ticket', () => {
  const ticket = { isError: true, content: [{ type: 'text', text }] };

  test.each<[string, DeskOptions, Said]>([
    ['of 2026-07-28 without pages', {}, call({}, {})],
    ['of 2026-07-28 that shows forms', {}, call({}, { elicitation: { form: {} } })],
    ['that says so in a form of its own', {}, call({}, { elicitation: { url: true } })],
    ['when somebody else is asked', { ticket: { byUser: false } }, call()],
    ['when there is no page', { holds: holdsOn({ page: () => null }) }, call()],
    ['of 2025-11-25 without a session', {}, { body: legacy('tools/call', send) }],
  ])('%s', async (_, options, said) => {
    const here = await desk(options);
    const heard = await say(here.server, said);
    expect(heard.status).toBe(200);
    expect(resultOf(heard)).toMatchObject(ticket);
    expect(heard.text).not.toContain('console.example');
    expect(here.patience).toEqual([null]);
  });
});

async function session(
  here: Desk,
  capabilities: JsonObject = pages,
  protocolVersion = '2025-11-25',
): Promise<string> {
  const clientInfo = { name: 'test', version: '1' };
  const heard = await say(here.server, {
    body: legacy('initialize', { protocolVersion, capabilities, clientInfo }),
  });
  return String(heard.headers['mcp-session-id']);
}

function inSession(id: string, said: Said = {}): Said {
  const headers = { 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' };
  return { body: legacy('tools/call', send), ...said, headers };
}

describe('2025-11-25', () => {
  test('a session that shows pages is told where, at once, with -32042', async () => {
    const sessionKey = randomBytes(32);
    const here = await desk({ sessionKey });
    const id = await session(here);
    const error = {
      code: -32042,
      message: text,
      data: {
        elicitations: [{ ...asked, elicitationId: 'call_1' }],
        'dev.sallyport/decision': machine,
      },
    };
    expect(errorOf(await say(here.server, inSession(id)))).toEqual(error);
    expect(here.patience).toEqual([0]);

    const restarted = await desk({ sessionKey });
    expect(errorOf(await say(restarted.server, inSession(id)))).toEqual(error);
  });

  test.each<[string, JsonObject, string]>([
    ['without elicitation', {}, '2025-11-25'],
    ['with forms alone', { elicitation: {} }, '2025-11-25'],
    ['of an older revision', pages, '2025-06-18'],
  ])('a session %s waits and gets the ticket', async (_, capabilities, version) => {
    const here = await desk();
    const id = await session(here, capabilities, version);
    expect(resultOf(await say(here.server, inSession(id)))).toMatchObject({ isError: true });
    expect(here.patience).toEqual([null]);
  });

  test('what a session can is what its client said: its mark is signed too', async () => {
    const here = await desk();
    const id = await session(here, {});
    const marked = id.replace('.', 'u.');
    expect((await say(here.server, inSession(marked))).status).toBe(404);
    const unmarked = (await session(here)).replace('u.', '.');
    expect((await say(here.server, inSession(unmarked))).status).toBe(404);
  });

  test('the session that was sent to the page hears when the hold is settled, and no other', async () => {
    let settled: (hold: string) => void = () => undefined;
    const here = await desk({
      holds: holdsOn({
        onSettled: (listener) => {
          settled = listener;
          return () => undefined;
        },
      }),
    });
    const [mine, other] = [await session(here), await session(here)];
    const streams = await Promise.all([listen(here, mine), listen(here, other)]);
    await say(here.server, inSession(mine));
    settled('call_2');
    settled('call_1');
    settled('call_1');
    await here.server.close();
    expect(await Promise.all(streams.map((stream) => stream.end))).toEqual([
      [
        {
          jsonrpc: '2.0',
          method: 'notifications/elicitation/complete',
          params: { elicitationId: 'call_1' },
        },
      ],
      [],
    ]);
  });
});

/** The session's stream, once its head has arrived: what it says until it ends. */
async function listen(here: Desk, id: string): Promise<{ readonly end: Promise<JsonValue[]> }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ end: Promise<JsonValue[]> }>();
  get(
    `${here.server.url}/mcp`,
    {
      headers: {
        authorization: `Bearer ${agentToken}`,
        accept: 'text/event-stream',
        'mcp-session-id': id,
      },
    },
    (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      const end = new Promise<JsonValue[]>((ended) => {
        response.on('end', () => {
          const heard = Buffer.concat(chunks).toString();
          ended([...heard.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data)));
        });
      });
      resolve({ end });
    },
  ).on('error', reject);
  return promise;
}

describe('a request state', () => {
  const presented = { inputResponses: accepted };

  async function refused(here: Desk, said: Said, why: RegExp): Promise<void> {
    const before = here.proposals.length;
    const heard = await say(here.server, said);
    expect(heard.status).toBe(200);
    expect(errorOf(heard)).toMatchObject({ code: -32602, message: expect.stringMatching(why) });
    expect(here.proposals.length, 'nothing was called').toBe(before);
  }

  const notGiven = /^mcp\.state: .*none that this request was given/;

  test('is good once', async () => {
    const here = await desk();
    const requestState = stateIn(await say(here.server, call()));
    expect(resultOf(await say(here.server, call({ ...presented, requestState })))).toMatchObject({
      resultType: 'input_required',
    });
    await refused(here, call({ ...presented, requestState }), /^mcp\.state: .*used before/);
  });

  test('is good once, also for two that come together', async () => {
    const here = await desk();
    const requestState = stateIn(await say(here.server, call()));
    const both = await Promise.all(
      [1, 2].map(() => say(here.server, call({ ...presented, requestState }))),
    );
    expect(both.filter((heard) => errorOf(heard) === undefined)).toHaveLength(1);
  });

  test('is good once, in whatever spelling', async () => {
    const here = await desk();
    const requestState = stateIn(await say(here.server, call()));
    await say(here.server, call({ ...presented, requestState }));
    for (const spelling of spellings(requestState))
      await refused(here, call({ ...presented, requestState: spelling }), /^mcp\.state/);
  });

  test.each<[string, JsonObject, Said]>([
    ['of another credential', {}, { token: otherAgentToken }],
    ['with other arguments', { arguments: { to: 'eve@evil.example' } }, {}],
    ['with more arguments', { arguments: { to: 'ann@x.example', bcc: 'eve@evil.example' } }, {}],
  ])('is none for a request %s, and is not used up by it', async (_, params, said) => {
    const here = await desk();
    const requestState = stateIn(await say(here.server, call()));
    await refused(here, call({ ...presented, requestState, ...params }, pages, said), notGiven);
    const mine = await say(here.server, call({ ...presented, requestState }));
    expect(errorOf(mine)).toBeUndefined();
  });

  test('is none for another tool, nor for another method', async () => {
    const here = await desk({ tools: [listedTool('mail.send'), listedTool('mail.erase')] });
    const requestState = stateIn(await say(here.server, call()));
    await refused(here, call({ requestState, name: 'mail.erase' }), notGiven);
    await refused(here, modern('prompts/get', { ...send, requestState }), notGiven);
  });

  test('is none when it was made by somebody else, changed, or cut', async () => {
    const here = await desk();
    const requestState = stateIn(await say(here.server, call()));
    const forged = stateSeal(randomBytes(32)).seal({
      hold: 'call_1',
      credential: 'cred_a',
      request: 'sha256:1',
      untilMs: Date.now() + 1_000,
      round: 1,
      askedForPage: true,
    });
    const middle = Math.floor(requestState.length / 2);
    const flipped = requestState[middle] === 'A' ? 'B' : 'A';
    const rows: readonly JsonValue[] = [
      forged,
      requestState.slice(0, middle) + flipped + requestState.slice(middle + 1),
      requestState.slice(0, -1),
      requestState.slice(0, 20),
      'spq_',
      '',
      'call_1',
      `${requestState}${'A'.repeat(5_000)}`,
      'A'.repeat(1_000_000),
      { hold: 'call_1' },
      [requestState],
      7,
      null,
    ];
    for (const row of rows)
      await refused(here, call({ ...presented, requestState: row }), notGiven);
    expect(errorOf(await say(here.server, call({ ...presented, requestState })))).toBeUndefined();
  });

  test('of a gateway that has lost its key is none', async () => {
    const requestState = stateIn(await say((await desk()).server, call()));
    await refused(await desk(), call({ ...presented, requestState }), notGiven);
  });

  test('outlives its hold a little, so that whoever comes late learns how it ended, and no longer', async () => {
    let nowMs = Date.now();
    const here = await desk({
      ticket: { expiresAtMs: nowMs + 1_000 },
      holds: holdsOn({ nowMs: () => nowMs }),
    });
    const [early, late] = [
      stateIn(await say(here.server, call())),
      stateIn(await say(here.server, call())),
    ];
    nowMs += 1_000 + mcpLimits.stateGraceMs;
    const inTime = await say(here.server, call({ ...presented, requestState: early }));
    expect(errorOf(inTime)).toBeUndefined();
    nowMs += 1;
    await refused(here, call({ ...presented, requestState: late }), /^mcp\.state: .*too old/);
  });

  test('is not looked at in the older era, which knows none', async () => {
    const here = await desk();
    const heard = await say(here.server, {
      body: legacy('tools/call', { ...send, requestState: 'spq_x' }),
    });
    expect(resultOf(heard)).toMatchObject({ isError: true });
  });

  test('with answers that are no object is refused, and kept for a better try', async () => {
    const here = await desk();
    const requestState = stateIn(await say(here.server, call()));
    await refused(here, call({ requestState, inputResponses: [] }), /^mcp\.params/);
    expect(errorOf(await say(here.server, call({ ...presented, requestState })))).toBeUndefined();
  });
});

/** Other texts that loose readers of Base64 take for the same bytes. */
function spellings(state: string): readonly string[] {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const bytes = Buffer.from(state.slice(4), 'base64url');
  return alphabet
    .split('')
    .map((last) => state.slice(0, -1) + last)
    .filter((other) => other !== state && Buffer.from(other.slice(4), 'base64url').equals(bytes));
}

test('what a person changed is said beside the outcome', async () => {
  const here = await desk();
  const edited = { arguments: { to: 'bob@x.example' } };
  const other = { 'com.example/trace': 'x', 'dev.sallyport/edited': edited };
  here.becomes = {
    type: 'result',
    call: 'call_1',
    run: 'run_1',
    result: { content: [{ type: 'text', text: 'A person changed this call.' }], _meta: other },
    decision: null,
    released: async () => undefined,
  };
  const { _meta: meta } = resultOf(await say(here.server, call()));
  expect(meta).toMatchObject({ 'dev.sallyport/edited': edited });
  expect(meta).not.toHaveProperty(['com.example/trace']);
});

test('no header and no name of a client decides how it is told', async () => {
  const here = await desk();
  const heard = await say(
    here.server,
    call(
      {},
      {},
      {
        headers: {
          'mcp-session-id': await session(here),
          'x-elicitation': 'url',
          'user-agent': 'sallyport-console',
        },
      },
    ),
  );
  expect(resultOf(heard)).toMatchObject({ isError: true });
});

describe('why the agent wants it', () => {
  const because = (value: JsonValue): Said =>
    modern('tools/call', { ...send, _meta: { 'dev.sallyport/reason': value } });

  test('goes to the runtime, and is not part of the arguments', async () => {
    const here = await desk();
    await say(here.server, because('The customer asked for it.'));
    await say(here.server, because(''));
    await say(here.server, call());
    expect(here.proposals.map(({ reason, args }) => [reason, args])).toEqual([
      ['The customer asked for it.', send.arguments],
      [undefined, send.arguments],
      [undefined, send.arguments],
    ]);
  });

  test.each([7, true, { text: 'because' }, 'x'.repeat(mcpLimits.reasonLengthMax + 1)])(
    'is a short text, or the call is refused',
    async (value) => {
      const here = await desk();
      const heard = await say(here.server, because(value));
      expect(errorOf(heard)).toMatchObject({ code: -32602 });
      expect(here.proposals).toEqual([]);
    },
  );
});
