/**
 * What an event looks like when it is read back, one shape a type. Strict: a field that isn't expected means that
 * somebody else wrote it, and a guess about a record is worse than a fault.
 *
 * The shapes of `v: 1` never change. A new shape is a new version here and an upcast in `upcast.ts`.
 */
import { z } from 'zod';
import type { JsonObject, JsonValue } from '../content/value.ts';
import type { Event, Layers } from '../engine/events.ts';
import type { PastCall } from '../engine/exchange.ts';
import type { FindingCode } from '../engine/facts.ts';
import type { Ask, Held } from '../engine/hold.ts';
import type { CallMemory, CaseValues, Labels, Run, RunBudget } from '../engine/run.ts';

const text = z.string();
const count = z.number().int().nonnegative();
/** Values come out of `JSON.parse`, so they are JSON already. */
const json = z.custom<JsonValue>((value) => value !== undefined);
const object = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
export const planShape: z.ZodType<Run['only']> = z.array(z.union([text, object])).nullable();
/** Codes that were retired since stay readable: what happened, happened. */
const findingCode = z.custom<FindingCode>((value) => typeof value === 'string');

const tier = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]);
const verdict = z.enum(['allow', 'hold', 'deny']);
const common = { v: z.literal(1), atMs: count };
const ofRun = { ...common, run: text, agent: text, user: text.nullable(), policy: text };
const ofCall = {
  ...ofRun,
  call: text,
  step: z.number().nullable(),
  tool: text,
  tier,
  digest: text,
  mediation: z.enum(['enforced', 'brokered', 'cooperative']),
};

const finding = z.strictObject({
  stage: text,
  code: text,
  verdict: z.enum(['note', 'hold', 'deny']),
  details: object,
  at: text.nullable(),
});

const said = z.enum(['passed', 'noted', 'held', 'refused']).exactOptional();
const layersShape: z.ZodType<Layers> = z.strictObject({
  input_validation: said,
  injection_detection: said,
  execution_control: said,
  tool_interception: said,
  output_validation: said,
  audit: said,
});

const decided = {
  arguments: text,
  verdict,
  effect: verdict,
  enforcement: z.enum(['observe', 'warn', 'strict']),
  dryRun: z.boolean(),
  findings: z.array(finding),
  passed: z.record(text, z.array(text)).exactOptional(),
  facts: object,
  budgetLeft: object,
  layers: layersShape.exactOptional(),
};

export const budgetShape: z.ZodType<RunBudget> = z.strictObject({
  steps: count.exactOptional(),
  toolCalls: count.exactOptional(),
  durationMs: count.exactOptional(),
  tokens: count.exactOptional(),
  costMicroUsd: count.exactOptional(),
});

export const caseShape: z.ZodType<CaseValues> = z.record(
  text,
  z.union([text, z.number(), z.boolean()]),
);
export const labelsShape: z.ZodType<Labels> = z.strictObject({
  trust: z.enum(['trusted', 'untrusted']),
  classes: z.array(text),
  subjects: z.array(text),
});

export const callMemoryShape: z.ZodType<CallMemory> = z.strictObject({
  id: text,
  tool: text,
  digest: text,
  tier,
  atMs: z.number(),
  state: z.enum(['started', 'completed', 'failed', 'indeterminate']),
  delivered: z.boolean(),
  outcome: text.nullable(),
  frame: text.exactOptional(),
  twin: text.exactOptional(),
});

export const pastCallShape: z.ZodType<PastCall> = z.strictObject({
  call: text,
  tool: text,
  tier,
  sinceMs: z.number(),
  atMs: z.number(),
  completed: z.boolean(),
  seenByAgent: z.boolean(),
  arguments: text,
  released: text.nullable(),
  shown: text.nullable(),
  trust: z.enum(['trusted', 'untrusted']),
});

const askShape: z.ZodType<Ask> = z.strictObject({
  key: text,
  code: text,
  by: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('role'), role: text }),
    z.strictObject({ type: z.literal('user') }),
    z.strictObject({ type: z.literal('break_glass'), role: text }),
  ]),
  quorum: count,
  freshMs: count.nullable(),
  remember: text.nullable(),
  grants: budgetShape.nullable(),
  autonomy: text.exactOptional(),
});

const withheld = {
  kept: text,
  frame: text.nullable(),
  labels: labelsShape,
  shown: text.exactOptional(),
};

