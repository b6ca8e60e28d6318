/** The composition root: the only place that knows every room. It builds the parts, joins them, and takes them down. */
import { hash } from 'node:crypto';
import { dirname } from 'node:path';
import { hashWith } from './content/digest.ts';
import { SecretsHeld } from './credentials/held.ts';
import { readSecret } from './credentials/secrets.ts';
import { type Operated, OperationError } from './edges/admin/operations.ts';
import { startAdmin } from './edges/admin/server.ts';
import { builtConsole } from './edges/console/files.ts';
import { type ConsoleOptions, type RunningConsole, startConsole } from './edges/console/server.ts';
import type { RunningServer } from './edges/http/listener.ts';
import type { RecordRefusals } from './edges/http/refusal-tally.ts';
import { startServer } from './edges/http/server.ts';
import { sessionKeyIn } from './edges/mcp/session-key.ts';
import { openUsedStates } from './edges/mcp/used-states.ts';
import type { GatewayEvent } from './engine/events.ts';
import type { Facts } from './engine/facts.ts';
import { fold } from './engine/fold.ts';
import { openTokens, type Tokens } from './identity/tokens.ts';
import { openSequencer, type Sequencer } from './ledger/sequencer.ts';
import { sinkStatusPrefix } from './ledger/shipping/route.ts';
import { CheckpointShipping } from './ledger/shipping/shipping.ts';
import { Notifications } from './notifications/notifications.ts';
import type { SecretReference, Tool } from './policy/model.ts';
import { alertEvent } from './runtime/alerts.ts';
import { openMediations } from './runtime/mediations.ts';
import { loadEvent, PolicySource, readPolicy } from './runtime/policy-source.ts';
import type { LogLine } from './runtime/ports.ts';
import { randomIds } from './runtime/random-ids.ts';
import { handleKeyIn } from './runtime/run-handles.ts';
import { type OwnedRuntime, openRuntime } from './runtime/runtime.ts';
import { loadGrammarFor } from './runtime/sql-grammar.ts';
import { resume, suspend } from './runtime/suspensions.ts';
import { Scanner } from './scanning/scanner.ts';
import { type EventFeed, feedOf } from './store/feed.ts';
import type { Store } from './store/port.ts';
import { openSpool } from './store/spool.ts';
import { openSqliteStore } from './store/sqlite/open.ts';
import { Catalog, type CatalogChange } from './upstreams/catalog.ts';
import { DeclaredUpstreams } from './upstreams/declared.ts';
import { functionsOf } from './upstreams/functions.ts';
import type { Upstream } from './upstreams/port.ts';
import { version } from './version.ts';

export interface GatewayOptions {
  /** Absolute; servers that the gateway starts run in its folder. */
  readonly policyFile: string;
  /** Holds everything that happened, and the ledger's key. Made when missing. */
  readonly dataDirectory: string;
  /**
   * What it is opened for: a `gateway` starts the policy's servers; a `library` has functions alone; a `command` opens
   * the store for a moment, serves nobody, and leaves no start and stop in the record.
   */
  readonly as: 'gateway' | 'library' | 'command';
  readonly log: (line: LogLine) => void;
}

export interface Gateway extends AsyncDisposable {
  readonly runtime: OwnedRuntime;
  readonly tokens: Tokens;
  readonly store: Store;
  readonly feed: EventFeed;
  readonly catalog: Catalog;
  readonly policySource: PolicySource;
  readonly sequencer: Sequencer;
  readonly upstream: (name: string) => Upstream | undefined;
  /** What operators may do: for the admin socket, and for commands that hold the store themselves. */
  readonly operated: Operated;
  /** Serves MCP, the runs API, the operator's socket, and the console. `port` 0: any that is free. */
  listen(options: {
    readonly host: string;
    readonly port: number;
    readonly allowedHosts?: readonly string[];
    /** Null, or without it: there is none. */
    readonly console?: Pick<ConsoleOptions, 'host' | 'port' | 'url'> | null;
  }): Promise<Listening>;
}

export interface Listening extends RunningServer {
  readonly console: Pick<RunningConsole, 'url' | 'missing'> | null;
}

hashWith((text) => hash('sha256', text));

