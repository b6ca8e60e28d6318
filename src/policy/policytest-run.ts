/**
 * Runs one policy test: the engine itself decides, reads, folds and inspects; only the world around it (clock, counters,
 * upstreams) is in memory. What passes here is what the gateway does with the same policy.
 */

import { scanTexts } from '../content/detection/scan.ts';
import { digestOf } from '../content/digest.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../content/value.ts';
import { autonomyDraws } from '../engine/autonomy.ts';
import type { ReadCall } from '../engine/call.ts';
import type { FindingCode } from '../engine/codes.ts';
import type { Context, Proposed } from '../engine/context.ts';
import { usedKeys } from '../engine/counters.ts';
import { decide, isEstablished } from '../engine/decide.ts';
import type { Decision } from '../engine/decision.ts';
import { joinable } from '../engine/duplicates.ts';
import type { OpenerRisk, RunEvent } from '../engine/events.ts';
import { fold } from '../engine/fold.ts';
import { gather } from '../engine/gather.ts';
import { mergeLabels, noLabels } from '../engine/labels.ts';
import { decideLookUp, lookUpsOf } from '../engine/look-ups.ts';
import { openerRisk, textsOfOpener } from '../engine/opener-risk.ts';
import { asJson } from '../engine/outputs/result.ts';
import { readCall } from '../engine/read-call.ts';
import { lookedAt, referencesOf, withReferences } from '../engine/references.ts';
import type { Labels, Run } from '../engine/run.ts';
import { looksOf } from '../engine/scans.ts';
import type { Policy, SourcePosition, Tool } from './model.ts';
import { answer, askedOf } from './policytest-approval.ts';
import { answered, endOf } from './policytest-ending.ts';
import { differs, type Outcome, type Shown } from './policytest-outcome.ts';
import { inVain, reasonsOf, said } from './policytest-reasons.ts';
import type { Given, PolicyTest, TestAnswer, TestCall, TestStep } from './policytest-table.ts';
import { TestWorld } from './policytest-world.ts';

export interface PolicyTestResult {
  readonly name: string;
  readonly at: SourcePosition;
  readonly calls: number;
  /** Empty: as expected. */
  readonly failures: readonly PolicyTestFailure[];
}

export interface PolicyTestFailure {
  readonly at: SourcePosition;
  readonly tool: string;
  /** Of a repeated call: which one, from 1. */
  readonly repetition: number | null;
  readonly expected: string;
  readonly actual: string;
  /** Of what was decided, and not expected. */
  readonly because: readonly string[];
}

export class TestRun {
  readonly #policy: Policy;
  readonly #test: PolicyTest;
  readonly #world: TestWorld;
  readonly #failures: PolicyTestFailure[] = [];
  /** Of the call that is being decided. */
  readonly #lookedInVain: string[] = [];
  #run: Run;
  /** The runs above it, parent first. */
  #above: readonly Run[] = [];
  #runs = 0;
  #calls = 0;

  constructor(policy: Policy, test: PolicyTest) {
    this.#policy = policy;
    this.#test = test;
    this.#world = new TestWorld(test.given.atMs);
    this.#run = this.#opened(test.given);
  }

