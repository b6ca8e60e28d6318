/** A runtime on a real store, in front of an upstream that does what a test says: the parts between, and no server. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scanTexts } from '../../src/content/detection/scan.ts';
import { isJsonArray, isJsonObject, type JsonObject } from '../../src/content/value.ts';
import type { Event } from '../../src/engine/events.ts';
import type { Facts } from '../../src/engine/facts.ts';
import { fold } from '../../src/engine/fold.ts';
import { asJson } from '../../src/engine/outputs/result.ts';
import { unframed } from '../../src/engine/outputs/unframed.ts';
import type { Run } from '../../src/engine/run.ts';
import type { ApproverPrincipal } from '../../src/identity/principal.ts';
import type { Policy } from '../../src/policy/model.ts';
import type {
  AgentPrincipal,
  CallAnswer,
  OpenedRun,
  OpenerPrincipal,
  OpenRun,
  Proposal,
} from '../../src/runtime/port.ts';
import type { LogLine, Scan } from '../../src/runtime/ports.ts';
import { type OwnedRuntime, openRuntime } from '../../src/runtime/runtime.ts';
import { StoreError } from '../../src/store/errors.ts';
import type { Store } from '../../src/store/port.ts';
import { openSpool } from '../../src/store/spool.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { Upstream, UpstreamCall, UpstreamOutcome } from '../../src/upstreams/port.ts';
import { type Definitions, loaded } from '../engine/scene.ts';

export type Outcome = UpstreamOutcome & { readonly retryAfterMs?: number };

export interface WorldOptions {
  readonly policy?: Policy;
  /** What the upstream does; a text that it is done otherwise. */
  readonly perform?: (call: UpstreamCall) => Outcome | Promise<Outcome>;
  /** An earlier world's, to start again on what it left. */
  readonly directory?: string;
  readonly secrets?: readonly string[];
  readonly clock?: () => number;
  /** What the upstream has of its tools at this moment, against what is pinned. */
  readonly definition?: () => Facts['definition'];
  /** Stands between the runtime and the real store. */
  readonly around?: (store: Store) => Store;
  readonly scan?: Scan;
  readonly spool?: (refusal: unknown) => Promise<void>;
}

export interface World extends AsyncDisposable {
  readonly directory: string;
  readonly runtime: OwnedRuntime;
  readonly store: Store;
  /** Every call that reached the upstream. */
  readonly effects: UpstreamCall[];
  readonly log: LogLine[];
  policy: Policy;
  open(request?: Partial<OpenRun>, opener?: OpenerPrincipal): Promise<OpenedRun>;
  /** The outcome reaches the client, unless it left. */
  call(tool: string, args: JsonObject, options?: CallOptions): Promise<CallAnswer>;
  /** The outcome lies there: nobody has handed it over yet. */
  ask(tool: string, args: JsonObject, options?: CallOptions): Promise<CallAnswer>;
  run(id: string): Promise<Run>;
  events<T extends Event['type']>(type: T): Promise<Extract<Event, { type: T }>[]>;
}

export interface CallOptions {
  readonly handle?: string | readonly string[];
  readonly as?: Partial<AgentPrincipal>;
  readonly dryRun?: boolean;
  readonly step?: number | null;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: number, total: number | null) => void;
  readonly reason?: string;
  readonly repeats?: string;
  /** How long it waits for people, where it is held; otherwise as the policy says. */
  readonly patienceMs?: number;
}

export const operator = { type: 'operator' } as const;

export const opener: OpenerPrincipal = {
  type: 'opener',
  credential: 'opener-1',
  name: 'workflow',
  agents: null,
};

export const agent: AgentPrincipal = {
  type: 'agent',
  credential: 'token-1',
  agent: 'helper',
  user: null,
};

/** A person who has just signed in. */
export function approver(user: string, signedInAtMs: number = Date.now()): ApproverPrincipal {
  return { type: 'approver', credential: `token-${user}`, user, signedInAtMs };
}

