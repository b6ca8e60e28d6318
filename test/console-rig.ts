/** A real gateway with its console, an office whose irreversible tools wait for people, and browsers that are nobody's. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonValue } from '../src/content/value.ts';
import type { HoldSummary } from '../src/runtime/port.ts';
import { officePolicy } from './fixtures/office.ts';
import { callTool, postRun } from './mcp-client.ts';
import { type PreparedGateway, prepareGateway, type RealGateway } from './real-gateway.ts';

export interface ConsoleRig extends AsyncDisposable {
  readonly prepared: PreparedGateway;
  readonly real: RealGateway;
  /** Effects of the office, a JSON line each. */
  readonly effects: string;
  readonly policy: string;
  /** Signed in, with a token of their own. */
  readonly signedIn: (person: string) => Promise<Browser>;
  /** Opens a run of the clerk, calls a tool in it and says what came of it. */
  readonly call: (tool: string, args: object, user?: string) => ReturnType<typeof callTool>;
  /** The same, of a call that waits for somebody. */
  readonly held: (id: string) => Promise<HoldSummary>;
}

const people = `
  sam: { roles: [leads] }
  kim: { roles: [leads] }
  lee: { roles: [guests] }`;

/** @param more - appended to the policy. */
export async function openConsoleRig(more = ''): Promise<ConsoleRig> {
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-console-'));
  const effects = join(directory, 'effects');
  await writeFile(effects, '');
  const server = new URL('./fixtures/office-server.ts', import.meta.url).pathname;
  const transport = {
    type: 'stdio',
    command: process.execPath,
    args: [server, effects],
    env: new Map(),
  } as const;
  const mcp = `{ mcp: { command: ${JSON.stringify(process.execPath)}, args: [${JSON.stringify(server)}, ${JSON.stringify(effects)}] } }`;
  const policy = `${officePolicy(mcp)
    .replace(
      /static: \{ (.*) \}\n/,
      (_, users: string) => `static: { ${users}, ${people.trim().replaceAll('\n', ',')} }\n`,
    )
    .replace('roles:\n', 'roles:\n  leads: { permissions: { office: { read: allow } } }\n')}
approvals: { default: leads, wait: 0s }
${more}`;
  const stack = new AsyncDisposableStack();
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  const prepared = stack.use(
    await prepareGateway({ policy, upstreams: [{ name: 'office', transport }] }),
  );
  const real = stack.use(await prepared.start({ console: true }));
  const call: ConsoleRig['call'] = async (tool, args, user) => {
    const { handle } = await postRun(real.url, await real.openerToken(), {
      agent: 'clerk',
      case: { sender: 'ann@customer.example' },
      ...(user === undefined ? {} : { user }),
    });
    return callTool(real.url, await real.agentToken('clerk'), `office.${tool}`, args, handle);
  };
  return {
    prepared,
    real,
    effects,
    policy,
    async signedIn(person) {
      const browser = new Browser(real.console);
      const { status } = await browser.post('/api/session', {
        token: await real.approverToken(person),
      });
      if (status !== 200) throw new Error(`${person} can't sign in: ${status}`);
      return browser;
    },
    call,
    async held(id) {
      await call('erase', { id });
      const hold = real.gateway.runtime.holds.open().at(-1);
      if (hold === undefined) throw new Error('nothing waits');
      return hold;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

export interface Seen {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: JsonValue;
}

type HeaderChanges = Readonly<Record<string, string | string[] | null>>;

/** What a browser sends from a page of the console; a header that is null it leaves out. */
export class Browser {
  readonly #url: string;
  cookie: string | null = null;

  constructor(url: string) {
    this.#url = url;
  }

  get(path: string, headers: HeaderChanges = {}): Promise<Seen> {
    return this.send('GET', path, null, headers);
  }

  post(path: string, body: unknown, headers: HeaderChanges = {}): Promise<Seen> {
    return this.send('POST', path, typeof body === 'string' ? body : JSON.stringify(body), headers);
  }

  async send(
    method: string,
    path: string,
    body: string | null,
    headers: HeaderChanges = {},
  ): Promise<Seen> {
    const response = await this.open(method, path, body, headers);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(Buffer.from(chunk));
    const [cookie] = response.headers['set-cookie'] ?? [];
    if (cookie !== undefined)
      this.cookie = /Max-Age=0$/.test(cookie) ? null : (cookie.split(';')[0] ?? null);
    const text = Buffer.concat(chunks).toString();
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      text,
      json:
        text !== '' && response.headers['content-type'] === 'application/json'
          ? JSON.parse(text)
          : null,
    };
  }

  /** The answer as it begins, for whoever reads it slowly. */
  open(
    method: string,
    path: string,
    body: string | null = null,
    changes: HeaderChanges = {},
  ): Promise<IncomingMessage> {
    const all: HeaderChanges = {
      'sec-fetch-site': 'same-origin',
      ...(this.cookie === null ? {} : { cookie: this.cookie }),
      ...(method === 'GET' || method === 'HEAD'
        ? {}
        : { origin: this.#url, 'sallyport-console': '1' }),
      ...(body === null
        ? {}
        : {
            'content-type': 'application/json',
            'content-length': String(Buffer.byteLength(body)),
          }),
      ...changes,
    };
    const headers: Record<string, string | string[]> = {};
    for (const [name, value] of Object.entries(all)) if (value !== null) headers[name] = value;
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        `${this.#url}${path}`,
        { method, headers, agent: false },
        resolve,
      );
      request.on('error', reject);
      request.end(body ?? undefined);
    });
  }
}
