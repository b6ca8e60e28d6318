/** The composition root: the only place that knows every room. It builds the parts, joins them, and takes them down. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { canonicalJson } from './content/json.ts';
import { isJsonObject, type JsonValue } from './content/value.ts';
import { SecretsHeld } from './credentials/held.ts';
import { readSecret } from './credentials/secrets.ts';
import type { Operated } from './edges/admin/operations.ts';
import { startAdmin } from './edges/admin/server.ts';
import { type RunningServer, startServer } from './edges/http/server.ts';
import type { GatewayEvent, Mediation } from './engine/events.ts';
import { fold } from './engine/fold.ts';
import { openTokens, type Tokens } from './identity/tokens.ts';
import { openSequencer, type Sequencer } from './ledger/sequencer.ts';
import type { Lock, LockedTool } from './policy/lock.ts';
import type { Policy, UpstreamDeclaration } from './policy/model.ts';
import { alertEvent } from './runtime/alerts.ts';
import { loadEvent, PolicySource, readPolicy } from './runtime/policy-source.ts';
import type { LogLine } from './runtime/ports.ts';
import { type OwnedRuntime, openRuntime } from './runtime/runtime.ts';
import type { Store } from './store/port.ts';
import { openSpool } from './store/spool.ts';
import { openSqliteStore } from './store/sqlite/open.ts';
import { Catalog, type CatalogChange } from './upstreams/catalog.ts';
import { openUpstream } from './upstreams/open.ts';
import type { Upstream } from './upstreams/port.ts';
import { version } from './version.ts';

export interface GatewayOptions {
  /** Absolute; servers that the gateway starts run in its folder. */
  readonly policyFile: string;
  /** Holds everything that happened, and the ledger's key. Made when missing. */
  readonly dataDirectory: string;
  /** False for a command that only needs the store: no server is started, and every call would be refused. */
  readonly startUpstreams: boolean;
  readonly log: (line: LogLine) => void;
}

export interface Gateway extends AsyncDisposable {
  readonly runtime: OwnedRuntime;
  readonly tokens: Tokens;
  readonly store: Store;
  readonly catalog: Catalog;
  readonly policySource: PolicySource;
  readonly sequencer: Sequencer;
  readonly upstream: (name: string) => Upstream | undefined;
  /** What operators may do: for the admin socket, and for commands that hold the store themselves. */
  readonly operated: Operated;
  /** Serves MCP, the runs API, and the operator's socket. `port` 0: any that is free. */
  listen(options: {
    readonly host: string;
    readonly port: number;
    readonly allowedHosts?: readonly string[];
  }): Promise<RunningServer>;
}

const mediationPrefix = 'mediation:';
const suspendedPrefix = 'suspended:';

