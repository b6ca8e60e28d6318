/**
 * The life of one call: decided and durably intended before its effect, durably finished before its result is
 * released, joined to an earlier one where it repeats it, and never lost or guessed in between.
 */

import { SallyportError } from '../content/errors.ts';
import { readJson } from '../content/json.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../content/value.ts';
import type { ReadCall } from '../engine/call.ts';
import type { Context, Reading } from '../engine/context.ts';
import { usedKeys } from '../engine/counters.ts';
import { decide } from '../engine/decide.ts';
import type { Decision } from '../engine/decision.ts';
import { joinable } from '../engine/duplicates.ts';
import type { GatewayEvent, RunEvent } from '../engine/events.ts';
import type { Facts, FactsRequest } from '../engine/facts.ts';
import { gather } from '../engine/gather.ts';
import { readCall } from '../engine/read-call.ts';
import type { CallMemory, Run } from '../engine/run.ts';
import { shapeOf } from '../engine/tool-shape.ts';
import type { Policy, Tool } from '../policy/model.ts';
import { StoreError } from '../store/errors.ts';
import type { ToolResult, UpstreamOutcome } from '../upstreams/port.ts';
import { alertEvent, breakerAlerts, decisionAlerts } from './alerts.ts';
import type { Breakers } from './breakers.ts';
import { asJson, dryRunOutcome, endingOf } from './endings.ts';
import { Payloads, recordedArguments } from './payloads.ts';
import type { AgentPrincipal, CallAnswer, Proposal, Refusal } from './port.ts';
import type { RuntimePorts } from './ports.ts';
import {
  budgetLeft,
  type CallIdentity,
  callFields,
  decidedFields,
  recordedFindings,
} from './record.ts';
import { plainRefusal, refusalOf } from './refusals.ts';
import type { Runs } from './runs.ts';
import type { Draft, RunWriter } from './writer.ts';

/** A counter that fills between reading and drawing is read again; more often than this it is simply full. */
const decisionTriesMax = 4;
const alertsRememberedMax = 10_000;
export const callTimeoutMs = 60_000;

/** How a call ended, as its own request and every duplicate that joined it learn it. */
interface Settled {
  /** Its end is known and recorded. */
  readonly finished: boolean;
  /** The record says that its client had it: a client that turns out to have gone is then recorded too. */
  readonly recordedDelivered: boolean;
  readonly result: ToolResult | null;
  readonly refusal: Refusal | null;
}

type Step =
  | { readonly type: 'join'; readonly memory: CallMemory }
  | { readonly type: 'denied'; readonly decision: Decision }
  | {
      readonly type: 'started';
      readonly read: ReadCall;
      readonly decision: Decision;
      readonly started: RunEvent & { type: 'call.started' };
      readonly payloads: Payloads;
      readonly deferred: boolean;
    };

interface Attempt {
  readonly principal: AgentPrincipal;
  readonly proposal: Proposal;
  readonly id: string;
  readonly policy: Policy;
  readonly writer: RunWriter;
  readonly signal: AbortSignal;
  readonly onProgress: ((progress: number, total: number | null) => void) | undefined;
}

export class Calls {
  readonly #ports: RuntimePorts;
  readonly #runs: Runs;
  readonly #breakers: Breakers;
  /** Effects under way in this process, for duplicates to wait on. */
  readonly #underWay = new Map<string, Promise<Settled>>();
  /** By run and reason, the call that an alert was raised for: a loop that hits a limit a thousand times is one alert. */
  readonly #alerted = new Map<string, string>();
  readonly #turns = new Map<string, { running: number; waiting: (() => void)[] }>();

  constructor(ports: RuntimePorts, runs: Runs, breakers: Breakers) {
    this.#ports = ports;
    this.#runs = runs;
    this.#breakers = breakers;
  }