const definitions: Definitions = {
  tools: {
    'box.look': { id: 'string' },
    'box.fetch': { id: 'string' },
    'box.put': { id: 'string' },
    'box.pay': { id: 'string', secret: 'string?', key: 'string?' },
    'box.wipe': { id: 'string' },
  },
};

/** @param helper - further lines of the agent, at its own level of indentation. */
export function policyOf(helper: string = '', file: string = ''): Policy {
  return loaded(
    `
sallyport: 1
${file.includes('enforcement:') ? '' : 'enforcement: strict'}
upstreams: { box: { functions: true } }
users: { static: { ann: { roles: [staff] }, bob: { roles: [staff] }, eve: { roles: [guests] }, dora: { roles: [desk] }, dan: { roles: [desk] }, max: { roles: [staff, desk, board] } } }
roles:
  desk: { permissions: {} }
  board: { permissions: {} }
  staff: { permissions: { box: { look: allow, fetch: allow, put: allow, pay: allow } } }
  guests: { permissions: { box: { look: allow } } }
tools:
  box.look: { action: look, tier: read_only, reach: internal, args: { id: identifier } }
  box.fetch: { action: fetch, tier: read_only, reach: external, args: { id: identifier } }
  box.put: { action: put, tier: reversible, reach: internal, args: { id: identifier } }
  box.pay: { action: pay, tier: consequential, reach: internal, args: { id: identifier, secret: secret, key: idempotency_key } }
  box.wipe: { action: wipe, tier: irreversible, reach: internal, args: { id: identifier } }
${file}
agents:
  helper:
    acts_for: [staff]
    unattended: { owner: staff }
    model: { through: reported }
${indented(helper.includes('loops:') ? '' : 'loops: { same_call: 10000, same_tool: 10000, cycle: 10000 }')}
${indented(helper.includes('permissions:') ? '' : 'permissions: { box: { look: allow, fetch: allow, put: allow, pay: { approval: never } } }')}
${indented(helper)}
  other:
    permissions: { box: { look: allow } }
`,
    definitions,
  );
}

function indented(lines: string): string {
  return lines
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}