/** @throws {PolicyFileError | StoreError | LedgerError} with what is wrong and how to mend it: nothing half-open remains. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const loaded = readPolicy(options.policyFile);
  const stack = new AsyncDisposableStack();
  try {
    const store = stack.use(
      await openSqliteStore({ directory: options.dataDirectory, foldRun: fold }),
    );
    const sequencer = stack.use(
      await openSequencer({
        store,
        directory: options.dataDirectory,
        onFault: (error) => report(options, 'ledger.fault', error),
      }),
    );
    const record = async (...events: GatewayEvent[]): Promise<void> => {
      await store.commitGateway({ events, writes: [] });
    };
    await record(
      { v: 1, type: 'gateway.started', atMs: store.nowMs(), version, policy: loaded.policy.hash },
      loadEvent(loaded.policy, null, store.nowMs()),
    );
    stack.defer(() =>
      record({ v: 1, type: 'gateway.stopped', atMs: store.nowMs() }).catch((error: unknown) =>
        report(options, 'gateway.stopped', error),
      ),
    );

    const policySource = new PolicySource(options.policyFile, loaded, () => store.nowMs(), record);
    stack.defer(() => policySource.stop());
    const secrets = new SecretsHeld();
    const upstreams = stack.use(new Upstreams(options, secrets));
    if (options.startUpstreams) await upstreams.follow(policySource.policy);
    const catalog = stack.use(
      new Catalog(upstreams.all(), acceptedIn(policySource), {
        onChange: (upstream, change) => {
          record(...catalogEvents(upstream, change, store.nowMs())).catch((error: unknown) =>
            report(options, 'catalog.changed', error),
          );
        },
        log: (upstream, message) =>
          options.log({ level: 'warn', event: 'upstream', upstream, message }),
      }),
    );
    const spool = stack.use(await openSpool(options.dataDirectory));
    const proofs = new Map<string, JsonValue>();
    for (const { key, value } of await store.listState(mediationPrefix))
      proofs.set(key.slice(mediationPrefix.length), value);
    const runtime = stack.use(
      await openRuntime(
        {
          store,
          policy: () => policySource.policy,
          upstream: (name) => upstreams.get(name),
          definitionOf: (tool) =>
            tool.surface === 'tool' ? catalog.definition(tool.upstream, tool.operation) : 'pinned',
          mediation: (agent, upstream) =>
            mediationOf(policySource.policy, proofs.get(agent), upstream),
          heldSecrets: () => secrets.values(),
          spool: (refusal) => spool.append(refusal),
          randomId: () => randomBytes(18).toString('base64url'),
          log: options.log,
        },
        await spool.read(),
      ),
    );
    await spool.clear();
    const tokens = await openTokens(store);
    policySource.onReplaced(() => {
      upstreams
        .follow(policySource.policy, catalog, () => runtime.settled())
        .catch((error: unknown) => report(options, 'policy.reload', error));
      catalog.setLock(acceptedIn(policySource));
    });
    policySource.watch((error) => report(options, 'policy.rejected', error));

    const operated: Operated = {
      runtime,
      tokens,
      store,
      catalog,
      policy: () => policySource.policy,
      upstream: (name) => upstreams.get(name),
      async suspend(agent, by, reason) {
        await store.commitGateway({
          events: [{ v: 1, type: 'agent.suspended', atMs: store.nowMs(), agent, by, reason }],
          writes: [{ key: suspendedPrefix + agent, value: { by, reason } }],
        });
      },
      async resume(agent, by) {
        await store.commitGateway({
          events: [{ v: 1, type: 'agent.resumed', atMs: store.nowMs(), agent, by }],
          writes: [{ key: suspendedPrefix + agent, value: null }],
        });
      },
      async recordMediation(agent, proven) {
        const proof = proven ? { policy: policySource.policy.hash, atMs: store.nowMs() } : null;
        await store.commitGateway({
          events: [
            {
              v: 1,
              type: 'mediation.recorded',
              atMs: store.nowMs(),
              agent,
              proven,
              policy: policySource.policy.hash,
            },
          ],
          writes: [{ key: mediationPrefix + agent, value: proof }],
        });
        if (proof === null) proofs.delete(agent);
        else proofs.set(agent, proof);
      },
    };

    return {
      runtime,
      tokens,
      store,
      catalog,
      policySource,
      sequencer,
      upstream: (name) => upstreams.get(name),
      operated,
      async listen({ host, port, allowedHosts = [] }) {
        const server = await startServer({
          host,
          port,
          allowedHosts,
          authenticate: (authorization) => tokens.authenticate(authorization),
          runtime,
          sessionKey: sessionKeyOf(options.dataDirectory),
          version,
          log: options.log,
        });
        stack.defer(() => server.close());
        stack.use(await startAdmin(operated, options.dataDirectory));
        return server;
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** The upstreams of the policy in force: started, replaced and stopped as it says. */
class Upstreams implements AsyncDisposable {
  readonly #open = new Map<string, { readonly declared: string; readonly upstream: Upstream }>();
  readonly #options: GatewayOptions;
  readonly #secrets: SecretsHeld;
  /** Replaced by a reload, and gone as soon as their last call has ended. */
  readonly #retiring: Promise<void>[] = [];

  constructor(options: GatewayOptions, secrets: SecretsHeld) {
    this.#options = options;
    this.#secrets = secrets;
  }