export const heldShape: z.ZodType<Held> = z.strictObject({
  id: text,
  of: z.enum(['call', 'result']),
  tool: text,
  tier,
  digest: text,
  arguments: text,
  step: z.number().nullable(),
  atMs: z.number(),
  expiresAtMs: z.number(),
  state: z.enum(['waiting', 'approved', 'rejected', 'expired']),
  settledAtMs: z.number().nullable(),
  asks: z.array(askShape),
  agreements: z.array(z.strictObject({ by: text, atMs: z.number(), asks: z.array(text) })),
  editedFrom: text.nullable(),
  withheld: z.strictObject(withheld).nullable(),
});

const reservation = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('window'),
    key: text,
    amount: z.number(),
    max: z.number(),
    windowMs: z.number().nullable(),
    code: findingCode,
  }),
  z.strictObject({ type: z.literal('once'), key: text, code: findingCode }),
]);

const runEvents = [
  z.strictObject({
    ...ofRun,
    type: z.literal('run.opened'),
    implicit: z.boolean(),
    credential: text,
    parent: text.nullable(),
    case: caseShape,
    request: text.nullable(),
    requestTrusted: z.boolean(),
    only: planShape,
    budget: budgetShape,
    outside: z.array(text),
    dryRun: z.boolean(),
    labels: labelsShape,
    carried: z
      .strictObject({
        spent: budgetShape,
        calls: z.array(callMemoryShape),
        holdsNext: z.literal(true).exactOptional(),
      })
      .exactOptional(),
    risk: z
      .strictObject({ score: z.number(), reasons: z.array(text), holds: z.boolean() })
      .exactOptional(),
  }),
  z.strictObject({
    ...ofRun,
    type: z.literal('run.usage'),
    steps: count,
    tokens: count,
    costMicroUsd: count,
    model: text.nullable(),
  }),
  z.strictObject({
    ...ofRun,
    type: z.literal('run.closed'),
    as: z.enum(['success', 'failure']),
    by: text,
    reason: text.nullable(),
  }),
  z.strictObject({ ...ofRun, type: z.literal('run.closing'), by: text, reason: text.nullable() }),
  z.strictObject({ ...ofRun, type: z.literal('run.abandoned') }),
  z.strictObject({ ...ofRun, type: z.literal('run.delegated'), child: text, budget: budgetShape }),
  z.strictObject({
    ...ofRun,
    type: z.literal('run.returned'),
    child: text,
    unused: budgetShape,
    labels: labelsShape,
    history: z.array(pastCallShape).exactOptional(),
    historyLost: z.boolean().exactOptional(),
    holdsNext: z.literal(true).exactOptional(),
  }),
] as const;

const callEvents = [
  z.strictObject({
    ...ofCall,
    ...decided,
    type: z.literal('call.held'),
    asks: z.array(askShape),
    expiresAtMs: count,
    shown: text,
    reason: text.nullable(),
    edited: z.strictObject({ by: text, from: text }).exactOptional(),
  }),
  z.strictObject({
    ...ofRun,
    type: z.literal('approval.answered'),
    call: text,
    digest: text,
    by: text,
    credential: text,
    signedInAtMs: count,
    answer: z.enum(['approve', 'reject']),
    asks: z.array(text),
    reason: text.nullable(),
  }),
  z.strictObject({
    ...ofRun,
    type: z.literal('approval.settled'),
    call: text,
    digest: text,
    of: z.enum(['call', 'result']),
    outcome: z.enum(['approved', 'rejected', 'expired', 'withdrawn']),
    by: z.array(text),
    why: text.nullable(),
  }),
  z.strictObject({
    ...ofCall,
    ...decided,
    type: z.literal('call.denied'),
    remedies: z.array(z.strictObject({ code: text, text })),
  }),
  z.strictObject({
    ...ofCall,
    ...decided,
    type: z.literal('call.started'),
    reservations: z.array(reservation),
    idempotencyKey: text.nullable(),
    for: text.exactOptional(),
    approvedBy: z.array(text).exactOptional(),
    editedFrom: text.exactOptional(),
  }),
  z.strictObject({
    ...ofCall,
    type: z.literal('call.finished'),
    outcome: z.enum(['completed', 'failed', 'indeterminate']),
    by: z.enum(['upstream', 'sallyport']),
    delivered: z.boolean(),
    dryRun: z.boolean(),
    result: text.nullable(),
    released: text.nullable(),
    frame: text.exactOptional(),
    shown: text.exactOptional(),
    holdsNext: z.literal(true).exactOptional(),
    withheld: z
      .strictObject({
        ...withheld,
        asks: z.array(askShape),
        expiresAtMs: count,
        arguments: text,
        facts: text,
      })
      .exactOptional(),
    layers: layersShape.exactOptional(),
    isError: z.boolean(),
    findings: z.array(finding),
    durationMs: z.number(),
    tokens: z.number().nullable(),
    costMicroUsd: z.number().nullable(),
    labels: labelsShape,
    budgetLeft: object,
  }),
  z.strictObject({
    ...ofRun,
    type: z.literal('call.delivered'),
    calls: z.array(z.strictObject({ call: text, digest: text })),
  }),
  z.strictObject({ ...ofCall, type: z.literal('call.undelivered') }),
  z.strictObject({
    ...ofCall,
    type: z.literal('call.joined'),
    joined: text,
    delivered: z.boolean(),
  }),
] as const;