export function text(said: string): Outcome {
  return { type: 'result', result: { content: [{ type: 'text', text: said }] } };
}

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const stack = new AsyncDisposableStack();
  let { directory } = options;
  if (directory === undefined) {
    const made = await mkdtemp(join(tmpdir(), 'sallyport-runtime-'));
    stack.defer(() => rm(made, { recursive: true, force: true }));
    directory = made;
  }
  const real = stack.use(
    await openSqliteStore({
      directory,
      foldRun: fold,
      ...(options.clock === undefined ? {} : { clock: options.clock }),
    }),
  );
  const store = options.around?.(real) ?? real;
  const spool = stack.use(await openSpool(directory));
  const effects: UpstreamCall[] = [];
  const log: LogLine[] = [];
  const upstream: Upstream = {
    name: 'box',
    status: () => ({ state: 'up', reason: null, serverInfo: null, protocolVersion: null }),
    listTools: async () => [],
    onCatalogChanged: () => undefined,
    async call(call) {
      effects.push(call);
      return options.perform === undefined ? text(`done ${effects.length}`) : options.perform(call);
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  const world: { policy: Policy } = { policy: options.policy ?? policyOf() };
  const runtime = stack.use(
    await openRuntime(
      {
        store,
        policy: () => world.policy,
        upstream: (name) => (name === 'box' ? upstream : undefined),
        definitionOf: () => options.definition?.() ?? 'pinned',
        mediation: () => 'cooperative',
        heldSecrets: () => options.secrets ?? [],
        scan:
          options.scan ??
          ((texts, looks) => scanTexts(texts, { ...looks, held: options.secrets ?? [] })),
        spool: options.spool ?? ((refusal) => spool.append(refusal)),
        randomId: () => randomBytes(18).toString('base64url'),
        handleKey: new Uint8Array(32).fill(7),
        log: (line) => void log.push(line),
      },
      await spool.read(),
    ),
  );
  await spool.clear();
  await runtime.recovered;
  return Object.assign(world, {
    directory,
    runtime,
    store,
    effects,
    log,
    open: (request: Partial<OpenRun> = {}, by: OpenerPrincipal = opener) =>
      runtime.openRun(by, {
        agent: 'helper',
        user: null,
        case: {},
        request: null,
        requestTrusted: false,
        only: null,
        budget: {},
        outside: [],
        dryRun: false,
        parent: null,
        ...request,
      }),
    async call(tool: string, args: JsonObject, given: CallOptions = {}) {
      const answer = await this.ask(tool, args, given);
      if (answer.type === 'result') await answer.released(given.signal?.aborted !== true);
      return answer;
    },
    ask(tool: string, args: JsonObject, given: CallOptions = {}) {
      const { handle = [] } = given;
      const proposal: Proposal = {
        tool,
        args,
        handles: typeof handle === 'string' ? [handle] : handle,
        step: given.step ?? null,
        dryRun: given.dryRun ?? false,
        ...(given.reason === undefined ? {} : { reason: given.reason }),
        ...(given.repeats === undefined ? {} : { repeats: given.repeats }),
      };
      const signal = given.signal ?? new AbortController().signal;
      return runtime.call(
        { ...agent, ...given.as },
        proposal,
        signal,
        given.onProgress,
        () => given.patienceMs ?? null,
      );
    },
    run: (id: string) => runtime.getRun(operator, id),
    async events<T extends Event['type']>(type: T) {
      const stored = await store.events({ type, limit: 100_000 });
      return stored
        .map(({ event }) => event)
        .filter((event): event is Extract<Event, { type: T }> => event.type === type);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  });
}

/** A directory for one world after the other. */
export async function lastingDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'sallyport-lasting-'));
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

export interface Breakable {
  readonly around: (store: Store) => Store;
  /** @param written - it is on the disk all the same, and nobody hears of it. */
  readonly fails: (commit: Event['type'] | 'all' | 'none', written?: boolean) => void;
}

/**
 * The real store until it `fails`: then as one whose disk is gone.
 *
 * @param lasting - after a first failure every commit fails, as it does of the real one.
 */
export function breakable({ lasting = false }: { readonly lasting?: boolean } = {}): Breakable {
  let failing: Event['type'] | 'all' | 'none' = 'none';
  let isWritten = false;
  return {
    fails: (commit, written = false) => {
      failing = commit;
      isWritten = written;
    },
    around: (store) =>
      new Proxy(store, {
        get(target, name) {
          const member: unknown = Reflect.get(target, name, target);
          if (typeof member !== 'function') return member;
          const perform = (args: unknown[]): unknown => Reflect.apply(member, target, args);
          return (...args: unknown[]) => {
            const fails =
              failing !== 'none' &&
              (name === 'commit' || name === 'commitGateway') &&
              (failing === 'all' || JSON.stringify(args).includes(`"type":"${failing}"`));
            if (!fails) return perform(args);
            const written = isWritten && !(lasting && failing === 'all');
            if (lasting) failing = 'all';
            return Promise.resolve(written ? perform(args) : null).then(() => {
              throw new StoreError('store.unavailable', 'disk I/O error');
            });
          };
        },
      }),
  };
}

/** `ok`, or the code of the refusal. */
export function codeOf(answer: CallAnswer): string {
  return answer.type === 'result' ? 'ok' : answer.refusal.code;
}

/** What a model reads of an answer: of a tool's words without the frame that stands around them. */
export function said(answer: CallAnswer): string {
  if (answer.type !== 'result') return answer.refusal.text;
  const { content } = unframed(asJson(answer.result));
  return isJsonArray(content)
    ? content
        .filter(isJsonObject)
        .map((block) => String(block['text']))
        .join('\n')
    : '';
}

export function tally(codes: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}