  get(name: string): Upstream | undefined {
    return this.#open.get(name)?.upstream;
  }

  all(): Upstream[] {
    return [...this.#open.values()].map(({ upstream }) => upstream);
  }

  /** @param settled - when the calls that an old upstream may still be serving have ended. */
  async follow(
    policy: Policy,
    catalog?: Catalog,
    settled: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    for (const [name, { declared, upstream }] of this.#open) {
      const declaration = policy.upstreams.get(name);
      if (declaration !== undefined && formOf(declaration) === declared) continue;
      this.#open.delete(name);
      await catalog?.unwatch(name);
      this.#retiring.push(settled().then(() => upstream[Symbol.asyncDispose]()));
    }
    for (const [name, declaration] of policy.upstreams) {
      if (this.#open.has(name)) continue;
      const upstream = openUpstream(declaration, {
        readSecret,
        secrets: this.#secrets,
        clientInfo: { name: 'sallyport', version },
        directory: dirname(this.#options.policyFile),
        log: (from, message) =>
          this.#options.log({ level: 'warn', event: 'upstream', upstream: from, message }),
      });
      this.#open.set(name, { declared: formOf(declaration), upstream });
      catalog?.watch(upstream);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#retiring);
    await Promise.all(this.all().map((upstream) => upstream[Symbol.asyncDispose]()));
  }
}

/** The lock, and the functions whose definition the policy itself says: accepting the one is accepting the other. */
function acceptedIn({ policy, lock }: PolicySource): Lock {
  const upstreams: Record<string, { tools: Record<string, LockedTool> }> = {};
  for (const [name, { tools }] of Object.entries(lock.upstreams))
    upstreams[name] = { tools: { ...tools } };
  for (const { upstream, operation, pin } of policy.tools.values()) {
    if (pin === null || policy.upstreams.get(upstream)?.transport.type !== 'functions') continue;
    const tools = upstreams[upstream]?.tools ?? {};
    upstreams[upstream] = { tools };
    tools[operation] ??= { digest: pin.digest, definition: {}, pinnedAt: '' };
  }
  return { lockVersion: 1, upstreams };
}

/** What an upstream is, wherever in the file it is written. */
function formOf({ transport, credential }: UpstreamDeclaration): string {
  const env =
    transport.type === 'stdio'
      ? [...transport.env].map(([name, value]) => [
          name,
          typeof value === 'string' ? value : { ...value },
        ])
      : [];
  return JSON.stringify([transport, env, credential]);
}

function catalogEvents(upstream: string, change: CatalogChange, atMs: number): GatewayEvent[] {
  const changed: GatewayEvent = {
    v: 1,
    type: 'catalog.changed',
    atMs,
    upstream,
    tool: `${upstream}.${change.operation}`,
    change: change.change,
    digest: change.digest,
    pinned: change.pinned,
  };
  // A tool that was never accepted is only absent; one that changed after it was accepted is what a person must see.
  return change.change === 'changed'
    ? [
        changed,
        alertEvent('definition_changed', null, null, atMs, {
          tool: `${upstream}.${change.operation}`,
        }),
      ]
    : [changed];
}

/** Never better than what was proven, for the policy that it was proven with. */
function mediationOf(policy: Policy, proof: JsonValue | undefined, upstream: string): Mediation {
  if (policy.upstreams.get(upstream)?.transport.type === 'functions') return 'cooperative';
  return isJsonObject(proof) && proof['policy'] === policy.hash ? 'enforced' : 'brokered';
}

/** Session ids signed with it survive a restart. Sessions carry no rights; a lost key costs clients a new `initialize`. */
function sessionKeyOf(directory: string): Uint8Array {
  const file = join(directory, 'session.key');
  if (!existsSync(file)) writeFileSync(file, randomBytes(32), { mode: 0o600, flag: 'wx' });
  return readFileSync(file);
}

function report(options: GatewayOptions, event: string, error: unknown): void {
  options.log({
    level: 'error',
    event,
    error: error instanceof Error ? error.message : canonicalJson(String(error)),
  });
}