  result(): PolicyTestResult {
    for (const step of this.#test.steps) this.#step(step);
    const { name, at } = this.#test;
    return { name, at, calls: this.#calls, failures: this.#failures };
  }

  #step(step: TestStep): void {
    switch (step.type) {
      case 'wait':
        this.#world.nowMs += step.ms;
        return;
      case 'report':
        this.#append({ ...this.#common(), type: 'run.usage', ...step.usage });
        return;
      case 'open':
        this.#world.nowMs = Math.max(this.#world.nowMs, step.given.atMs);
        this.#above = step.below ? [this.#run, ...this.#above] : [];
        this.#run = this.#opened(step.given);
        return;
      case 'call':
        for (let repetition = 1; repetition <= step.times; repetition += 1) {
          const outcome = this.#call(step.call, repetition, step.times);
          const difference = differs(step.call, outcome);
          if (difference === null) continue;
          this.#failures.push({
            at: step.at,
            tool: step.call.tool,
            repetition: step.times > 1 ? repetition : null,
            ...difference,
            because: outcome.because,
          });
          // The rest of a repetition would say the same.
          return;
        }
    }
  }

  #opened(given: Given): Run {
    this.#runs += 1;
    const [parent] = this.#above;
    const own: Labels = given.outside.length > 0 ? { ...noLabels, trust: 'untrusted' } : noLabels;
    const risk = this.#riskOf(given);
    return fold(null, {
      v: 1,
      type: 'run.opened',
      atMs: this.#world.nowMs,
      run: `run_${this.#runs}`,
      agent: given.agent.value,
      user: given.user?.value ?? null,
      policy: this.#policy.hash,
      // Who declares a case and has none bound carries no handle: that is an implicit run.
      implicit:
        given.case === null &&
        (this.#policy.agents.get(given.agent.value)?.caseNames.size ?? 0) > 0,
      credential: 'policytest',
      parent: parent?.id ?? null,
      case: given.case ?? {},
      request: given.request?.text ?? null,
      requestTrusted: given.request?.trusted ?? false,
      only: given.only,
      budget: {},
      outside: given.outside,
      dryRun: false,
      labels: mergeLabels(parent?.labels ?? noLabels, own),
      ...(risk === null ? {} : { risk }),
    });
  }

  /** As the gateway looks at what the opener passes in. */
  #riskOf({ request, case: values }: Given): OpenerRisk | null {
    const texts = textsOfOpener({ request: request?.text ?? null, case: values ?? {} });
    const looks = { ...looksOf(this.#policy), held: [] };
    return openerRisk(this.#policy, texts, scanTexts(texts, looks));
  }

  #call(call: TestCall, repetition: number, times: number): Outcome {
    this.#calls += 1;
    const id = `call_${this.#calls}`;
    const args = times > 1 ? numbered(call.args, repetition) : call.args;
    const tool = this.#policy.tools.get(call.tool) ?? null;
    const proposed = {
      policy: this.#policy,
      run: this.#run,
      ancestors: this.#above,
      call: {
        id,
        tool: call.tool,
        args: isJsonObject(args) ? args : {},
        step: null,
        dryRun: false,
      },
      tool,
      reading: tool === null ? null : readCall(tool, isJsonObject(args) ? args : {}),
    };
    const context = this.#lookedUp(this.#contextOf(proposed), call.finds);
    const read = context.reading?.ok === true ? context.reading.read : null;
    const repeated =
      read === null ? null : joinable(this.#run, read.digest, read.tool.tier, this.#world.nowMs);
    if (repeated !== null)
      return { verdict: 'join', codes: [], because: [], asks: [], lacks: null, shown: null };
    const decision = decide(context);
    const reasons = reasonsOf(decision);
    const decided = {
      verdict: isRemembered(decision) ? ('allow' as const) : decision.verdict,
      codes: codesOf(decision),
      because: [...this.#lookedInVain.splice(0), ...reasons.map(said)],
      asks: decision.asks.map(({ by }) => askedOf(by)),
    };
    if (decision.asks.length > 0 && read !== null && call.approvedBy.length > 0)
      return { ...decided, ...this.#answered(context, decision, read, call) };
    const shown =
      decision.effect === 'allow' && read !== null
        ? this.#performed(id, decision, read, call.returns, null)
        : this.#refused(id, decision, context);
    const unasked = call.approvedBy.length > 0 ? 'nobody is asked' : null;
    return { ...decided, lacks: unasked, shown };
  }

  /** People agree, and the call is decided again. */
  #answered(
    context: Context,
    decision: Decision,
    read: ReadCall,
    call: TestCall,
  ): Pick<Outcome, 'lacks' | 'shown'> {
    const { id } = context.call;
    this.#append({
      ...this.#decided(id, call.tool, read.tool, read.digest, decision),
      type: 'call.held',
      arguments: this.#world.keep(read.args),
      asks: decision.asks,
      expiresAtMs: this.#world.nowMs + this.#policy.approvals.timeoutMs,
      shown: read.digest,
      reason: null,
    });
    const held = this.#run.held.find((one) => one.id === id);
    if (held === undefined) return { lacks: 'it no longer waits', shown: null };
    const { events, lacks } = answer(
      held,
      call.approvedBy.map(({ value }) => value),
      [this.#run, ...this.#above],
      { policy: this.#policy, atMs: this.#world.nowMs },
    );
    for (const event of events) this.#append(event);
    if (lacks === null) this.#world.draw(autonomyDraws(held, 'approved'));
    if (lacks !== null) return { lacks, shown: null };
    const again = this.#lookedUp(this.#contextOf({ ...context, run: this.#run }), call.finds);
    const now = decide(again);
    if (now.effect === 'allow')
      return { lacks: null, shown: this.#performed(id, now, read, call.returns, null) };
    this.#refused(id, now, again);
    return { lacks: `then ${now.verdict} for ${codesOf(now).join(', ')}`, shown: null };
  }

  #contextOf(proposed: Proposed): Context {
    return {
      ...proposed,
      facts: this.#world.facts(gather(proposed), [proposed.run, ...this.#above]),
    };
  }

  /** As the gateway looks at what a call names before it decides. */
  #lookedUp(context: Context, finds: TestCall['finds']): Context {
    const { history, nowMs } = context.facts;
    const { reading: asked } = context;
    if (asked?.ok !== true) return context;
    const lookUps = history === null ? [] : lookUpsOf(context, history, nowMs);
    const references = lookedAt(referencesOf(this.#policy, asked.read));
    if (lookUps.length + references.length === 0 || !isEstablished(context)) return context;
    for (const [index, { tool, args }] of lookUps.entries()) {
      const reading = readCall(tool, args);
      const id = `${context.call.id}_look_${index + 1}`;
      const call = { ...context.call, id, tool: tool.name, args };
      const decision = decideLookUp(
        this.#contextOf({ ...context, run: this.#run, call, tool, reading }),
      );
      const found = finds.get(tool.name) ?? null;
      const shown =
        decision.effect === 'allow' && reading.ok
          ? this.#performed(id, decision, reading.read, found, context.call.id)
          : null;
      if (shown?.type !== 'result')
        this.#lookedInVain.push(`${tool.name} found nothing${inVain(decision, found, shown)}`);
    }
    const seen = references.map((reference) => {
      const found = finds.get(reference.lookUp.tool.name);
      return {
        reference,
        seen: found?.type === 'data' || found?.type === 'text' ? digestOf(answered(found)) : null,
      };
    });
    const read = seen.length === 0 ? asked.read : withReferences(asked.read, seen);
    return this.#contextOf({ ...context, run: this.#run, reading: { ok: true, read } });
  }

  #refused(id: string, decision: Decision, { tool, reading, call }: Context): null {
    const digest =
      reading?.ok === true ? reading.read.digest : (reading?.digest ?? digestOf(call.tool));
    this.#append({
      ...this.#decided(id, call.tool, tool, digest, decision),
      type: 'call.denied',
      remedies: [],
    });
    return null;
  }

  #performed(
    id: string,
    decision: Decision,
    read: ReadCall,
    answer: TestAnswer | null,
    lookUpFor: string | null,
  ): Shown | null {
    const { tool } = read;
    const decided = this.#decided(id, tool.name, tool, read.digest, decision);
    this.#world.draw(decision.reservations);
    this.#world.noteDown(tool, this.#run);
    this.#append({
      ...decided,
      arguments: this.#world.keep(read.args),
      type: 'call.started',
      reservations: decision.reservations,
      idempotencyKey: null,
      ...(lookUpFor === null ? {} : { for: lookUpFor }),
    });
    const isSeen = lookUpFor === null;
    const ended = endOf(answer, { policy: this.#policy, decision, tool, args: read.args });
    if (ended.outcome === 'completed' && isSeen) {
      this.#world.use(usedKeys(this.#policy, this.#run.agent, read));
    }
    const { v, atMs, run, agent, user, policy, call, step, tier, digest, mediation } = decided;
    this.#append({
      ...{ v, atMs, run, agent, user, policy, call, step, tier, digest, mediation },
      tool: tool.name,
      type: 'call.finished',
      outcome: ended.outcome,
      by: ended.outcome === 'indeterminate' ? 'sallyport' : 'upstream',
      dryRun: false,
      delivered: ended.outcome !== 'indeterminate',
      result: ended.digest,
      released: isSeen && ended.released !== null ? this.#world.keep(asJson(ended.released)) : null,
      ...(ended.says === null ? {} : { shown: this.#world.keepShown(ended.says) }),
      ...(ended.holdsNext && isSeen ? { holdsNext: true } : {}),
      isError: ended.isError,
      findings: [],
      durationMs: 0,
      tokens: null,
      costMicroUsd: null,
      labels: isSeen ? mergeLabels(ended.labels, this.#world.recalled(tool)) : noLabels,
      budgetLeft: {},
    });
    if (ended.outcome !== 'indeterminate' && isSeen)
      this.#append({
        ...this.#common(),
        type: 'call.delivered',
        calls: [{ call: id, digest: read.digest }],
      });
    return ended.shown;
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
      policy: this.#policy.hash,
    } as const;
  }

  #decided(call: string, tool: string, facts: Tool | null, digest: string, decision: Decision) {
    return {
      ...this.#common(),
      call,
      step: null,
      tool,
      tier: facts?.tier ?? 3,
      digest,
      mediation: 'brokered',
      arguments: digest,
      verdict: decision.verdict,
      effect: decision.effect,
      enforcement: decision.enforcement,
      dryRun: decision.dryRun,
      findings: decision.findings.map(({ stage, code, verdict, details }) => ({
        stage,
        code,
        verdict,
        details,
        at: null,
      })),
      facts: {},
      budgetLeft: {},
    } as const;
  }
}

/** Nobody is asked once more: what people said of these values earlier in the run speaks for all that would wait. */
function isRemembered({ effect, findings }: Decision): boolean {
  return effect === 'allow' && findings.some(({ code }) => code === 'approval.given');
}

function codesOf(decision: Decision): readonly FindingCode[] {
  return [...new Set(reasonsOf(decision).map(({ code }) => code))].toSorted();
}

/** `{n}` in a text is the number of the repetition; a text that is nothing else is the number itself. */
function numbered(value: JsonValue, repetition: number): JsonValue {
  if (value === '{n}') return repetition;
  if (typeof value === 'string') return value.replaceAll('{n}', String(repetition));
  if (isJsonArray(value)) return value.map((one) => numbered(one, repetition));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, numbered(one, repetition)]),
  );
}
