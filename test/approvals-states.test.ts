/**
 * A request state at a real gateway: whatever a client does with it, the call is made once at most, by a person's answer,
 * in the run that it was held in.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '../src/content/value.ts';
import { type ApprovalDesk, openApprovalDesk } from './approvals-clients/desk.ts';

let desk: ApprovalDesk;
beforeAll(async () => {
  desk = await openApprovalDesk({ timeout: '15m', wait: '0s' });
});
afterAll(() => desk[Symbol.asyncDispose]());

interface Said {
  readonly inputResponses?: JsonObject;
  readonly requestState?: string;
  readonly handle?: string;
  readonly content?: string;
}

/** A modern client that shows pages, with one file that it wants written. */
class ModernClient {
  readonly file: string;
  readonly token: string;

  constructor(token: string, file = `${randomUUID()}.txt`) {
    this.token = token;
    this.file = file;
  }

  async call({ handle, content = 'June was good.', ...params }: Said = {}): Promise<JsonObject> {
    const response = await fetch(`${desk.url}/mcp`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': 'files.write_file',
        ...(handle === undefined ? {} : { 'sallyport-run': handle }),
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: randomUUID(),
        method: 'tools/call',
        params: {
          name: 'files.write_file',
          arguments: { path: desk.pathOf(this.file), content },
          ...params,
          _meta: {
            'io.modelcontextprotocol/protocolVersion': '2026-07-28',
            'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
            'io.modelcontextprotocol/clientCapabilities': { elicitation: { url: {} } },
          },
        },
      }),
    });
    const message: JsonValue = JSON.parse(await response.text());
    return isJsonObject(message) ? message : {};
  }

  /** Held: its state, and the hold. */
  async held(said: Said = {}): Promise<{ readonly state: string; readonly hold: string }> {
    const { result } = await this.call(said);
    expect(result).toMatchObject({ resultType: 'input_required' });
    const { requestState, _meta: meta } = isJsonObject(result) ? result : {};
    const decision = isJsonObject(meta) ? meta['dev.sallyport/decision'] : {};
    return {
      state: String(requestState),
      hold: isJsonObject(decision) ? String(decision['call']) : '',
    };
  }

  async expectNotWritten(): Promise<void> {
    expect(await desk.written(this.file)).toBeNull();
  }
}

async function client(): Promise<ModernClient> {
  return new ModernClient(await desk.token('reporter'));
}

const accepted = { approval: { action: 'accept' } };
const wasUsed = { error: { code: -32_602, message: expect.stringMatching(/^mcp\.state: .*used/) } };
const notGiven = {
  error: { code: -32_602, message: expect.stringMatching(/^mcp\.state: .*none/) },
};
const written = { result: { content: [{ text: expect.stringContaining('Successfully wrote') }] } };

function refusedWith(code: string): JsonObject {
  return { result: { isError: true, content: [{ text: expect.stringMatching(`^${code}: `) }] } };
}

async function starts(hold: string): Promise<number> {
  return (await desk.events(hold)).filter((type) => type === 'call.started').length;
}

test('is used up, also after the outcome and after a restart', async () => {
  const one = await client();
  const { state, hold } = await one.held();
  await desk.answer(hold, 'approve');
  const retry = { inputResponses: accepted, requestState: state };
  expect(await one.call(retry)).toMatchObject(written);
  expect(await one.call(retry)).toMatchObject(wasUsed);
  await desk.restart();
  expect(await one.call(retry)).toMatchObject(wasUsed);
  expect(await starts(hold)).toBe(1);
});

test('is used up while its hold waits, also after a restart', async () => {
  const one = await client();
  const { state, hold } = await one.held();
  const retry = { inputResponses: accepted, requestState: state };
  expect(await one.call(retry)).toMatchObject({ result: { resultType: 'input_required' } });
  await desk.restart();
  expect(await one.call(retry)).toMatchObject(wasUsed);
  await desk.answer(hold, 'approve');
  expect(await one.call(retry)).toMatchObject(wasUsed);
  expect(await one.call()).toMatchObject(written);
  expect(await starts(hold)).toBe(1);
});

test('two of one hold get one outcome', async () => {
  const one = await client();
  const [first, second] = [await one.held(), await one.held()];
  expect(second.hold).toBe(first.hold);
  await desk.answer(first.hold, 'approve');
  for (const { state } of [first, second])
    expect(await one.call({ inputResponses: accepted, requestState: state })).toMatchObject(
      written,
    );
  expect(await starts(first.hold)).toBe(1);
});

test('says nothing of a person: accept is no approval, and decline no refusal', async () => {
  const one = await client();
  const { state, hold } = await one.held();
  const more = await one.call({
    inputResponses: { approval: { action: 'accept', content: { approve: true } } },
    requestState: state,
  });
  expect(more).toMatchObject({ result: { resultType: 'input_required' } });
  const again = await one.held();
  expect(again.hold).toBe(hold);
  const declined = { approval: { action: 'decline' } };
  expect(await one.call({ inputResponses: declined, requestState: again.state })).toMatchObject(
    refusedWith('approval.pending'),
  );
  await one.expectNotWritten();
  await desk.answer(hold, 'approve');
  expect(await one.call()).toMatchObject(written);
});

test('of a hold that was refused says so, and asks nobody again', async () => {
  const one = await client();
  const { state, hold } = await one.held();
  await desk.answer(hold, 'reject');
  const retry = { inputResponses: accepted, requestState: state };
  expect(await one.call(retry)).toMatchObject(refusedWith('approval.rejected'));
  await one.expectNotWritten();
});

test('is no one else’s, nor good for other arguments: nothing happens, however the hold is answered', async () => {
  const [one, other] = [await client(), await client()];
  const { state, hold } = await one.held();
  await desk.answer(hold, 'approve');
  const retry = { inputResponses: accepted, requestState: state };
  const stolen = new ModernClient(other.token, one.file);
  expect(await stolen.call(retry)).toMatchObject(notGiven);
  expect(await one.call({ ...retry, content: 'June was bad.' })).toMatchObject(notGiven);
  expect(await one.call(retry)).toMatchObject(written);
  expect(await desk.written(one.file)).toBe('June was good.');
});

test('of one run is nothing in another of the same agent', async () => {
  const one = await client();
  const [here, there] = [await desk.openRun('reporter'), await desk.openRun('reporter')];
  const { state, hold } = await one.held({ handle: here });
  await desk.answer(hold, 'approve');
  const retry = { inputResponses: accepted, requestState: state };
  expect(await one.call({ ...retry, handle: there })).toMatchObject(refusedWith('approval.over'));
  expect(await starts(hold)).toBeLessThanOrEqual(1);
  expect(await one.call({ handle: here })).toMatchObject(written);
  expect(await starts(hold)).toBe(1);
});

test('of a run that has failed is over', async () => {
  const one = await client();
  const handle = await desk.openRun('reporter');
  const { state, hold } = await one.held({ handle });
  await desk.failRunOf(hold);
  const retry = { inputResponses: accepted, requestState: state, handle };
  expect(await one.call(retry)).toMatchObject({ result: { isError: true } });
  await one.expectNotWritten();
});