/** @throws {PolicyFileError | StoreError | LedgerError} with what is wrong and how to mend it: nothing half-open remains. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const loaded = readPolicy(options.policyFile);
  await loadGrammarFor(loaded.policy);
  const stack = new AsyncDisposableStack();
  try {
    const store = stack.use(
      await openSqliteStore({ directory: options.dataDirectory, foldRun: fold }),
    );
    const feed = feedOf(store);
    const secrets = new SecretsHeld();
    const record = async (...events: GatewayEvent[]): Promise<void> => {
      await store.commitGateway({ events, writes: [] });
    };
    const readHeld = async (reference: SecretReference): Promise<string> => {
      const secret = await readSecret(reference);
      secrets.hold(secret);
      return secret;
    };
    // Taken down after the sequencer: what it seals last leaves the host too.
    const shipping = stack.use(shippingOf(options, store, readHeld, record));
    const sequencer = stack.use(
      await openSequencer({
        store,
        directory: options.dataDirectory,
        onFault: (error) => report(options, 'ledger.fault', error),
      }),
    );
    if (options.as !== 'command') {
      await record(
        { v: 1, type: 'gateway.started', atMs: store.nowMs(), version, policy: loaded.policy.hash },
        loadEvent(loaded.policy, null, store.nowMs()),
      );
      stack.defer(() =>
        record({ v: 1, type: 'gateway.stopped', atMs: store.nowMs() }).catch((error: unknown) =>
          report(options, 'gateway.stopped', error),
        ),
      );
    }

    const policySource = new PolicySource(options.policyFile, loaded, () => store.nowMs(), record);
    const upstreams = stack.use(
      new DeclaredUpstreams({
        servers: options.as === 'gateway',
        readSecret,
        secrets,
        clientInfo: { name: 'sallyport', version },
        directory: dirname(options.policyFile),
        log: (upstream, message) =>
          options.log({ level: 'warn', event: 'upstream', upstream, message }),
        onFault: (error) => report(options, 'upstream.fault', error),
      }),
    );
    const noteChange = (upstream: string, change: CatalogChange): void => {
      record(...catalogEvents(upstream, change, store.nowMs())).catch((error: unknown) =>
        report(options, 'catalog.changed', error),
      );
    };
    const catalog = stack.use(
      new Catalog([], policySource.lock, {
        onChange: noteChange,
        log: (upstream, message) =>
          options.log({ level: 'warn', event: 'upstream', upstream, message }),
      }),
    );
    upstreams.follow(policySource.policy, catalog, () => Promise.resolve());
    const spool = stack.use(await openSpool(options.dataDirectory));
    const mediations = await openMediations(store);
    const scanner = stack.use(
      new Scanner({
        heldSecrets: () => secrets.values(),
        readSecret: readHeld,
        log: options.log,
      }),
    );
    const runtime = stack.use(
      await openRuntime(
        {
          store,
          policy: () => policySource.policy,
          upstream: (name) => upstreams.get(name),
          definitionOf: (tool) => definitionOf(tool, upstreams.get(tool.upstream), catalog),
          mediation: (agent, upstream) => mediations.of(policySource.policy, agent, upstream),
          heldSecrets: () => secrets.values(),
          scan: (texts, looks, detector) => scanner.scan(texts, looks, detector),
          spool: (refusal) => spool.append(refusal),
          randomId: randomIds(),
          handleKey: await handleKeyIn(store),
          log: options.log,
        },
        await spool.read(),
      ),
    );
    await spool.clear();
    const tokens = await openTokens(store);
    const notifications =
      options.as === 'command'
        ? null
        : stack.use(
            new Notifications({
              store,
              feed,
              policy: () => policySource.policy,
              readSecret: readHeld,
              log: options.log,
            }),
          );
    // Where nobody listens, no console is to come either.
    if (options.as === 'library') notifications?.begin(null);
    // A command is gone in a moment; the gateway's next start sends what it sealed.
    if (options.as !== 'command') shipping.follow(loaded.policy.checkpoints);
    policySource.onReplaced(() => {
      shipping.follow(policySource.policy.checkpoints);
      notifications?.follow();
      upstreams.follow(policySource.policy, catalog, () => runtime.settled());
      catalog.setLock(policySource.lock);
      void runtime.reconsider();
      options.log({ level: 'info', event: 'policy.replaced', policy: policySource.policy.hash });
    });
    policySource.watch((error) => report(options, 'policy.rejected', error));
    // First of what is stopped here: what goes away must not be replaced.
    stack.defer(() => policySource.stop());

    const operated: Operated = {
      runtime,
      tokens,
      store,
      catalog,
      policy: () => policySource.policy,
      upstream: (name) => upstreams.get(name),
      suspend: (agent, by, reason) => suspend(store, agent, by, reason),
      resume: (agent, by) => resume(store, agent, by),
      recordMediation: (agent, proven) => mediations.record(policySource.policy, agent, proven),
    };

    // A library serves nobody but its operator, who is also where its people answer: `sallyport approvals`.
    if (options.as === 'library') {
      const admin = await startAdmin(operated, options.dataDirectory).catch((error: unknown) => {
        if (!(error instanceof OperationError)) throw error;
        options.log({ level: 'warn', event: 'admin.unavailable', error: error.message });
        return null;
      });
      stack.use(admin);
    }

    return {
      runtime,
      tokens,
      store,
      feed,
      catalog,
      policySource,
      sequencer,
      upstream: (name) => upstreams.get(name),
      operated,
      async listen({ host, port, allowedHosts = [], console: wanted = null }) {
        // Where one of them can't listen, none does.
        await using opening = new AsyncDisposableStack();
        const recordRefusals: RecordRefusals = (summary) =>
          record({ v: 1, type: 'edge.refused', atMs: store.nowMs(), ...summary });
        let people: RunningConsole | null = null;
        const server = await startServer({
          host,
          port,
          allowedHosts,
          authenticate: (authorization) => tokens.authenticate(authorization),
          runtime,
          holds: {
            page: (hold) =>
              people === null ? null : `${people.url}/holds/${encodeURIComponent(hold)}`,
            usedStates: await openUsedStates(store),
            onSettled: (listener) =>
              feed.follow((events) => {
                for (const { event } of events)
                  if (event.type === 'approval.settled') listener(event.call);
              }),
            nowMs: () => store.nowMs(),
          },
          sessionKey: sessionKeyIn(options.dataDirectory),
          version,
          log: options.log,
          recordRefusals,
        });
        opening.defer(() => server.close());
        if (wanted !== null) {
          people = await startConsole(
            {
              runtime,
              store,
              feed,
              catalog,
              policySource,
              tokens,
              sequencer,
              heldSecrets: () => secrets.values(),
              suspend: (agent, by, reason) => operated.suspend(agent, by, reason),
              resume: (agent, by) => operated.resume(agent, by),
              log: options.log,
            },
            { ...wanted, directory: builtConsole, recordRefusals },
          );
          opening.defer(people.close);
        }
        opening.use(await startAdmin(operated, options.dataDirectory));
        notifications?.begin(people?.url ?? null);
        stack.use(opening.move());
        return { ...server, console: people };
      },
      async [Symbol.asyncDispose]() {
        // Before the listener waits for its requests: they would wait for people, and be cut off in the end.
        runtime.dontWait();
        await stack.disposeAsync();
      },
    };
  } catch (error) {
    // Why it didn't start is what has to be told, whatever goes wrong on the way back.
    await stack.disposeAsync().catch((fault: unknown) => report(options, 'gateway.stopped', fault));
    throw error;
  }
}

function shippingOf(
  options: GatewayOptions,
  store: Store,
  readSecret: (reference: SecretReference) => Promise<string>,
  record: (event: GatewayEvent) => Promise<void>,
): CheckpointShipping {
  const failing = new Set<string>();
  return new CheckpointShipping({
    newest: () => store.checkpoint(),
    nowMs: () => store.nowMs(),
    readSecret,
    onStatus(sink, status) {
      const { ok, size, reason } = status;
      if (!ok) options.log({ level: 'error', event: 'ledger.checkpoint', sink, size, reason });
      else if (failing.has(sink))
        options.log({ level: 'info', event: 'ledger.checkpoint', sink, size });
      if (ok) failing.delete(sink);
      else failing.add(sink);
      const known = store.commitGateway({
        events: [],
        writes: [{ key: sinkStatusPrefix + sink, value: status }],
      });
      const told = ok
        ? known
        : known.then(() =>
            record(alertEvent('notify_failed', null, null, store.nowMs(), { sink, reason })),
          );
      told.catch((error: unknown) => report(options, 'ledger.checkpoint', error));
    },
  });
}

/** What is listed now, against what was accepted. Of a program's own functions it is known without asking anybody. */
function definitionOf(
  tool: Tool,
  upstream: Upstream | undefined,
  catalog: Catalog,
): Facts['definition'] {
  if (tool.surface !== 'tool') return 'pinned';
  const functions = functionsOf(upstream);
  return functions === undefined
    ? catalog.definition(tool.upstream, tool.operation)
    : functions.state(tool.operation, tool.pin?.digest ?? '').type;
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

function report(options: GatewayOptions, event: string, error: unknown): void {
  options.log({
    level: 'error',
    event,
    error: error instanceof Error ? error.message : String(error),
  });
}