const gatewayEvents = [
  z.strictObject({ ...common, type: z.literal('gateway.started'), version: text, policy: text }),
  z.strictObject({ ...common, type: z.literal('gateway.stopped') }),
  z.strictObject({
    ...common,
    type: z.literal('policy.loaded'),
    policy: text,
    lock: text,
    changed: z.array(text),
  }),
  z.strictObject({
    ...common,
    type: z.literal('policy.rejected'),
    policy: text.nullable(),
    errors: z.array(text),
  }),
  z.strictObject({
    ...common,
    type: z.literal('catalog.changed'),
    upstream: text,
    tool: text,
    change: z.enum(['new', 'changed', 'missing', 'restored']),
    digest: text.nullable(),
    pinned: text.nullable(),
  }),
  z.strictObject({
    ...common,
    type: z.literal('breaker.opened'),
    tool: text,
    failures: count,
    untilMs: z.number(),
  }),
  z.strictObject({ ...common, type: z.literal('breaker.closed'), tool: text }),
  z.strictObject({
    ...common,
    type: z.literal('agent.suspended'),
    agent: text,
    by: text,
    reason: text.nullable(),
  }),
  z.strictObject({ ...common, type: z.literal('agent.resumed'), agent: text, by: text }),
  z.strictObject({
    ...common,
    type: z.literal('token.minted'),
    token: text,
    holder: text,
    name: text,
    expiresAtMs: z.number().nullable(),
  }),
  z.strictObject({ ...common, type: z.literal('token.revoked'), token: text }),
  z.strictObject({
    ...common,
    type: z.literal('mediation.recorded'),
    agent: text,
    proven: z.boolean(),
    policy: text,
  }),
  z.strictObject({
    ...common,
    type: z.literal('alert.raised'),
    alert: text,
    run: text.nullable(),
    call: text.nullable(),
    details: object,
  }),
  z.strictObject({
    ...common,
    type: z.literal('session.opened'),
    session: text,
    user: text,
    credential: text,
  }),
  z.strictObject({
    ...common,
    type: z.literal('session.closed'),
    session: text,
    user: text,
    credential: text,
  }),
  z.strictObject({
    ...common,
    type: z.literal('catalog.pinned'),
    tool: text,
    digest: text,
    by: text,
  }),
  z.strictObject({
    ...common,
    type: z.literal('notification.sent'),
    channel: text,
    id: text,
    about: text,
    run: text.nullable(),
    call: text.nullable(),
    ok: z.boolean(),
    attempts: count,
    failure: text.nullable(),
  }),
  z.strictObject({
    ...common,
    type: z.literal('identity.refused'),
    code: text,
    credential: text.nullable(),
  }),
  z.strictObject({
    ...common,
    type: z.literal('edge.refused'),
    refusals: z.array(z.strictObject({ code: text, credential: text.nullable(), count })),
    others: count,
  }),
  z.strictObject({ ...common, type: z.literal('spool.recovered'), refusals: z.array(json) }),
] as const;

export const eventTypes: ReadonlySet<string> = new Set(
  [...runEvents, ...callEvents, ...gatewayEvents].map(({ shape }) => shape.type.value),
);

export const eventShape: z.ZodType<Event> = z.discriminatedUnion('type', [
  ...runEvents,
  ...callEvents,
  ...gatewayEvents,
]);
