/** Turns what was decided and what happened into events: the only place that writes them for calls. */
import { detectorVersions } from '../content/detection/scan.ts';
import type { Scans } from '../content/detection/sighting.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../content/value.ts';
import { remainingBudget } from '../engine/budget.ts';
import type { Decision, Finding, Remedy } from '../engine/decision.ts';
import type { Mediation, RecordedFinding, RunEvent } from '../engine/events.ts';
import type { Facts } from '../engine/facts.ts';
import { layersOf } from '../engine/layers.ts';
import { isPassedCheck, passedChecks } from '../engine/passed-checks.ts';
import type { Run } from '../engine/run.ts';
import type { Agent, Policy, SourcePosition, Tool } from '../policy/model.ts';
import type { Redaction } from './redaction.ts';

const detailCharactersMax = 256;
const detailItemsMax = 100;
const remedyCharactersMax = 2_000;

/** A call as its events name it. */
export interface CallIdentity {
  readonly call: string;
  readonly step: number | null;
  readonly toolName: string;
  readonly tool: Tool | null;
  readonly digest: string;
  readonly mediation: Mediation;
}

export type CallFields = Pick<
  Extract<RunEvent, { type: 'call.denied' }>,
  | 'v'
  | 'atMs'
  | 'run'
  | 'agent'
  | 'user'
  | 'policy'
  | 'call'
  | 'step'
  | 'tool'
  | 'tier'
  | 'digest'
  | 'mediation'
>;

export function callFields(
  run: Run,
  policy: Policy,
  identity: CallIdentity,
  atMs: number,
): CallFields {
  return {
    v: 1,
    atMs,
    run: run.id,
    agent: run.agent,
    user: run.user,
    policy: policy.hash,
    call: identity.call,
    step: identity.step,
    tool: identity.toolName,
    // A tool nobody classified is irreversible.
    tier: identity.tool?.tier ?? 3,
    digest: identity.digest,
    mediation: identity.mediation,
  };
}

export type DecidedFields = Pick<
  Extract<RunEvent, { type: 'call.denied' }>,
  | 'arguments'
  | 'verdict'
  | 'effect'
  | 'enforcement'
  | 'dryRun'
  | 'findings'
  | 'passed'
  | 'facts'
  | 'budgetLeft'
  | 'layers'
>;

export function decidedFields(
  decision: Decision,
  args: string,
  facts: Facts,
  budgetLeft: JsonObject,
  redaction: Redaction,
): DecidedFields {
  const passed = passedChecks(decision.findings);
  return {
    arguments: args,
    verdict: decision.verdict,
    effect: decision.effect,
    enforcement: decision.enforcement,
    dryRun: decision.dryRun,
    findings: recordedFindings(
      decision.findings.filter((finding) => !isPassedCheck(finding)),
      redaction,
    ),
    ...(passed === null ? {} : { passed }),
    facts: {
      breaker: { ...facts.breaker },
      definition: facts.definition,
      ...(facts.scans.size === 0 ? {} : { detectors: detectorsAsked(facts.scans) }),
      nowMs: facts.nowMs,
      once: redactedKeys(facts.once, redaction),
      suspended: facts.suspended,
      upstreamUp: facts.upstreamUp,
      used: redactedKeys(facts.used, redaction),
      windows: redactedKeys(facts.windows, redaction),
    },
    budgetLeft,
    layers: layersOf(decision.findings, facts.scans.size > 0),
  };
}

/** Keys of counters hold the values that they count by. */
function redactedKeys(counters: JsonObject, redaction: Redaction): JsonValue {
  return Object.keys(counters).length === 0 ? counters : redaction.value(counters);
}

/** Who looked at the arguments: another version may say something else of them. A model has none; what it said is told. */
function detectorsAsked(scans: Scans): JsonObject {
  const asked: Record<string, number | string> = {};
  for (const { injection, pii, secrets, model } of scans.values()) {
    if (injection !== null) asked['injection'] = detectorVersions.injection;
    if (pii !== null) asked['pii'] = detectorVersions.pii;
    if (secrets !== null) asked['secrets'] = detectorVersions.secrets;
    if (model === null) continue;
    const said = asked['model'];
    if (model.type === 'failed') asked['model'] = model.reason;
    else if (typeof said !== 'string') asked['model'] = Math.max(said ?? 0, model.score);
  }
  return asked;
}

type Started = Extract<RunEvent, { type: 'call.started' }>;
type Finished = Extract<RunEvent, { type: 'call.finished' }>;

