/**
 * One run of an agent, decided by the engine itself: read, gathered, decided, inspected and folded as the gateway does it.
 * Only the world around it (clock, counters, upstreams) is in memory.
 */

import { scanText } from '../../src/content/detection/scan.ts';
import type { Scans, TextScan } from '../../src/content/detection/sighting.ts';
import { digestOf } from '../../src/content/digest.ts';
import type { JsonObject } from '../../src/content/value.ts';
import type { ReadCall } from '../../src/engine/call.ts';
import type { Context } from '../../src/engine/context.ts';
import { usedKeys } from '../../src/engine/counters.ts';
import { decide } from '../../src/engine/decide.ts';
import type { Decision, Finding, Verdict } from '../../src/engine/decision.ts';
import { joinable } from '../../src/engine/duplicates.ts';
import type { RunEvent } from '../../src/engine/events.ts';
import { fold } from '../../src/engine/fold.ts';
import { gather } from '../../src/engine/gather.ts';
import { noLabels } from '../../src/engine/labels.ts';
import { inspect } from '../../src/engine/outputs/inspect.ts';
import { obligationsOfResult } from '../../src/engine/outputs/obligations.ts';
import { asJson, type ToolResult } from '../../src/engine/outputs/result.ts';
import { textsOf } from '../../src/engine/outputs/texts.ts';
import { readCall } from '../../src/engine/read-call.ts';
import type { Run } from '../../src/engine/run.ts';
import { looksOf } from '../../src/engine/scans.ts';
import type { Policy, Tool } from '../../src/policy/model.ts';
import { TestWorld } from '../../src/policy/policytest-world.ts';
import type { MeasuredPolicy } from './policy.ts';
import type { Step } from './suite.ts';

export interface Judgement {
  readonly tool: string;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** Allowed only because a person has answered the same question earlier in the run. */
  readonly answered: boolean;
}

/** What the answers that people gave in this run are remembered for: each finding of a hold says it. */
type Answers = Set<string>;

/** The day on which the suites' own tools say that it is. */
const openedAtMs = Date.UTC(2024, 4, 15, 8);
const callMs = 1_000;

export class Session {
  readonly #measured: MeasuredPolicy;
  readonly #world = new TestWorld(openedAtMs);
  readonly #answers: Answers = new Set();
  #run: Run;
  #calls = 0;

