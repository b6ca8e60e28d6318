/** What happens between a call's two commits: its effect, and how that is written down. */
import { nothingScanned } from '../content/detection/scan.ts';
import type { Scans } from '../content/detection/sighting.ts';
import { readJson } from '../content/json.ts';
import { isJsonObject, type JsonObject } from '../content/value.ts';
import { usedKeys } from '../engine/counters.ts';
import type { GatewayEvent } from '../engine/events.ts';
import type { Withheld } from '../engine/hold.ts';
import { mergeLabels, noLabels } from '../engine/labels.ts';
import { layersOfResult } from '../engine/layers.ts';
import type { Releasable } from '../engine/outputs/inspect.ts';
import { textsOf } from '../engine/outputs/texts.ts';
import type { Labels, Run } from '../engine/run.ts';
import { looksOf } from '../engine/scans.ts';
import { shapeOf } from '../engine/tool-shape.ts';
import type { Tool } from '../policy/model.ts';
import { StoreError } from '../store/errors.ts';
import type { UpstreamOutcome } from '../upstreams/port.ts';
import {
  alertEvent,
  breakerAlerts,
  contentAlerts,
  decisionAlerts,
  type RaisedAlerts,
} from './alerts.ts';
import { OpenHold, type OpenHolds } from './approvals/open-holds.ts';
import { type WithheldResult, withheldResult } from './approvals/withheld-result.ts';
import { type Attempt, describe, identityOf, type Settled, type Started } from './attempt.ts';
import { type BreakerChange, type Breakers, breakerOf } from './breakers.ts';
import { CallMarks } from './call-marks.ts';
import {
  type Came,
  cameOf,
  dryRunOutcome,
  type Ending,
  endingOf,
  toldOfEdit,
  type Withdrawn,
} from './endings.ts';
import type { Memories } from './memories.ts';
import { Payloads } from './payloads.ts';
import type { RuntimePorts } from './ports.ts';
import { budgetLeft, callFields, finishedEvent, recordedFindings } from './record.ts';
import { type RecordedEnding, type RecordedOf, recordEnding } from './recorded-ending.ts';
import { plainRefusal } from './refusals.ts';
import type { Runs } from './runs.ts';

/** What the TypeScript SDK's clients wait by default. */
const callTimeoutMs = 60_000;

/** As deep as a call's arguments may be, with room for what the record puts around them. */
const argumentDepthMax = 64;

type Outcome = (UpstreamOutcome & { readonly retryAfterMs?: number }) | Withdrawn;

/** `seen`: the digest of what came, of a call that completed. */
type Performed = Settled & { readonly seen: string | null };

interface Ended {
  readonly ending: Ending;
  readonly recorded: RecordedEnding;
  /** Of what the agent gets, with what other runs have left in its upstream. */
  readonly labels: Labels;
  readonly payloads: Payloads;
  /** What a person may release. */
  readonly withheld: Withheld | null;
}

export interface EffectsParts {
  readonly ports: RuntimePorts;
  readonly runs: Runs;
  readonly breakers: Breakers;
  readonly memories: Memories;
  readonly alerts: RaisedAlerts;
  readonly holds: OpenHolds;
}

export class Effects {
  readonly #ports: RuntimePorts;
  readonly #runs: Runs;
  readonly #breakers: Breakers;
  readonly #memories: Memories;
  readonly #alerts: RaisedAlerts;
  readonly #holds: OpenHolds;

  constructor({ ports, runs, breakers, memories, alerts, holds }: EffectsParts) {
    this.#ports = ports;
    this.#runs = runs;
    this.#breakers = breakers;
    this.#memories = memories;
    this.#alerts = alerts;
    this.#holds = holds;
  }

