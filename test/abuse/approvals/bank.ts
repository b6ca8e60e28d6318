/**
 * A real gateway with its console in front of a bank that writes down what it does. Whatever is tried, the books have to
 * agree in the end: each effect has an approval of its own, by people who were asked and who answered for that very call.
 */
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/content/value.ts';
import type { Event } from '../../../src/engine/events.ts';
import type { HoldSummary } from '../../../src/runtime/port.ts';
import { Browser, type Seen } from '../../console-rig.ts';
import { postRun } from '../../mcp-client.ts';
import { type PreparedGateway, prepareGateway, type RealGateway } from '../../real-gateway.ts';

/** Whoever makes calls: a token, and what they say beside the call. */
export interface Caller {
  readonly token: string;
  readonly handle?: string;
  readonly meta?: JsonObject;
  /** More of `params`. */
  readonly params?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
  /** Speaks 2026-07-28 and shows pages, so that it is given a `requestState`. */
  readonly modern?: boolean;
}

export interface Heard {
  readonly status: number;
  /** `ok`, `input_required`, or the first code of a refusal. */
  readonly code: string;
  readonly message: JsonObject;
}

export interface Bank extends AsyncDisposable {
  readonly prepared: PreparedGateway;
  readonly real: RealGateway;
  /** The clerk's, working for Ann. */
  readonly clerk: Caller;
  readonly caller: (agent: string, user?: string) => Promise<Caller>;
  /** In a run of its own. */
  readonly inRun: (caller: Caller, run: JsonObject) => Promise<Caller & { readonly run: string }>;
  readonly call: (caller: Caller, tool: string, args: JsonObject) => Promise<Heard>;
  /** A call that waits. */
  readonly hold: (tool: string, args: JsonObject, caller?: Caller) => Promise<HoldSummary>;
  readonly open: (id: string) => HoldSummary | undefined;
  readonly person: (name: string) => Promise<Browser>;
  /** What it really did, oldest first. */
  readonly done: () => Promise<readonly string[]>;
  /** After whatever was begun before has reached the bank. */
  readonly expectNever: (part: string) => Promise<void>;
  readonly expectOnce: (part: string) => Promise<void>;
  readonly set: (name: 'title' | 'drafts' | 'letter', text: string) => Promise<void>;
  /** Another policy is in force when it resolves, and what waits was decided by it. */
  readonly reload: (changed: (policy: string) => string) => Promise<void>;
  readonly restart: () => Promise<void>;
  readonly events: () => Promise<readonly Event[]>;
  readonly expectBooksAgree: () => Promise<void>;
}

export interface BankWishes {
  readonly policy?: (policy: string) => string;
  readonly title?: string;
  readonly letter?: JsonValue;
}

const program = new URL('../../fixtures/bank-server.ts', import.meta.url).pathname;

/** The bank with a policy in front of it, and no gateway yet. */
export interface PreparedBank extends AsyncDisposable {
  readonly prepared: PreparedGateway;
  readonly done: Bank['done'];
  readonly set: Bank['set'];
}

