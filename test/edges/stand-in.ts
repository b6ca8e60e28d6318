/**
 * The HTTP and MCP edges in front of a runtime that is only a table: for what the edges themselves promise. What the
 * real runtime decides is tested with the real one.
 */
import { randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/content/value.ts';
import type { RunningServer } from '../../src/edges/http/listener.ts';
import type { RefusalSummary } from '../../src/edges/http/refusal-tally.ts';
import { type ServerOptions, startServer } from '../../src/edges/http/server.ts';
import type { HoldsOnTheWire } from '../../src/edges/mcp/holds.ts';
import type { Run } from '../../src/engine/run.ts';
import { IdentityError } from '../../src/identity/errors.ts';
import type { Principal } from '../../src/identity/principal.ts';
import type { Tool } from '../../src/policy/model.ts';
import { RuntimeError } from '../../src/runtime/errors.ts';
import type {
  CallAnswer,
  ClientSignal,
  HoldTicket,
  ListedForAgent,
  OpenRun,
  Proposal,
  Runtime,
  Usage,
} from '../../src/runtime/port.ts';

export const agentToken = 'agent-token';
export const otherAgentToken = 'other-agent-token';
export const openerToken = 'opener-token';

const principals: Readonly<Record<string, Principal>> = {
  [agentToken]: { type: 'agent', credential: 'cred_a', agent: 'reporter', user: null },
  [otherAgentToken]: { type: 'agent', credential: 'cred_b', agent: 'reporter', user: null },
  [openerToken]: { type: 'opener', credential: 'cred_o', name: 'workflow', agents: null },
};

export interface StandIn {
  readonly server: RunningServer;
  readonly proposals: Proposal[];
  readonly opened: OpenRun[];
  readonly usage: Usage[];
  /** What the edge said about each delivery, in order. */
  readonly released: boolean[];
  readonly logged: string[];
  /** What was recorded of refused requests: at once of the first, of the others when the server closes. */
  readonly refused: RefusalSummary[];
}

export interface StandInOptions {
  readonly call?: (
    proposal: Proposal,
    signal: ClientSignal,
    onProgress: ((progress: number, total: number | null) => void) | undefined,
    patienceMs: (hold: HoldTicket) => number | null,
  ) => Promise<CallAnswer | JsonObject[]>;
  readonly tools?: readonly ListedForAgent[];
  readonly sessionKey?: Uint8Array;
  readonly holds?: HoldsOnTheWire;
  /** What is said of its run, beside what it was opened with. */
  readonly run?: Partial<Run>;
  readonly server?: Partial<ServerOptions>;
}

/** Answers every call with `content`, unless `call` says otherwise. */
export async function openStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const proposals: Proposal[] = [];
  const opened: OpenRun[] = [];
  const usage: Usage[] = [];
  const released: boolean[] = [];
  const logged: string[] = [];
  const refused: RefusalSummary[] = [];
  const tools = options.tools ?? [listedTool('files.read_text_file')];

  const runtime: Runtime = {
    holds: {
      open: () => [],
      show: () => Promise.resolve(null),
      answer: () => Promise.reject(new Error('no holds')),
      preview: () => Promise.reject(new Error('no holds')),
      edit: () => Promise.reject(new Error('no holds')),
    },
    listTools: () => tools,
    async call(_principal, proposal, signal, onProgress, patienceMs) {
      proposals.push(proposal);
      const answer = (await options.call?.(
        proposal,
        signal,
        onProgress,
        patienceMs ?? (() => null),
      )) ?? [{ type: 'text', text: 'done' }];
      if ('type' in answer) return answer;
      return {
        type: 'result',
        call: 'call_1',
        run: 'run_1',
        result: { content: answer },
        decision: null,
        released: async (delivered) => {
          released.push(delivered);
        },
      };
    },
    async openRun(_principal, request) {
      opened.push(request);
      return { run: runNamed('run_1', request), handle: 'spr_handle', risk: null };
    },
    async getRun(_principal, id) {
      if (id !== 'run_1') throw new RuntimeError('run.not_found', 'there is no such run');
      return { ...runNamed(id, opened[0]), ...options.run };
    },
    async reportUsage(_principal, id, reported) {
      usage.push(reported);
      return {
        ...runNamed(id, opened[0]),
        steps: reported.steps,
        tokens: reported.tokens,
        costMicroUsd: reported.costMicroUsd,
      };
    },
    async closeRun(_principal, id, as) {
      return { ...runNamed(id, opened[0]), status: 'closed', closedAs: as, ...options.run };
    },
    explain: () => Promise.reject(new Error('not asked here')),
  };

  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    authenticate(authorization) {
      if (authorization === undefined)
        throw new IdentityError('identity.credential_missing', 'a bearer token is needed');
      const principal = principals[authorization.replace(/^Bearer /, '')];
      if (principal === undefined)
        throw new IdentityError('identity.credential_invalid', 'the credential is not valid');
      return principal;
    },
    runtime,
    holds: options.holds ?? holdsOn(),
    sessionKey: options.sessionKey ?? randomBytes(32),
    version: '0.0.0-test',
    log: (line) => logged.push(line.event),
    recordRefusals: async (summary) => {
      refused.push(summary);
    },
    ...options.server,
  });
  return { server, proposals, opened, usage, released, logged, refused };
}