  /**
   * Performs what was decided, and writes how it ended. Runs to its end whether or not anybody still waits.
   *
   * @param withdrawn - found out since it was decided: it isn't sent, and ends like that.
   * @throws {StoreError} when the end could not be written: what happened stays open, and is named at the next start.
   */
  async perform(
    attempt: Attempt,
    step: Started,
    withdrawn: Withdrawn | null = null,
  ): Promise<Performed> {
    const { id, policy } = attempt;
    const { tool } = step.read;
    const begunAtMs = this.#ports.store.nowMs();
    const { dryRun } = step.decision;
    const isLookUp = attempt.lookUpFor !== null;
    const outcome = withdrawn ?? (dryRun ? dryRunOutcome(tool) : await this.#send(attempt, step));
    const came = cameOf(outcome);
    const texts = this.#textsOf(attempt, step, came);
    const scanning = this.#scan(attempt, step, texts);
    const scans = scanning instanceof Promise ? await scanning : scanning;
    const atMs = this.#ports.store.nowMs();
    const breaker = this.#settled(attempt, step, outcome, atMs);
    const ended = this.#end(attempt, step, came, { texts, scans });
    const { ending, recorded, payloads, withheld } = ended;
    const { redaction } = recorded;
    let asked: WithheldResult | null = null;
    let awaited = true;
    const appended = await attempt.writer.append((run) => {
      if (run === null) throw new StoreError('store.corrupt', 'the run vanished');
      awaited = !attempt.signal.aborted;
      const identity = identityOf(this.#ports, attempt, run, tool, step.read.digest);
      const endedAtMs = this.#ports.store.nowMs();
      asked =
        withheld === null
          ? null
          : withheldResult(run, {
              attempt,
              step,
              withheld,
              findings: ending.findings,
              redaction,
              payloads,
              nowMs: endedAtMs,
            });
      const finished = finishedEvent(callFields(run, policy, identity, endedAtMs), {
        outcome: ending.outcome,
        by: dryRun ? 'sallyport' : ending.by,
        delivered: awaited,
        dryRun,
        result: recorded.seenDigest,
        released: recorded.releasedDigest,
        frame: ending.frame,
        shown: recorded.shownDigest,
        isError: ending.isError,
        findings: recordedFindings(ending.findings, redaction),
        holdsNext: ending.holdsNext,
        withheld: asked?.event ?? null,
        layers: layersOfResult(ending.findings, scans.size > 0),
        // Back from its own time to when it began: what it shows may be as old as that.
        durationMs: endedAtMs - begunAtMs,
        labels: ended.labels,
        budgetLeft: budgetLeft(policy.agents.get(run.agent), run, atMs),
      });
      return {
        events: step.deferred ? [{ ...step.started, atMs: finished.atMs }, finished] : [finished],
        gatewayEvents: breaker.events.concat(
          breakerAlerts(breaker.events),
          this.#alertsOf(attempt, step, run, ending, atMs),
        ),
        call: id,
        releases: certainlyNothing(outcome) ? [id] : [],
        marks:
          ending.outcome === 'completed' && !dryRun && !isLookUp
            ? usedKeys(policy, run.agent, step.read)
            : [],
        writes: [
          ...(breaker.changed ? [this.#breakers.written(breakerOf(tool))] : []),
          ...(asked === null ? [] : [asked.write]),
        ],
        payloads: payloads.bytes,
      };
    }, id);
    const run = appended?.type === 'committed' ? appended.run : null;
    // Before anything else is awaited: the end of its run, written together with it, has to find it here.
    const hold = this.#waits(attempt, run, asked);
    // What it read must still reach the runs above one that was closed meanwhile.
    if (run !== null && run.status !== 'open') await this.#runs.ended(run);
    const refusal = ending.code === null ? null : plainRefusal(ending.code, id, attempt.writer.id);
    const seen = ending.outcome === 'completed' ? recorded.seenDigest : null;
    return { finished: true, awaited, result: ending.released, refusal, seen, withheld: hold };
  }

  /** Its result waits for a person from now on. */
  #waits(
    { id, principal }: Attempt,
    run: Run | null,
    asked: WithheldResult | null,
  ): OpenHold | null {
    const held = run?.held.find((one) => one.id === id && one.of === 'result');
    if (run === null || asked === null || held === undefined) return null;
    const { state, summary } = asked;
    const hold = new OpenHold({ run: run.id, user: run.user, principal }, { held, state, summary });
    this.#holds.add(hold, null);
    return hold;
  }

  /**
   * What detectors have to look at; null: nobody knows. Sallyport's own words, of a dry run, need nobody to.
   *
   * Never throws: a result that nobody could look at is withheld when it is inspected, and its call ends all the same.
   */
  #textsOf(
    { policy, id }: Attempt,
    { read, decision }: Started,
    came: Came,
  ): readonly string[] | null {
    if (came.type !== 'result' || decision.dryRun) return [];
    try {
      return textsOf(came.result, read.tool, policy);
    } catch (error) {
      this.#ports.log({ level: 'error', event: 'outputs.fault', call: id, error: describe(error) });
      return null;
    }
  }

  #scan(
    { policy }: Attempt,
    { read }: Started,
    texts: readonly string[] | null,
  ): Scans | Promise<Scans> {
    if (texts === null || texts.length === 0) return nothingScanned;
    const detector = read.tool.returns.trust === 'untrusted' ? policy.content.detector : null;
    return this.#ports.scan(texts, looksOf(policy), detector);
  }

  /** What never reached the upstream says nothing of it. */
  #settled({ id, policy }: Attempt, step: Started, outcome: Outcome, atMs: number): BreakerChange {
    const breaker = breakerOf(step.read.tool);
    if (outcome.type === 'withdrawn') this.#breakers.withdrawn(breaker, id);
    return step.decision.dryRun || outcome.type === 'withdrawn'
      ? { changed: false, events: [] }
      : this.#breakers.settle(breaker, id, outcome, policy.breaker, atMs);
  }