  /** Never rejects: whatever goes wrong is a refusal, and a refusal is recorded. */
  async call(
    principal: AgentPrincipal,
    proposal: Proposal,
    signal: AbortSignal,
    onProgress?: (progress: number, total: number | null) => void,
  ): Promise<CallAnswer> {
    const id = `call_${this.#ports.randomId()}`;
    try {
      const writer = await this.#runs.carried(principal, proposal.handles);
      if (writer === null) return await this.#refuseHandle(principal, id);
      return await this.#live({
        principal,
        proposal,
        id,
        policy: this.#ports.policy(),
        writer,
        signal,
        onProgress,
      });
    } catch (error) {
      return this.#fault(principal, proposal, id, error);
    }
  }

  /** When every effect that is under way now has ended and is written. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay.values());
  }

  async #live(attempt: Attempt): Promise<CallAnswer> {
    const leave = await this.#takeTurn(attempt);
    try {
      const tool = attempt.policy.tools.get(attempt.proposal.tool) ?? null;
      const reading = tool === null ? null : readCall(tool, attempt.proposal.args);
      const step = await this.#decide(attempt, tool, reading);
      switch (step.type) {
        case 'denied':
          return {
            type: 'refused',
            refusal: refusalOf(step.decision, attempt.id, attempt.writer.id),
          };
        case 'join':
          return await this.#join(attempt, step.memory);
        case 'started': {
          const effect = this.#effect(attempt, step);
          this.#underWay.set(attempt.id, effect);
          const settled = await effect.finally(() => this.#underWay.delete(attempt.id));
          return this.#answer(attempt, step.decision, settled);
        }
      }
    } finally {
      leave();
    }
  }

  /** Decides until the decision could be written: what was read of the counters may be gone by the time it is drawn. */
  async #decide(attempt: Attempt, tool: Tool | null, reading: Reading | null): Promise<Step> {
    const { policy, proposal, writer, id } = attempt;
    const call = {
      id,
      tool: proposal.tool,
      args: proposal.args,
      step: proposal.step,
      dryRun: proposal.dryRun,
    };
    for (let tries = 0; tries < decisionTriesMax; tries += 1) {
      const run = writer.run;
      if (run === null) throw new StoreError('store.corrupt', 'a run has no beginning');
      const ancestors = await this.#runs.ancestors(run);
      const facts = await this.#facts(
        gather({ policy, run, ancestors, call, tool, reading }),
        tool,
      );
      const steps: Step[] = [];
      try {
        const appended = await writer.append((now) => {
          if (now === null) throw new StoreError('store.corrupt', 'a run has no beginning');
          // Read here, where nobody comes between: two calls must not both be the one probe of a half-open breaker.
          const breaker = this.#breakers.fact(proposal.tool, id, facts.nowMs);
          const [step, draft] = this.#step(attempt, {
            policy,
            run: now,
            ancestors,
            call,
            tool,
            reading,
            facts: { ...facts, breaker },
          });
          if (step.type === 'started') this.#breakers.started(proposal.tool, id, facts.nowMs);
          steps.push(step);
          return draft;
        });
        const step = steps.at(-1);
        if (appended?.type !== 'refused' && step !== undefined) return step;
      } catch (error) {
        this.#breakers.withdrawn(proposal.tool, id);
        throw error;
      }
      this.#breakers.withdrawn(proposal.tool, id);
    }
    throw new StoreError('store.unavailable', 'the shared counters could not be drawn on');
  }

  /** One decision against the run as it stands: what to do, and what to write for it. Free of effects. */
  #step(attempt: Attempt, context: Context): [Step, Draft | null] {
    const { policy, proposal, id } = attempt;
    const { run, tool, facts, reading } = context;
    const ready = reading?.ok === true ? reading.read : null;
    if (ready !== null && run.status === 'open') {
      const memory = joinable(run, ready.digest, ready.tool.tier);
      if (memory !== null) return [{ type: 'join', memory }, null];
    }
    const decision = decide(context);
    const agent = policy.agents.get(run.agent);
    const identity = this.#identity(
      attempt,
      run,
      tool,
      ready?.digest ?? (reading?.ok === false ? reading.digest : ''),
    );
    const payloads = new Payloads(this.#ports.heldSecrets());
    const args = payloads.keep(recordedArguments(tool, ready?.args ?? proposal.args));
    const common = {
      ...callFields(run, policy, identity, facts.nowMs),
      ...decidedFields(decision, args, facts, budgetLeft(agent, run, facts.nowMs)),
    };
    if (decision.effect !== 'allow' || ready === null) {
      const events: RunEvent[] = [{ ...common, type: 'call.denied', remedies: decision.remedies }];
      return [
        { type: 'denied', decision },
        {
          events,
          gatewayEvents: this.#alertsOf(decision, run.id, id, facts.nowMs),
          payloads: payloads.bytes,
        },
      ];
    }
    const started: RunEvent & { type: 'call.started' } = {
      ...common,
      type: 'call.started',
      reservations: decision.reservations,
      idempotencyKey: shapeOf(ready.tool).idempotencyKeys.length > 0 ? id : null,
    };
    // A read that carries nothing out and draws on nobody else's counter may share one commit with its outcome: a crash
    // in between loses a read that nobody saw the answer of.
    const deferred =
      ready.tool.tier === 0 &&
      ready.tool.reach === 'internal' &&
      decision.reservations.length === 0;
    const step: Step = { type: 'started', read: ready, decision, started, payloads, deferred };
    if (deferred) return [step, { events: [], reserve: { call: id, started } }];
    return [
      step,
      {
        events: [started],
        reservations: decision.reservations,
        call: id,
        gatewayEvents: this.#alertsOf(decision, run.id, id, facts.nowMs),
        payloads: payloads.bytes,
      },
    ];
  }

  /** Performs what was decided, and writes how it ended. Runs to its end whether or not anybody still waits. */
  async #effect(attempt: Attempt, step: Step & { type: 'started' }): Promise<Settled> {
    const { policy, id } = attempt;
    const { tool } = step.read;
    const begunAtMs = this.#ports.store.nowMs();
    const outcome = step.decision.dryRun
      ? dryRunOutcome(tool)
      : await this.#perform(
          tool,
          {
            ...step.read.args,
            ...Object.fromEntries(shapeOf(tool).idempotencyKeys.map((name) => [name, id])),
          },
          id,
          attempt.onProgress,
        );
    const atMs = this.#ports.store.nowMs();
    const breaker = step.decision.dryRun
      ? { writes: [], events: [] }
      : this.#breakers.settle(tool.name, id, outcome, policy.breaker, atMs);
    const ended = endingOf(outcome, {
      policy,
      decision: step.decision,
      tool,
      args: step.read.args,
    });
    const payloads = step.deferred ? step.payloads : new Payloads(this.#ports.heldSecrets());
    const result = ended.seen === null ? null : payloads.keep(ended.seen);
    const released = ended.released === null ? null : payloads.keep(asJson(ended.released));
    const certainlyNot =
      step.decision.dryRun ||
      outcome.type === 'not_sent' ||
      (outcome.type === 'error' && outcome.refused);
    let recordedDelivered = true;
    await attempt.writer.append((run) => {
      if (run === null) throw new StoreError('store.corrupt', 'the run vanished');
      recordedDelivered = !attempt.signal.aborted;
      const agent = policy.agents.get(run.agent);
      const identity = this.#identity(attempt, run, tool, step.read.digest);
      const alerts: GatewayEvent[] =
        ended.outcome === 'indeterminate'
          ? [alertEvent('indeterminate_call', run.id, id, atMs, { tool: tool.name })]
          : [];
      const finished: RunEvent = {
        ...callFields(run, policy, identity, this.#ports.store.nowMs()),
        type: 'call.finished',
        outcome: ended.outcome,
        by: ended.by,
        delivered: recordedDelivered,
        dryRun: step.decision.dryRun,
        result,
        released,
        isError: ended.isError,
        findings: recordedFindings(ended.findings),
        durationMs: atMs - begunAtMs,
        tokens: null,
        costMicroUsd: null,
        labels: ended.labels,
        budgetLeft: budgetLeft(agent, run, atMs),
      };
      return {
        events: step.deferred ? [{ ...step.started, atMs: finished.atMs }, finished] : [finished],
        gatewayEvents: [
          ...breaker.events,
          ...breakerAlerts(breaker.events),
          ...alerts,
          ...(step.deferred ? this.#alertsOf(step.decision, run.id, id, atMs) : []),
        ],
        call: id,
        releases: certainlyNot ? [id] : [],
        marks:
          ended.outcome === 'completed' && !step.decision.dryRun
            ? usedKeys(policy, run.agent, step.read)
            : [],
        writes: breaker.writes,
        payloads: payloads.bytes,
      };
    }, id);
    const refusal = ended.code === null ? null : plainRefusal(ended.code, id, attempt.writer.id);
    return { finished: true, recordedDelivered, result: ended.released, refusal };
  }

  /** A repeat of a call whose outcome its agent has not had: it gets that outcome, and counts nowhere. */
  async #join(attempt: Attempt, memory: CallMemory): Promise<CallAnswer> {
    const settled = await (this.#underWay.get(memory.id) ?? this.#remembered(memory));
    const recordedDelivered = settled.finished && !attempt.signal.aborted;
    const tool = attempt.policy.tools.get(attempt.proposal.tool) ?? null;
    await attempt.writer.append((run) => {
      if (run === null) return null;
      const identity = this.#identity(attempt, run, tool, memory.digest);
      const fields = callFields(run, attempt.policy, identity, this.#ports.store.nowMs());
      return {
        events: [
          { ...fields, type: 'call.joined', joined: memory.id, delivered: recordedDelivered },
        ],
      };
    });
    return this.#answer({ ...attempt, id: memory.id }, null, { ...settled, recordedDelivered });
  }

  /** What a finished call's record says of it. A start without an end, whose effect isn't ours any more, is unknown. */
  async #remembered(memory: CallMemory): Promise<Settled> {
    if (memory.state === 'completed' && memory.outcome !== null) {
      const bytes = await this.#ports.store.payload(memory.outcome);
      const result = bytes === null ? null : asToolResult(readJson(bytes));
      if (result !== null)
        return { finished: true, recordedDelivered: false, result, refusal: null };
    }
    return {
      finished: false,
      recordedDelivered: false,
      result: null,
      refusal: plainRefusal('upstream.indeterminate', memory.id, null),
    };
  }

  #answer(attempt: Attempt, decision: Decision | null, settled: Settled): CallAnswer {
    if (settled.result === null) {
      return {
        type: 'refused',
        refusal: settled.refusal ?? plainRefusal('engine.fault', attempt.id, attempt.writer.id),
      };
    }
    let told = false;
    const released = async (delivered: boolean): Promise<void> => {
      if (told) return;
      told = true;
      if (!delivered && settled.recordedDelivered) await this.#undelivered(attempt);
    };
    return {
      type: 'result',
      call: attempt.id,
      run: attempt.writer.id,
      result: settled.result,
      decision,
      released,
    };
  }

  async #undelivered(attempt: Attempt): Promise<void> {
    const { writer, policy, id } = attempt;
    try {
      await writer.append((run) => {
        const memory =
          run === null ? undefined : Object.values(run.byDigest).find((known) => known.id === id);
        if (run === null || memory === undefined) return null;
        const identity = this.#identity(
          attempt,
          run,
          policy.tools.get(memory.tool) ?? null,
          memory.digest,
        );
        return {
          events: [
            {
              ...callFields(run, policy, identity, this.#ports.store.nowMs()),
              type: 'call.undelivered',
            },
          ],
        };
      });
    } catch (error) {
      this.#ports.log({
        level: 'error',
        event: 'call.undelivered',
        call: id,
        error: describe(error),
      });
    }
  }

  async #perform(
    tool: Tool,
    args: JsonObject,
    callId: string,
    onProgress: Attempt['onProgress'],
  ): Promise<UpstreamOutcome & { readonly retryAfterMs?: number }> {
    const upstream = this.#ports.upstream(tool.upstream);
    if (upstream === undefined) return { type: 'not_sent', reason: 'down' };
    try {
      return await upstream.call({
        surface: tool.surface,
        operation: tool.operation,
        args,
        callId,
        timeoutMs: callTimeoutMs,
        ...(onProgress === undefined ? {} : { onProgress }),
      });
    } catch (error) {
      // An upstream never rejects; one that does is a bug of ours, and what it did is unknown.
      this.#ports.log({
        level: 'error',
        event: 'upstream.fault',
        upstream: tool.upstream,
        error: describe(error),
      });
      return { type: 'unknown', reason: 'bad_answer' };
    }
  }

  async #facts(request: FactsRequest, tool: Tool | null): Promise<Facts> {
    const { store } = this.#ports;
    const nowMs = store.nowMs();
    const [suspended, windows, once, used] = await Promise.all([
      store.readState(`suspended:${request.agent}`),
      keyed(
        request.windows,
        ({ key }) => key,
        ({ key, windowMs }) => store.windowSum(key, windowMs === null ? null : nowMs - windowMs),
      ),
      keyed(
        request.once,
        (key) => key,
        (key) => store.onceTaken(key),
      ),
      keyed(
        request.used,
        (key) => key,
        (key) => store.used(key),
      ),
    ]);
    const upstream = tool === null ? undefined : this.#ports.upstream(tool.upstream);
    return {
      nowMs,
      suspended: suspended !== undefined,
      windows,
      once,
      used,
      breaker: { state: 'closed' },
      definition: tool === null ? 'unknown' : this.#ports.definitionOf(tool),
      upstreamUp: upstream?.status().state === 'up',
    };
  }

  #alertsOf(decision: Decision, run: string, call: string, atMs: number): GatewayEvent[] {
    return decisionAlerts(decision, run, call, atMs).filter((event) => {
      if (event.type !== 'alert.raised') return true;
      const key = JSON.stringify([run, event.alert, event.details]);
      const raisedFor = this.#alerted.get(key);
      // The same call may be decided again before it is written: its alert is still its own.
      if (raisedFor !== undefined && raisedFor !== call) return false;
      this.#alerted.set(key, call);
      const [oldest] = this.#alerted.keys();
      if (this.#alerted.size > alertsRememberedMax && oldest !== undefined)
        this.#alerted.delete(oldest);
      return true;
    });
  }

  #identity(attempt: Attempt, run: Run, tool: Tool | null, digest: string): CallIdentity {
    const mediation = tool === null ? 'brokered' : this.#ports.mediation(run.agent, tool.upstream);
    return {
      call: attempt.id,
      step: attempt.proposal.step,
      toolName: attempt.proposal.tool,
      tool,
      digest,
      mediation,
    };
  }

  /** A handle that isn't this credential's. The record names the credential; the agent learns nothing of the run. */
  async #refuseHandle(principal: AgentPrincipal, id: string): Promise<CallAnswer> {
    const { store } = this.#ports;
    await store.commitGateway({
      events: [
        {
          v: 1,
          type: 'identity.refused',
          atMs: store.nowMs(),
          code: 'identity.run',
          credential: principal.credential,
        },
      ],
      writes: [],
    });
    return { type: 'refused', refusal: plainRefusal('identity.run', id, null) };
  }

  /** A refusal that the store couldn't record goes to the spool; without that, the gateway says that it is out of service. */
  async #fault(
    principal: AgentPrincipal,
    proposal: Proposal,
    id: string,
    error: unknown,
  ): Promise<CallAnswer> {
    const code = error instanceof StoreError ? 'store.unavailable' : 'engine.fault';
    this.#ports.log({ level: 'error', event: code, call: id, error: describe(error) });
    const refusal = plainRefusal(code, id, null);
    try {
      await this.#ports.spool({
        atMs: Date.now(),
        code,
        call: id,
        agent: principal.agent,
        user: principal.user,
        tool: proposal.tool.slice(0, 256),
      });
      return { type: 'refused', refusal };
    } catch (spoolError) {
      this.#ports.log({
        level: 'error',
        event: 'spool.failed',
        call: id,
        error: describe(spoolError),
      });
      return { type: 'refused', refusal: { ...refusal, as: 'unavailable' } };
    }
  }

  /** `parallel` on an agent: so many calls of a run at a time, the others wait in order. */
  async #takeTurn(attempt: Attempt): Promise<() => void> {
    const max = attempt.policy.agents.get(attempt.principal.agent)?.parallel ?? null;
    if (max === null) return () => undefined;
    const { id } = attempt.writer;
    const turns = this.#turns.get(id) ?? { running: 0, waiting: [] };
    this.#turns.set(id, turns);
    if (turns.running < max) turns.running += 1;
    else await new Promise<void>((go) => turns.waiting.push(go));
    return () => {
      const next = turns.waiting.shift();
      if (next !== undefined) return next();
      turns.running -= 1;
      if (turns.running === 0) this.#turns.delete(id);
    };
  }
}

async function keyed<Item, Value>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  read: (item: Item) => Promise<Value>,
): Promise<Record<string, Value>> {
  return Object.fromEntries(
    await Promise.all(items.map(async (item) => [keyOf(item), await read(item)] as const)),
  );
}

function asToolResult(value: JsonValue): ToolResult | null {
  if (!isJsonObject(value)) return null;
  const { content, structuredContent, isError, ...rest } = value;
  if (!isJsonArray(content)) return null;
  return {
    ...rest,
    content: content.filter(isJsonObject),
    ...(isJsonObject(structuredContent) ? { structuredContent } : {}),
    ...(typeof isError === 'boolean' ? { isError } : {}),
  };
}

/** What an operator's log may say of an error of ours: never a value that came with a call. */
function describe(error: unknown): string {
  if (error instanceof SallyportError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.stack ?? error.message}` : 'unknown';
}
