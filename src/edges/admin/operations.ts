/**
 * What an operator may do to a gateway: one table, performed in the process that owns the store, whether the command
 * line reached it over the admin socket or opened the store itself because no gateway runs.
 */
import { z } from 'zod';
import { SallyportError } from '../../content/errors.ts';
import { readJson } from '../../content/json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import type { Event } from '../../engine/events.ts';
import type { Run } from '../../engine/run.ts';
import type { TokenRecord, Tokens } from '../../identity/tokens.ts';
import type { Policy } from '../../policy/model.ts';
import type { Runtime } from '../../runtime/port.ts';
import type { Store } from '../../store/port.ts';
import type { Catalog } from '../../upstreams/catalog.ts';
import type { Upstream } from '../../upstreams/port.ts';
import { answerHold, listHolds, showHold } from './approvals.ts';

/** The parts of a gateway that operators act on. */
export interface Operated {
  readonly runtime: Runtime;
  readonly tokens: Tokens;
  readonly store: Store;
  readonly catalog: Catalog;
  readonly policy: () => Policy;
  readonly upstream: (name: string) => Upstream | undefined;
  suspend(agent: string, by: string, reason: string | null): Promise<void>;
  resume(agent: string, by: string): Promise<void>;
  recordMediation(agent: string, proven: boolean): Promise<void>;
}

export class OperationError extends SallyportError {
  declare readonly code:
    | 'operation.unknown'
    | 'operation.bad_input'
    | 'operation.unknown_agent'
    | 'operation.unknown_user'
    | 'operation.socket';
}

interface Operation {
  readonly perform: (gateway: Operated, input: unknown) => Promise<JsonObject>;
}

function operation<Input>(
  shape: z.ZodType<Input>,
  perform: (gateway: Operated, input: Input) => Promise<JsonObject>,
): Operation {
  return {
    async perform(gateway, input) {
      const read = shape.safeParse(input);
      if (!read.success)
        throw new OperationError('operation.bad_input', z.prettifyError(read.error));
      return perform(gateway, read.data);
    },
  };
}

const name = z.string().min(1).max(128);
const token = z.string().max(256);
/** A person's answer: who they are, and to what of all that a call may become they say it. */
const answered = z.strictObject({
  id: name,
  token,
  digest: name,
  reason: z.string().max(1_000).nullable(),
});
/** A run has at most 10,000 calls; each is two events or one. */
const eventsShownMax = 25_000;
const listLimit = z.number().int().min(1).max(10_000);

export type OperationName =
  | 'status'
  | 'token.mint'
  | 'token.list'
  | 'token.rotate'
  | 'token.revoke'
  | 'runs.list'
  | 'runs.show'
  | 'runs.close'
  | 'suspend'
  | 'resume'
  | 'tools.list'
  | 'mediation.record'
  | 'approvals.list'
  | 'approvals.show'
  | 'approvals.approve'
  | 'approvals.reject';

const table: Readonly<Record<OperationName, Operation>> = {
  status: operation(z.strictObject({}), async (gateway) => ({
    policy: gateway.policy().hash,
    enforcement: gateway.policy().enforcement,
    events: await gateway.store.eventCount(),
    upstreams: [...gateway.policy().upstreams.keys()].map((upstream) =>
      upstreamState(gateway, upstream),
    ),
  })),

  'token.mint': operation(
    z.discriminatedUnion('holder', [
      z.strictObject({
        holder: z.literal('agent'),
        name,
        user: name.nullable(),
        expiresInMs: z.number().int().positive().nullable(),
      }),
      z.strictObject({
        holder: z.literal('opener'),
        name,
        agents: z.array(name).nullable(),
        expiresInMs: z.number().int().positive().nullable(),
      }),
      z.strictObject({
        holder: z.literal('approver'),
        name,
        expiresInMs: z.number().int().positive().nullable(),
      }),
    ]),
    async (gateway, input) => {
      checkHolder(gateway.policy(), input);
      const { expiresInMs, ...holder } = input;
      const expiresAtMs = expiresInMs === null ? null : gateway.store.nowMs() + expiresInMs;
      const minted = await gateway.tokens.mint({ ...holder, expiresAtMs });
      return { token: minted.token, record: tokenView(minted.record) };
    },
  ),
  'token.list': operation(z.strictObject({}), (gateway) =>
    Promise.resolve({ tokens: gateway.tokens.list().map(tokenView) }),
  ),
  'token.rotate': operation(
    z.strictObject({ id: name, overlapMs: z.number().int().min(0) }),
    async (gateway, { id, overlapMs }) => {
      const minted = await gateway.tokens.rotate(id, overlapMs);
      return { token: minted.token, record: tokenView(minted.record) };
    },
  ),
  'token.revoke': operation(z.strictObject({ id: name }), async (gateway, { id }) => ({
    revoked: tokenView(await gateway.tokens.revoke(id)),
  })),

  'runs.list': operation(
    z.strictObject({
      agent: name.nullable(),
      status: z.enum(['open', 'closed', 'abandoned']).nullable(),
      limit: listLimit,
      before: name.nullable(),
    }),
    async (gateway, { agent, status, limit, before }) => {
      const runs = await gateway.store.listRuns({
        limit,
        ...(agent === null ? {} : { agent }),
        ...(status === null ? {} : { status }),
        ...(before === null ? {} : { before }),
      });
      return { runs: runs.map((run) => ({ ...run })) };
    },
  ),
  'runs.show': operation(z.strictObject({ run: name }), async (gateway, { run }) => {
    const shown = await gateway.runtime.getRun({ type: 'operator' }, run);
    const events = await gateway.store.events({ run, limit: eventsShownMax });
    return {
      run: runView(shown),
      events: events.map(({ seq, event }) => ({ seq, ...asJson(event) })),
    };
  }),
  'runs.close': operation(
    z.strictObject({
      run: name,
      as: z.enum(['success', 'failure']),
      reason: z.string().max(512).nullable(),
    }),
    async (gateway, { run, as, reason }) => ({
      run: runView(await gateway.runtime.closeRun({ type: 'operator' }, run, as, reason)),
    }),
  ),

  suspend: operation(
    z.strictObject({ agent: name, reason: z.string().max(512).nullable() }),
    async (gateway, { agent, reason }) => {
      // A name that the policy doesn't know may be suspended too: it may come back with the next policy.
      await gateway.suspend(agent, 'operator', reason);
      const { agents } = gateway.policy();
      return {
        agent,
        suspended: true,
        ...(agents.has(agent) ? {} : { known: false, agents: [...agents.keys()] }),
      };
    },
  ),
  resume: operation(z.strictObject({ agent: name }), async (gateway, { agent }) => {
    await gateway.resume(agent, 'operator');
    return { agent, suspended: false };
  }),

  'tools.list': operation(
    z.strictObject({ refresh: z.boolean() }),
    async (gateway, { refresh }) => {
      if (refresh) await gateway.catalog.refresh();
      return {
        upstreams: [...gateway.policy().upstreams.keys()].map((upstream) => ({
          ...upstreamState(gateway, upstream),
          listed:
            gateway.catalog.listed(upstream)?.map(({ operation: of, definition }) => ({
              operation: of,
              state: gateway.catalog.definition(upstream, of),
              definition,
            })) ?? null,
        })),
      };
    },
  ),
  'mediation.record': operation(
    z.strictObject({ agent: name, proven: z.boolean() }),
    async (gateway, { agent, proven }) => {
      const { agents } = gateway.policy();
      if (!agents.has(agent))
        throw unknownName('operation.unknown_agent', 'agent', agent, agents.keys());
      await gateway.recordMediation(agent, proven);
      return { agent, proven };
    },
  ),

  'approvals.list': operation(z.strictObject({}), (gateway) => Promise.resolve(listHolds(gateway))),
  'approvals.show': operation(
    z.strictObject({ id: name, token: token.nullable() }),
    (gateway, { id, token: of }) => showHold(gateway, id, of),
  ),
  'approvals.approve': operation(answered, (gateway, { id, token: of, digest, reason }) =>
    answerHold(gateway, id, of, { answer: 'approve', digest, reason }),
  ),
  'approvals.reject': operation(answered, (gateway, { id, token: of, digest, reason }) =>
    answerHold(gateway, id, of, { answer: 'reject', digest, reason }),
  ),
};

