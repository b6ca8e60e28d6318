/** Turns what was decided and what happened into events: the only place that writes them for calls. */
import { isJsonObject, type JsonObject, type JsonValue } from '../content/value.ts';
import { remainingBudget } from '../engine/budget.ts';
import type { Decision, Finding } from '../engine/decision.ts';
import type { Mediation, RecordedFinding, RunEvent } from '../engine/events.ts';
import type { Facts } from '../engine/facts.ts';
import type { Run } from '../engine/run.ts';
import type { Agent, Policy, Tool } from '../policy/model.ts';

/** A call as its events name it. */
export interface CallIdentity {
  readonly call: string;
  readonly step: number | null;
  readonly toolName: string;
  readonly tool: Tool | null;
  readonly digest: string;
  readonly mediation: Mediation;
}

type CallFields = Pick<
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

type DecidedFields = Pick<
  Extract<RunEvent, { type: 'call.denied' }>,
  | 'arguments'
  | 'verdict'
  | 'effect'
  | 'enforcement'
  | 'dryRun'
  | 'findings'
  | 'facts'
  | 'budgetLeft'
>;

export function decidedFields(
  decision: Decision,
  args: string,
  facts: Facts | null,
  budgetLeft: JsonObject,
): DecidedFields {
  return {
    arguments: args,
    verdict: decision.verdict,
    effect: decision.effect,
    enforcement: decision.enforcement,
    dryRun: decision.dryRun,
    findings: recordedFindings(decision.findings),
    facts: facts === null ? {} : { ...facts, breaker: { ...facts.breaker } },
    budgetLeft,
  };
}

export function recordedFindings(findings: readonly Finding[]): RecordedFinding[] {
  return findings.map(({ stage, code, verdict, details, at }) => ({
    stage,
    code,
    verdict,
    details,
    at: at === null ? null : `${at.file}:${at.line}:${at.column}`,
  }));
}

/** `{ steps, tool_calls, duration_ms, tokens, cost_micro_usd }`, as far as something bounds them. */
export function budgetLeft(agent: Agent | undefined, run: Run, nowMs: number): JsonObject {
  if (agent === undefined) return {};
  const left = remainingBudget(agent, run, nowMs);
  const named: [string, JsonValue | undefined][] = [
    ['steps', left.steps],
    ['tool_calls', left.toolCalls],
    ['duration_ms', left.durationMs],
    ['tokens', left.tokens],
    ['cost_micro_usd', left.costMicroUsd],
  ];
  return Object.fromEntries(
    named.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** Reads a payload of ours back into an object; null when it isn't one. */
export function objectFrom(
  bytes: Uint8Array | null,
  parse: (text: Uint8Array) => JsonValue,
): JsonObject | null {
  if (bytes === null) return null;
  const value = parse(bytes);
  return isJsonObject(value) ? value : null;
}