  #send({ id, onProgress }: Attempt, { read, upstream }: Started): Promise<Outcome> | Outcome {
    const { tool } = read;
    if (upstream === undefined) return { type: 'not_sent', reason: 'down' };
    const keys = shapeOf(tool).idempotencyKeys;
    const args: JsonObject =
      keys.length === 0
        ? read.args
        : { ...read.args, ...Object.fromEntries(keys.map((name) => [name, id])) };
    const request = {
      surface: tool.surface,
      operation: tool.operation,
      args,
      callId: id,
      timeoutMs: callTimeoutMs,
      ...(onProgress === undefined ? {} : { onProgress: harmless(onProgress) }),
    };
    // An upstream never rejects; one that does is a bug of ours, and what it did is unknown.
    return upstream.call(request).catch((error: unknown): Outcome => {
      this.#ports.log({
        level: 'error',
        event: 'upstream.fault',
        upstream: tool.upstream,
        error: describe(error),
      });
      return { type: 'unknown', reason: 'bad_answer' };
    });
  }

  /** An answer that can't even be inspected or kept is no trustworthy answer: the call still has to end. */
  #end(
    { policy, id, lookUpFor, writer }: Attempt,
    step: Started,
    came: Came,
    { texts, scans }: Pick<RecordedOf, 'texts' | 'scans'>,
  ): Ended {
    const { read, decision } = step;
    const { tool } = read;
    const marks = new CallMarks(this.#ports, writer.id);
    const held = this.#ports.heldSecrets();
    const end = (of: Came): Ended => {
      // Of a deferred call the arguments are written together with the result.
      const payloads = step.deferred ? step.payloads : new Payloads();
      const came = endingOf(of, { policy, decision, tool, args: read.args, scans, marks });
      const ended = step.edited ? toldOfEdit(came, recordedIn(step)) : came;
      // The agent sees nothing of what Sallyport looks up, so its run isn't the worse for it.
      const ending =
        lookUpFor === null
          ? ended
          : {
              ...ended,
              released: null,
              kept: null,
              frame: null,
              labels: noLabels,
              holdsNext: false,
              releasable: null,
            };
      const how = { policy, decision, tool, texts, scans, marks, held };
      const recorded = recordEnding(payloads, ending, how);
      // At the moment when it is read, not when it was asked for: what another run wrote meanwhile may be in it.
      const labels =
        ending.released === null || decision.dryRun
          ? ending.labels
          : mergeLabels(ending.labels, this.#memories.of(tool));
      const { releasable } = ending;
      const withheld = releasable === null ? null : this.#withheld(payloads, releasable, tool, how);
      return { ending, recorded, labels, payloads, withheld };
    };
    try {
      return end(came);
    } catch (error) {
      this.#ports.log({ level: 'error', event: 'outputs.fault', call: id, error: describe(error) });
      return end({ type: 'unknown', reason: 'bad_answer' });
    }
  }

  #withheld(
    payloads: Payloads,
    { kept, frame, labels, shown }: Releasable,
    tool: Tool,
    how: RecordedOf,
  ): Withheld | null {
    const { releasedDigest, shownDigest } = recordEnding(
      payloads,
      { seen: null, kept, shown },
      how,
    );
    if (releasedDigest === null) return null;
    return {
      kept: releasedDigest,
      frame,
      labels: mergeLabels(labels, this.#memories.of(tool)),
      ...(shownDigest === null ? {} : { shown: shownDigest }),
    };
  }

  #alertsOf(
    { id }: Attempt,
    step: Started,
    run: Run,
    { outcome, findings }: Ending,
    atMs: number,
  ): readonly GatewayEvent[] {
    const tool = step.read.tool.name;
    const seen = contentAlerts(findings, tool, run.id, id, atMs);
    const told = step.deferred
      ? decisionAlerts(step.decision, tool, run.id, id, atMs).concat(seen)
      : seen;
    const fresh = this.#alerts.fresh(told, run, id);
    return outcome === 'indeterminate'
      ? [alertEvent('indeterminate_call', run.id, id, atMs, { tool }), ...fresh]
      : fresh;
  }
}

/** Its arguments, as they are recorded. */
function recordedIn({ payloads, started }: Started): JsonObject {
  const bytes = payloads.bytes.get(started.arguments);
  const kept =
    bytes === undefined
      ? null
      : readJson(bytes, { bytesMax: bytes.length, depthMax: argumentDepthMax });
  return isJsonObject(kept) ? kept : {};
}

/** Only then are reservations given back: an `isError` of the upstream's own may have come half-way through. */
function certainlyNothing(outcome: Outcome): boolean {
  return (
    outcome.type === 'not_sent' ||
    outcome.type === 'withdrawn' ||
    (outcome.type === 'error' && outcome.refused)
  );
}

/** A client's progress is a courtesy: what goes wrong in telling it must not reach the upstream's reader. */
function harmless(
  onProgress: (progress: number, total: number | null) => void,
): (progress: number, total: number | null) => void {
  return (progress, total) => {
    try {
      onProgress(progress, total);
    } catch {
      // Nobody to tell.
    }
  };
}