export function isOperation(text: string): text is OperationName {
  return Object.hasOwn(table, text);
}

/** @throws {SallyportError} with what was wrong with the input, or what the gateway says of it. */
export function performOperation(
  gateway: Operated,
  operationName: OperationName,
  input: unknown,
): Promise<JsonObject> {
  return table[operationName].perform(gateway, input);
}

type Holder =
  | { readonly holder: 'agent'; readonly name: string; readonly user: string | null }
  | { readonly holder: 'opener'; readonly agents: readonly string[] | null }
  | { readonly holder: 'approver'; readonly name: string };

/** A token for a name that the policy doesn't know would be one for whoever gets that name later. */
function checkHolder({ agents, users }: Policy, wanted: Holder): void {
  const needed =
    wanted.holder === 'agent'
      ? { agents: [wanted.name], users: wanted.user === null ? [] : [wanted.user] }
      : wanted.holder === 'opener'
        ? { agents: wanted.agents ?? [], users: [] }
        : { agents: [], users: [wanted.name] };
  for (const agent of needed.agents) {
    if (!agents.has(agent))
      throw unknownName('operation.unknown_agent', 'agent', agent, agents.keys());
  }
  for (const user of needed.users) {
    if (!users.has(user)) throw unknownName('operation.unknown_user', 'user', user, users.keys());
  }
}

function unknownName(
  code: OperationError['code'],
  what: string,
  text: string,
  known: Iterable<string>,
): OperationError {
  const names = [...known];
  return new OperationError(code, `the policy knows no ${what} \`${text}\``, {
    hint:
      names.length === 0
        ? `the policy declares no ${what}s`
        : `it knows ${names.slice(0, 20).join(', ')}`,
  });
}

function upstreamState(gateway: Operated, upstream: string): JsonObject {
  const status = gateway.upstream(upstream)?.status() ?? {
    state: 'down',
    reason: 'not started',
    serverInfo: null,
    protocolVersion: null,
  };
  return { name: upstream, ...status };
}

/** Without the hash: nobody needs it, and what isn't shown can't be attacked offline. */
function tokenView(record: TokenRecord): JsonObject {
  const { id, credential, holder, name: of, user, agents, mintedAtMs, expiresAtMs } = record;
  return { id, credential, holder, name: of, user, agents, mintedAtMs, expiresAtMs };
}

/** An event is JSON by its shape; reading it back says so to the compiler too. */
function asJson(event: Event): JsonObject {
  const value = readJson(JSON.stringify(event));
  return isJsonObject(value) ? value : {};
}

const unseen = ['remembered', 'inFlight', 'callTimes', 'usageTimes', 'recent', 'history'];

/** What calls it remembers, and when they were, is the runtime's own memory. */
function runView(run: Run): JsonObject {
  const view: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(run)) {
    if (!unseen.includes(key)) view[key] = value;
  }
  return { ...view, inFlight: run.inFlight.map(({ id }) => id) };
}