  constructor(measured: MeasuredPolicy, request: string) {
    this.#measured = measured;
    this.#run = fold(null, {
      v: 1,
      type: 'run.opened',
      atMs: openedAtMs,
      run: 'run_1',
      agent: measured.agent,
      user: measured.user,
      policy: measured.policy.hash,
      implicit: false,
      credential: 'protection',
      parent: null,
      case: {},
      request,
      requestTrusted: true,
      only: measured.plans.get(request) ?? null,
      budget: {},
      outside: [],
      dryRun: false,
      labels: noLabels,
    });
  }

  /** What would be decided now. Nothing is remembered of it. */
  judge(tool: string, args: JsonObject): Judgement {
    return this.#decided(tool, args).judgement;
  }

  /**
   * Decides a step; `performed` says whether it was performed nevertheless, or not at all: a recording went on whatever we
   * say of it, and of a held step a person may have approved.
   */
  step(step: Step, performed: (verdict: Verdict) => boolean, approving = true): Judgement {
    const { tool, args, result, error } = step;
    this.#world.nowMs += callMs;
    const { judgement: found, decision, context, joined } = this.#decided(tool, args);
    if (joined) return found;
    const judgement: Judgement = this.#isAnswered(found)
      ? { ...found, verdict: 'allow', answered: true }
      : found;
    this.#calls += 1;
    const reading = context.reading;
    if (performed(judgement.verdict) && reading?.ok === true) {
      if (approving) this.#remember(judgement);
      this.#perform(decision, reading.read, resultOf(result, error));
    } else this.#refuse(decision, context);
    return judgement;
  }

  /** A person who has answered isn't asked the same again in this run. */
  #isAnswered(judgement: Judgement): boolean {
    const asked = asksOf(judgement);
    return asked.length > 0 && asked.every((ask) => ask !== null && this.#answers.has(ask));
  }

  #remember(judgement: Judgement): void {
    for (const ask of asksOf(judgement)) if (ask !== null) this.#answers.add(ask);
  }

  #decided(name: string, args: JsonObject) {
    const { policy, tools } = this.#measured;
    const tool = tools.get(name) ?? null;
    const call = {
      id: `call_${this.#calls + 1}`,
      tool: tool?.name ?? name,
      args,
      step: null,
      dryRun: false,
    };
    const reading = tool === null ? null : readCall(tool, args);
    const proposed = { policy, run: this.#run, ancestors: [], call, tool, reading };
    const context: Context = {
      ...proposed,
      facts: this.#world.facts(gather(proposed), [this.#run]),
    };
    const decision = decide(context);
    const joined =
      reading?.ok === true &&
      joinable(this.#run, reading.read.digest, reading.read.tool.tier, this.#world.nowMs) !== null;
    const verdict = joined ? 'allow' : decision.verdict;
    const judgement: Judgement = {
      tool: name,
      verdict,
      findings: joined ? [] : decision.findings,
      answered: false,
    };
    return { judgement, decision, context, joined };
  }

  #perform(decision: Decision, { tool, args, ...read }: ReadCall, result: ToolResult): void {
    const { policy, agent } = this.#measured;
    const id = `call_${this.#calls}`;
    // What is shown of a result that came although the call was refused here is bounded as any other is.
    const went: Decision =
      decision.effect === 'allow'
        ? decision
        : {
            ...decision,
            effect: 'allow',
            obligations: obligationsOfResult(policy, tool),
          };
    this.#world.draw(went.reservations);
    this.#append({
      ...this.#ofCall(id, tool, tool.name, read.digest),
      ...this.#concluded(went, read.digest),
      arguments: this.#world.keep(args),
      type: 'call.started',
      reservations: went.reservations,
      idempotencyKey: null,
    });
    const inspection = inspect({
      policy,
      decision: went,
      tool,
      args,
      result,
      scans: scansOfResult(policy, tool, result),
      marks: { boundary: 'protection-boundary', placeholderKey: 'protection' },
    });
    const failed = result.isError === true || !inspection.success;
    const released = inspection.result === null ? null : asJson(inspection.result);
    if (!failed) this.#world.use(usedKeys(policy, agent, { tool, args, ...read }));
    this.#append({
      ...this.#ofCall(id, tool, tool.name, read.digest),
      type: 'call.finished',
      outcome: failed ? 'failed' : 'completed',
      by: 'upstream',
      dryRun: false,
      delivered: true,
      result: digestOf(result.content),
      released: released === null ? null : this.#world.keep(released),
      ...(inspection.shown === null ? {} : { shown: this.#world.keepShown(inspection.shown) }),
      isError: result.isError === true,
      findings: [],
      durationMs: 0,
      tokens: null,
      costMicroUsd: null,
      labels: inspection.labels,
      budgetLeft: {},
    });
    this.#append({
      ...this.#common(),
      type: 'call.delivered',
      calls: [{ call: id, digest: read.digest }],
    });
  }

  #refuse(decision: Decision, { call, tool, reading }: Context): void {
    const digest =
      reading?.ok === true ? reading.read.digest : (reading?.digest ?? digestOf(call.tool));
    this.#append({
      ...this.#ofCall(call.id, tool, call.tool, digest),
      ...this.#concluded(decision, digest),
      type: 'call.denied',
      remedies: [],
    });
  }

  #append(event: RunEvent): void {
    this.#run = fold(this.#run, event);
  }

  #common() {
    const { id, agent, user } = this.#run;
    return {
      v: 1,
      atMs: this.#world.nowMs,
      run: id,
      agent,
      user,
      policy: this.#measured.policy.hash,
    } as const;
  }

  #ofCall(call: string, facts: Tool | null, tool: string, digest: string) {
    return {
      ...this.#common(),
      call,
      step: null,
      tool,
      tier: facts?.tier ?? 3,
      digest,
      mediation: 'brokered',
    } as const;
  }

  #concluded({ verdict, effect, enforcement, dryRun, findings }: Decision, digest: string) {
    return {
      arguments: digest,
      verdict,
      effect,
      enforcement,
      dryRun,
      findings: findings.map(({ stage, code, verdict: found, details }) => ({
        stage,
        code,
        verdict: found,
        details,
        at: null,
      })),
      facts: {},
      budgetLeft: {},
    };
  }
}

/** What an answer to each finding of a hold would be remembered for; null: for nothing. */
function asksOf({ verdict, findings }: Judgement): readonly (string | null)[] {
  if (verdict !== 'hold') return [];
  return findings
    .filter((finding) => finding.verdict === 'hold' && finding.code !== 'approval.unavailable')
    .map(({ code, details }) =>
      details['remember'] === undefined ? null : JSON.stringify([code, details['remember']]),
    );
}

/** The same results come again in every variant of an attack. */
const scanned = new WeakMap<Policy, Map<string, TextScan>>();

function scansOfResult(policy: Policy, tool: Tool, result: ToolResult): Scans {
  const known = scanned.get(policy) ?? new Map<string, TextScan>();
  scanned.set(policy, known);
  const looks = { ...looksOf(policy), held: [] };
  return new Map(
    textsOf(result, tool, policy).map((text) => {
      const scan = known.get(text) ?? scanText(text, looks);
      known.set(text, scan);
      return [text, scan];
    }),
  );
}

/** The same results come again in every variant of an attack: each is made, and read, once. */
const answers = new Map<string, ToolResult>();

/** As an MCP server would answer: one text; an error is one too. */
function resultOf(result: string, error: string | null): ToolResult {
  const text = error ?? result;
  const key = `${error === null}${text}`;
  const known = answers.get(key);
  if (known !== undefined) return known;
  const content = [{ type: 'text', text }];
  const answer: ToolResult = error === null ? { content } : { content, isError: true };
  answers.set(key, answer);
  return answer;
}

/** The reasons of a verdict, each code once; that nobody can answer a hold yet is no reason. */
export function reasonsOf({ verdict, findings }: Judgement): readonly string[] {
  const codes = findings
    .filter((finding) => finding.verdict === verdict && finding.code !== 'approval.unavailable')
    .map(({ code }) => code);
  return [...new Set<string>(codes)].toSorted();
}