export async function prepareBank(wishes: BankWishes = {}): Promise<PreparedBank> {
  await using opening = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-bank-'));
  opening.defer(() => rm(folder, { recursive: true, force: true }));
  const set: Bank['set'] = (name, text) => writeFile(join(folder, name), text);
  await appendFile(join(folder, 'effects'), '');
  await set('title', wishes.title ?? 'Pays');
  await set('drafts', 'pay the rent');
  await set('letter', JSON.stringify(wishes.letter ?? []));
  const args = [program, folder];
  const transport = { type: 'stdio', command: process.execPath, args, env: new Map() } as const;
  const prepared = opening.use(
    await prepareGateway({
      policy: (wishes.policy ?? same)(policyFor(args)),
      upstreams: [{ name: 'bank', transport }],
    }),
  );
  const stack = opening.move();
  return {
    prepared,
    set,
    done: async () => linesOf(await readFile(join(folder, 'effects'), 'utf8')),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

export async function openBank(wishes: BankWishes = {}): Promise<Bank> {
  await using opening = new AsyncDisposableStack();
  const { prepared, done, set } = opening.use(await prepareBank(wishes));
  let real = await prepared.start({ console: true });
  opening.defer(() => real[Symbol.asyncDispose]());
  const callerOf = async (agent: string, user?: string): Promise<Caller> => ({
    token: await real.agentToken(agent, user),
  });
  const clerk = await callerOf('clerk', 'ann');
  const openerToken = await real.openerToken();

  const call: Bank['call'] = (caller, tool, given) => callOf(real.url, caller, tool, given);
  let notes = 0;

  /** The bank does one thing after the other: what was begun before a call has been done before it is. */
  async function reached(): Promise<readonly string[]> {
    notes += 1;
    const note = await call(clerk, 'note', { id: `note ${notes}` });
    expect(note.code).toBe('ok');
    return done();
  }

  const open: Bank['open'] = (id) =>
    real.gateway.runtime.holds.open().find((hold) => hold.id === id);

  const bank: Bank = {
    prepared,
    get real() {
      return real;
    },
    clerk,
    caller: callerOf,
    async inRun(caller, run) {
      const opened = await postRun(real.url, openerToken, { case: { topic: 'rent' }, ...run });
      return { ...caller, handle: opened.handle, run: opened.run };
    },
    call,
    async hold(tool, given, caller = clerk) {
      const { message } = await call(caller, tool, given);
      const hold = open(holdOf(message));
      if (hold === undefined) throw new Error(`it isn't held: ${JSON.stringify(message)}`);
      return hold;
    },
    open,
    async person(name) {
      const browser = new Browser(real.console);
      const token = await real.approverToken(name);
      expect((await browser.post('/api/session', { token })).status).toBe(200);
      return browser;
    },
    done,
    async expectNever(part) {
      expect((await reached()).filter((line) => line.includes(part))).toEqual([]);
    },
    async expectOnce(part) {
      const found = async () => (await done()).filter((line) => line.includes(part)).length;
      await expect.poll(found, { interval: 10 }).toBe(1);
      expect((await reached()).filter((line) => line.includes(part))).toHaveLength(1);
    },
    set,
    async reload(changed) {
      const { policyFile } = prepared;
      await writeFile(policyFile, changed(await readFile(policyFile, 'utf8')));
      expect(await real.gateway.policySource.reload()).toBeNull();
      await real.gateway.runtime.reconsider();
    },
    async restart() {
      await real[Symbol.asyncDispose]();
      real = await prepared.start({ console: true });
    },
    async events() {
      const events = await real.gateway.store.events({ limit: 10_000 });
      return events.map(({ event }) => event);
    },
    async expectBooksAgree() {
      const lines = (await reached()).filter((line) => !line.startsWith('note '));
      expectBooks(await bank.events(), lines);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
  const stack = opening.move();
  return bank;
}

/** Each effect is one start; each start has its own approval; each approval its people, who answered for this very call. */
export function expectBooks(events: readonly Event[], done: readonly string[]): void {
  const starts = events.filter((event) => event.type === 'call.started');
  const held = starts.filter(({ tool }) => waits.has(tool));
  expect(new Set(held.map(({ call }) => call)).size).toBe(held.length);
  // What was killed between its start and its end, nobody knows, and the record says so.
  const unknown = events.filter(
    (event) => event.type === 'call.finished' && event.outcome === 'indeterminate',
  );
  expect(done.length).toBeLessThanOrEqual(held.length);
  expect(done.length).toBeGreaterThanOrEqual(held.length - unknown.length);
  for (const { call, digest, approvedBy } of held) {
    // Asked about again, it is the last answer that counts.
    const settled = events.findLast(
      (event) => event.type === 'approval.settled' && event.call === call,
    );
    expect(settled).toMatchObject({
      outcome: 'approved',
      by: expect.arrayContaining([...(approvedBy ?? [])]),
      digest,
    });
    expect(approvedBy?.length).toBeGreaterThan(0);
    for (const by of approvedBy ?? [])
      expect(events).toContainEqual(
        expect.objectContaining({ type: 'approval.answered', answer: 'approve', call, digest, by }),
      );
  }
}

const waits = new Set(
  ['pay', 'wire', 'confirm', 'order', 'send', 'fail'].map((name) => `bank.${name}`),
);

/** The hold that an answer of the gateway names. */
export function holdOf(message: JsonObject): string {
  return /"call":"(call_[^"]+)"/.exec(JSON.stringify(message))?.[1] ?? '';
}

export const yes = ({ digest }: Pick<HoldSummary, 'digest'>): JsonObject => ({
  answer: 'approve',
  digest,
  reason: null,
});

export const no = (hold: Pick<HoldSummary, 'digest'>): JsonObject => ({
  ...yes(hold),
  answer: 'reject',
});

export function answers(
  person: Browser,
  { id }: Pick<HoldSummary, 'id'>,
  answer: JsonObject,
): Promise<Seen> {
  return person.post(`/api/holds/${id}/answer`, answer);
}

/** What a refusal of the console is. */
export function refusal(status: number, code: string): object {
  return { status, json: { error: { code } } };
}

let nextId = 1;

export async function callOf(
  url: string,
  { token, handle, meta = {}, params = {}, headers = {}, modern = false }: Caller,
  tool: string,
  args: JsonObject,
): Promise<Heard> {
  const name = `bank.${tool}`;
  const response = await fetch(`${url}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(modern
        ? {
            'mcp-protocol-version': '2026-07-28',
            'mcp-method': 'tools/call',
            'mcp-name': name,
          }
        : {}),
      ...(handle === undefined ? {} : { 'sallyport-run': handle }),
      ...headers,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: nextId++,
      method: 'tools/call',
      params: {
        name,
        arguments: args,
        ...params,
        _meta: {
          ...(modern
            ? {
                'io.modelcontextprotocol/protocolVersion': '2026-07-28',
                'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
                'io.modelcontextprotocol/clientCapabilities': { elicitation: { url: {} } },
              }
            : {}),
          ...meta,
        },
      },
    }),
  });
  const body: JsonValue = JSON.parse((await response.text()) || 'null');
  const message = isJsonObject(body) ? body : {};
  return { status: response.status, code: codeOf(message), message };
}

function codeOf({ result, error }: JsonObject): string {
  if (isJsonObject(error))
    return /^[a-z_.]+/.exec(String(error['message'] ?? error['code']))?.[0] ?? '';
  if (!isJsonObject(result)) return '';
  if (result['resultType'] === 'input_required') return 'input_required';
  if (result['isError'] !== true) return 'ok';
  return /"text":"([a-z_]+\.[a-z_]+): /.exec(JSON.stringify(result))?.[1] ?? 'upstream';
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

const same = (policy: string): string => policy;

/** Everybody at the `desk` is asked; Ann is there too, and it is for her that the clerk works. */
function policyFor(args: readonly string[]): string {
  const all =
    'pay: allow, wire: allow, confirm: allow, note: allow, order: allow, send: allow, fail: allow, letters: allow';
  return `sallyport: 1
enforcement: strict
upstreams:
  bank: { mcp: { command: ${JSON.stringify(process.execPath)}, args: ${JSON.stringify(args)} } }
tools:
  bank.pay: { action: pay, tier: irreversible, reach: internal, args: { id: identifier, note: content } }
  bank.wire: { action: wire, tier: irreversible, reach: internal, args: { id: identifier } }
  bank.confirm: { action: confirm, tier: irreversible, reach: internal, args: { id: identifier } }
  bank.note: { action: note, tier: reversible, reach: internal, args: { id: identifier } }
  bank.draft: { action: draft, tier: read_only, reach: internal, args: { id: identifier } }
  bank.order: { action: order, tier: consequential, reach: internal, args: { draft: reference }, resolve: { draft: bank.draft } }
  bank.letters: { action: letters, tier: read_only, reach: internal, args: {}, returns: { trust: untrusted, items: /letters, each: { /sender: sender } } }
  bank.send: { action: send, tier: irreversible, reach: external, args: { to: recipient, body: content } }
  bank.fail: { action: fail, tier: irreversible, reach: internal, args: { id: identifier } }
users:
  static:
    ann: { roles: [staff, desk] }
    max: { roles: [staff] }
    bob: { roles: [desk] }
    eve: { roles: [desk] }
    kim: { roles: [guests] }
    zoe: { roles: [board] }
roles:
  staff: { permissions: { bank: { ${all} } } }
  guests: { permissions: { bank: { letters: allow } } }
  board: { permissions: { bank: { letters: allow } } }
approvals: { default: desk, timeout: 15m, wait: 0s, remember: never, open: 100 }
agents:
${['clerk', 'scribe'].map(agentOf).join('')}`;
}

function agentOf(name: string): string {
  return `  ${name}:
    acts_for: [staff]
    case: { topic: identifier }
    loops: { same_call: 1000, same_tool: 1000, cycle: 1000 }
    rate: 100000/hour
    permissions:
      bank:
        pay: { approval: { by: desk } }
        wire: { approval: { by: desk, quorum: 2 } }
        confirm: { approval: { by: user } }
        note: { approval: never }
        order: { approval: { by: desk } }
        send: { approval: { by: desk } }
        fail: { approval: { by: desk } }
        letters: allow
`;
}