/** In the order of the canonical form, like the one below: there are two of these a call, and they needn't be sorted. */
export function startedEvent(
  call: CallFields,
  decided: DecidedFields,
  {
    reservations,
    idempotencyKey,
    lookUpFor,
    approvedBy,
    editedFrom,
  }: Pick<Started, 'reservations' | 'idempotencyKey'> & {
    readonly lookUpFor: string | null;
    readonly approvedBy: readonly string[];
    readonly editedFrom: string | null;
  },
): Started {
  return {
    agent: call.agent,
    ...(approvedBy.length === 0 ? {} : { approvedBy }),
    arguments: decided.arguments,
    atMs: call.atMs,
    budgetLeft: decided.budgetLeft,
    call: call.call,
    digest: call.digest,
    dryRun: decided.dryRun,
    ...(editedFrom === null ? {} : { editedFrom }),
    effect: decided.effect,
    enforcement: decided.enforcement,
    facts: decided.facts,
    findings: decided.findings,
    ...(lookUpFor === null ? {} : { for: lookUpFor }),
    idempotencyKey,
    ...(decided.layers === undefined ? {} : { layers: decided.layers }),
    mediation: call.mediation,
    ...(decided.passed === undefined ? {} : { passed: decided.passed }),
    policy: call.policy,
    reservations,
    run: call.run,
    step: call.step,
    tier: call.tier,
    tool: call.tool,
    type: 'call.started',
    user: call.user,
    v: call.v,
    verdict: decided.verdict,
  };
}

export function finishedEvent(
  call: CallFields,
  ended: Omit<
    Finished,
    | keyof CallFields
    | 'type'
    | 'tokens'
    | 'costMicroUsd'
    | 'frame'
    | 'shown'
    | 'holdsNext'
    | 'withheld'
  > & {
    readonly frame: string | null;
    readonly shown: string | null;
    readonly holdsNext: boolean;
    readonly withheld: Finished['withheld'] | null;
  },
): Finished {
  return {
    agent: call.agent,
    atMs: call.atMs,
    budgetLeft: ended.budgetLeft,
    by: ended.by,
    call: call.call,
    costMicroUsd: null,
    delivered: ended.delivered,
    digest: call.digest,
    dryRun: ended.dryRun,
    durationMs: ended.durationMs,
    findings: ended.findings,
    ...(ended.frame === null ? {} : { frame: ended.frame }),
    ...(ended.holdsNext ? { holdsNext: true } : {}),
    isError: ended.isError,
    labels: ended.labels,
    ...(ended.layers === undefined ? {} : { layers: ended.layers }),
    mediation: call.mediation,
    outcome: ended.outcome,
    policy: call.policy,
    released: ended.released,
    result: ended.result,
    run: call.run,
    ...(ended.shown === null ? {} : { shown: ended.shown }),
    step: call.step,
    tier: call.tier,
    tokens: null,
    tool: call.tool,
    type: 'call.finished',
    user: call.user,
    v: call.v,
    ...(ended.withheld == null ? {} : { withheld: ended.withheld }),
  };
}

/** Details name what an agent wrote (keys, tools): redacted like any payload, and cut, or a denial would be as long as it likes. */
export function recordedFindings(
  findings: readonly Finding[],
  redaction: Redaction,
): RecordedFinding[] {
  return findings.map((finding) => {
    const { stage, code, verdict, details, at } = finding;
    const redacted = redaction.value(details);
    return {
      at: at === null ? null : placeOf(at),
      code,
      details: isJsonObject(redacted) ? shortened(redacted) : {},
      stage,
      verdict,
    };
  });
}

function placeOf({ file, line, column }: SourcePosition): string {
  return `${file}:${line}:${column}`;
}

function shortened(details: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [cutText(name), cut(value)]),
  );
}

function cut(value: JsonValue): JsonValue {
  if (typeof value === 'string') return cutText(value);
  if (isJsonArray(value)) return value.slice(0, detailItemsMax).map(cut);
  return isJsonObject(value) ? shortened(value) : value;
}

/** A name that an agent chose, short enough for a record, and never half of a character: a record is JSON. */
export function cutText(text: string): string {
  return text.length <= detailCharactersMax
    ? text.toWellFormed()
    : `${text.slice(0, detailCharactersMax).toWellFormed()}…`;
}

/** Remedies repeat where in its arguments an agent went wrong, in its own words. */
export function recordedRemedies(remedies: readonly Remedy[], redaction: Redaction): Remedy[] {
  return remedies.map(({ code, text }) => ({
    code,
    text: redaction.text(text).slice(0, remedyCharactersMax).toWellFormed(),
  }));
}

const budgetWords = [
  ['cost_micro_usd', 'costMicroUsd'],
  ['duration_ms', 'durationMs'],
  ['steps', 'steps'],
  ['tokens', 'tokens'],
  ['tool_calls', 'toolCalls'],
] as const;

/** `{ steps, tool_calls, duration_ms, tokens, cost_micro_usd }`, as far as something bounds them. */
export function budgetLeft(agent: Agent | undefined, run: Run, nowMs: number): JsonObject {
  if (agent === undefined) return {};
  const left = remainingBudget(agent, run, nowMs);
  const named: Record<string, number> = {};
  for (const [written, name] of budgetWords) {
    const amount = left[name];
    if (amount !== undefined) named[written] = amount;
  }
  return named;
}
