/** The two generations of the TypeScript SDK in each way to hear of a held call, as one kind of client. */
import {
  Client as ClientV2,
  StreamableHTTPClientTransport as TransportV2,
} from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  ElicitationCompleteNotificationSchema,
  ElicitRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { isJsonArray, isJsonObject, type JsonValue } from '../../src/content/value.ts';

export interface Page {
  readonly url: string;
}

/** What a call came to, as its program sees it. */
export interface Heard {
  readonly isError: boolean;
  readonly text: string;
  /** `_meta["dev.sallyport/decision"].call`. */
  readonly ticket: string | null;
  /** The page of an error -32042. */
  readonly page: Page | null;
}

export interface SdkClient extends AsyncDisposable {
  readonly call: (name: string, args: Record<string, unknown>) => Promise<Heard>;
  /** Elicitations that were completed, as the server said. */
  readonly completed: readonly string[];
}

export interface Connecting {
  readonly url: string;
  readonly token: string;
  /** Shows the person a page, and comes back when the client may go on. */
  readonly show: (page: Page) => Promise<'accept' | 'decline' | 'cancel'>;
}

export interface ClientShape {
  readonly name: string;
  /** How it hears of a hold that only its own person may answer. */
  readonly hears: 'page in the call' | 'page in an error' | 'ticket';
  readonly connect: (connecting: Connecting) => Promise<SdkClient>;
}

const info = { name: 'approvals', version: '1' };
const pages = { elicitation: { url: {} } };

export const clientShapes: readonly ClientShape[] = [
  { name: 'v2 auto, shows pages', hears: 'page in the call', connect: v2('auto', true) },
  { name: 'v2 auto', hears: 'ticket', connect: v2('auto', false) },
  { name: 'v2 legacy, shows pages', hears: 'page in an error', connect: v2('legacy', true) },
  { name: 'v2 legacy', hears: 'ticket', connect: v2('legacy', false) },
  { name: 'v1, shows pages', hears: 'page in an error', connect: v1(true) },
  { name: 'v1', hears: 'ticket', connect: v1(false) },
];

function v2(mode: 'auto' | 'legacy', showsPages: boolean): ClientShape['connect'] {
  return async ({ url, token, show }) => {
    const completed: string[] = [];
    const client = new ClientV2(info, {
      versionNegotiation: { mode },
      ...(showsPages ? { capabilities: pages } : {}),
    });
    if (showsPages) {
      client.setRequestHandler('elicitation/create', async ({ params }) => {
        if (params.mode !== 'url') throw new Error('a page was to be shown');
        return { action: await show({ url: params.url }) };
      });
      client.setNotificationHandler('notifications/elicitation/complete', ({ params }) => {
        completed.push(params.elicitationId);
      });
    }
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    await client.connect(new TransportV2(new URL(`${url}/mcp`), { requestInit }));
    return {
      completed,
      call: (name, args) => heardOf(() => client.callTool({ name, arguments: args })),
      [Symbol.asyncDispose]: () => client.close(),
    };
  };
}

function v1(showsPages: boolean): ClientShape['connect'] {
  return async ({ url, token, show }) => {
    const completed: string[] = [];
    const client = new ClientV1(info, showsPages ? { capabilities: pages } : {});
    if (showsPages) {
      client.setRequestHandler(ElicitRequestSchema, async ({ params }) => {
        if (params.mode !== 'url') throw new Error('a page was to be shown');
        return { action: await show({ url: params.url }) };
      });
      client.setNotificationHandler(ElicitationCompleteNotificationSchema, ({ params }) => {
        completed.push(params.elicitationId);
      });
    }
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    await client.connect(new TransportV1(new URL(`${url}/mcp`), { requestInit }));
    return {
      completed,
      call: (name, args) => heardOf(() => client.callTool({ name, arguments: args })),
      [Symbol.asyncDispose]: () => client.close(),
    };
  };
}

async function heardOf(call: () => Promise<unknown>): Promise<Heard> {
  try {
    const result = asJson(await call());
    if (!isJsonObject(result)) throw new Error('no result');
    const { content, isError, _meta: meta } = result;
    const texts = isJsonArray(content)
      ? content.map((block) => (isJsonObject(block) ? String(block['text']) : ''))
      : [];
    const decision = isJsonObject(meta) ? meta['dev.sallyport/decision'] : undefined;
    return {
      isError: isError === true,
      text: texts.join('\n'),
      ticket: isJsonObject(decision) ? String(decision['call']) : null,
      page: null,
    };
  } catch (error) {
    const page = pageIn(error);
    if (page === null || !(error instanceof Error)) throw error;
    return { isError: true, text: error.message, ticket: page.ticket, page };
  }
}

/** Both SDKs keep an error's code and data. */
function pageIn(error: unknown): (Page & { readonly ticket: string }) | null {
  if (!(error instanceof Error) || !('code' in error) || error.code !== -32_042) return null;
  const data = 'data' in error ? asJson(error.data) : null;
  const elicitations = isJsonObject(data) ? data['elicitations'] : undefined;
  const [first] = isJsonArray(elicitations) ? elicitations : [];
  return isJsonObject(first)
    ? { url: String(first['url']), ticket: String(first['elicitationId']) }
    : null;
}

function asJson(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value));
}