/** Holds with a page each, and with nothing kept for later. */
export function holdsOn(extra: Partial<HoldsOnTheWire> = {}): HoldsOnTheWire {
  const used = new Set<string>();
  return {
    page: (hold) => `https://console.example/holds/${hold}`,
    usedStates: {
      use: async (_hold, state) => {
        const fresh = !used.has(state);
        used.add(state);
        return fresh;
      },
      hasRoom: () => true,
    },
    onSettled: () => () => undefined,
    nowMs: () => Date.now(),
    ...extra,
  };
}

export function listedTool(
  name: string,
  extra: Partial<ListedForAgent> = {},
  surface: Tool['surface'] = 'tool',
): ListedForAgent {
  const [upstream = '', operation = ''] = name.split('.');
  const tool: Tool = {
    name,
    upstream,
    operation,
    surface,
    at: { file: 'policy.yaml', line: 1, column: 1 },
    action: `${upstream}.use`,
    tier: 0,
    reach: 'internal',
    args: new Map(),
    fixed: {},
    variantOf: null,
    returns: {
      trust: 'untrusted',
      classes: [],
      subject: null,
      items: null,
      each: [],
      counts: [],
      provides: [],
      object: null,
      id: null,
      owner: null,
      fields: new Map(),
      names: [],
      order: [],
      parse: null,
      content: new Set(),
      success: null,
    },
    idempotent: false,
    memory: false,
    persists: false,
    on: null,
    resolve: new Map(),
    freshMs: null,
    pin: null,
  };
  return {
    name,
    title: null,
    description: `what ${name} does`,
    inputSchema: { type: 'object' },
    outputSchema: null,
    annotations: null,
    tool,
    ...extra,
  };
}

function runNamed(id: string, request: OpenRun | undefined): Run {
  return {
    id,
    version: 1,
    agent: request?.agent ?? 'reporter',
    user: request?.user ?? null,
    implicit: false,
    credential: 'cred_o',
    parent: request?.parent ?? null,
    case: request?.case ?? {},
    request: request?.request ?? null,
    requestTrusted: request?.requestTrusted ?? false,
    only: request?.only ?? null,
    budget: request?.budget ?? {},
    outside: request?.outside ?? [],
    dryRun: request?.dryRun ?? false,
    openedAtMs: 1_795_000_000_000,
    status: 'open',
    closedAs: null,
    toolCalls: 0,
    steps: 0,
    tokens: 0,
    costMicroUsd: 0,
    model: null,
    callTimes: [],
    usageTimes: [],
    recent: [],
    remembered: [],
    inFlight: [],
    completedTools: [],
    history: [],
    historyLost: false,
    holdsNext: null,
    held: [],
    heldSinceMs: null,
    heldMs: 0,
    agreed: [],
    granted: {},
    labels: { trust: 'untrusted', classes: [], subjects: [] },
  };
}

// ---- speaking HTTP ------------------------------------------------------------------------------------------------

export interface Heard {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON, or of an event stream its last message. */
  readonly json: JsonValue;
}

export interface Said {
  readonly method?: string;
  readonly path?: string;
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: JsonValue | string;
}

export function say(server: RunningServer, said: Said): Promise<Heard> {
  const { port } = new URL(server.url);
  const token = said.token === undefined ? agentToken : said.token;
  const body =
    said.body === undefined
      ? null
      : typeof said.body === 'string'
        ? said.body
        : JSON.stringify(said.body);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port,
        agent: false,
        method: said.method ?? (body === null ? 'GET' : 'POST'),
        path: said.path ?? '/mcp',
        headers: {
          ...(body === null
            ? {}
            : {
                'content-type': 'application/json',
                'content-length': String(Buffer.byteLength(body)),
              }),
          accept: 'application/json, text/event-stream',
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...said.headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            json: lastMessage(text),
          });
        });
      },
    );
    request.on('error', reject);
    request.end(body ?? undefined);
  });
}

/** Bytes as they are, and whatever comes back until the other side closes. */
export function sayBytes(server: RunningServer, bytes: string | Buffer): Promise<string> {
  const { port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes));
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
  });
}

function lastMessage(text: string): JsonValue {
  const events = [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => data ?? '');
  try {
    return JSON.parse(events.at(-1) ?? text);
  } catch {
    return null;
  }
}

// ---- speaking MCP -------------------------------------------------------------------------------------------------

export function legacy(method: string, params: JsonObject = {}, id: JsonValue = 1): JsonObject {
  return { jsonrpc: '2.0', id, method, params };
}

/** A request of 2026-07-28 with the headers that belong to it. */
export function modern(method: string, params: JsonObject = {}, extra: Said = {}): Said {
  const name = params['name'] ?? params['uri'];
  const { headers, ...rest } = extra;
  return {
    headers: {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(typeof name === 'string' && /^(?:tools\/call|prompts\/get|resources\/read)$/.test(method)
        ? { 'mcp-name': name }
        : {}),
      ...headers,
    },
    body: {
      jsonrpc: '2.0',
      id: 7,
      method,
      params: { ...params, _meta: { ...modernMeta, ...metaOf(params) } },
    },
    ...rest,
  };
}

export const modernMeta: JsonObject = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

function metaOf(params: JsonObject): JsonObject {
  const meta = params['_meta'];
  return isJsonObject(meta) ? meta : {};
}
