/**
 * What people agreed to is decided again, with the same id and everything as it stands now, and then performed: once,
 * whoever waits for it. The one place that begins a call that was held, so that a request that waits, a repeat and nobody
 * at all come to the same.
 */
import { readJson } from '../../content/json.ts';
import { isJsonObject, type JsonObject } from '../../content/value.ts';
import type { ReadCall } from '../../engine/call.ts';
import { readCall } from '../../engine/read-call.ts';
import type { Tool } from '../../policy/model.ts';
import { type Attempt, describe, type Settled, type Started } from '../attempt.ts';
import type { CallsUnderWay } from '../calls-under-way.ts';
import type { Deciding, Drafting } from '../deciding.ts';
import type { Step } from '../drafts.ts';
import type { ClientSignal } from '../port.ts';
import type { RuntimePorts } from '../ports.ts';
import { plainRefusal, refusalOf } from '../refusals.ts';
import type { Runs } from '../runs.ts';
import type { Turns } from '../turns.ts';
import { type KnownCall, knownCall, type OpenHold, type OpenHolds } from './open-holds.ts';
import type { Settling } from './settling.ts';

/** As deep as a call's arguments may be, with room for what the record puts around them. */
const argumentDepthMax = 64;

export interface PerformingParts {
  readonly ports: RuntimePorts;
  readonly runs: Runs;
  readonly turns: Turns;
  readonly holds: OpenHolds;
  readonly settling: Settling;
  readonly deciding: Deciding;
  readonly drafting: Drafting<Step>;
  readonly effect: (attempt: Attempt, step: Started) => Promise<Settled>;
  readonly underWay: CallsUnderWay;
}

export class Performing {
  readonly #parts: PerformingParts;
  #stopping = false;

  constructor(parts: PerformingParts) {
    this.#parts = parts;
  }

  /** Begins what people agreed to, unless somebody did. Whoever waits learns of the hold what comes of it. */
  begin(hold: OpenHold): void {
    const { held, performing } = hold;
    if (performing !== null || hold.begun || this.#stopping) return;
    if (held.of !== 'call' || held.state !== 'approved') return;
    hold.performing = this.#perform(hold).finally(() => {
      hold.performing = null;
      // Where nothing came of it, time goes on for it.
      this.#parts.settling.watch();
    });
  }

  /** People have agreed: the request that waits goes on, Sallyport does it itself, or it waits for the repeat. */
  approved(hold: OpenHold): void {
    const { approvals, tools } = this.#parts.ports.policy();
    const tool = tools.get(hold.held.tool);
    // A program's functions come some time after its start: until then an approval would be spent on a refusal.
    const isThere = tool === undefined || this.#parts.ports.definitionOf(tool) !== 'missing';
    // What is read in its agent's place reaches nobody: it is read when somebody is there.
    const isAct = hold.held.tier > 0 && approvals.execute === 'at_once';
    const isOurs = isThere && (isAct || hold.isLast);
    if (isOurs || hold.isAwaited) this.begin(hold);
  }

  get isStopping(): boolean {
    return this.#stopping;
  }

  /** What was agreed to and hasn't begun is begun after the next start. */
  stop(): void {
    this.#stopping = true;
  }

  /** Never rejects. */
  async #perform(hold: OpenHold): Promise<void> {
    const { ports, runs, turns, underWay } = this.#parts;
    const call = underWay.begin(hold.id);
    let settled: Settled | null = null;
    try {
      const known = hold.known ?? (await this.recorded(hold));
      const writer = known === null ? null : await runs.writer(hold.run);
      if (known === null || writer === null) return;
      const letGo = writer.hold();
      const parallel = ports.policy().agents.get(hold.agent)?.parallel ?? null;
      const leave = parallel === null ? null : await turns.take(hold.run, parallel);
      try {
        const attempt = { ...attemptOf(ports, hold, known), writer };
        settled = await this.#decided(hold, attempt);
      } finally {
        leave?.();
        letGo();
      }
      await runs.settled(hold.run);
    } catch (error) {
      // It could not be decided, so nothing happened: it waits for a repeat, or for the next start.
      ports.log({ level: 'error', event: 'approval.stuck', call: hold.id, error: describe(error) });
    } finally {
      underWay.over(call, settled);
    }
  }

  /** @returns how it ended; null: it didn't begin. */
  async #decided(hold: OpenHold, attempt: Attempt): Promise<Settled | null> {
    const { holds, settling, deciding, drafting, effect } = this.#parts;
    const { tools } = attempt.policy;
    const tool = tools.get(attempt.proposal.tool) ?? null;
    const reading = tool === null ? null : readCall(tool, attempt.proposal.args);
    const step = await deciding.decide(attempt, tool, reading, drafting);
    switch (step.type) {
      case 'started': {
        hold.begun = true;
        const settled = await effect(attempt, step);
        holds.remove(hold, 'approved', {
          type: 'performed',
          settled,
          decision: step.decision,
          outcome: { id: hold.id, digest: step.read.digest, tier: step.read.tool.tier },
        });
        return settled;
      }
      case 'denied':
        holds.remove(hold, 'approved', {
          type: 'refused',
          refusal: refusalOf(step.decision, hold.id, hold.run),
        });
        return null;
      case 'held':
        // For other reasons than those that people agreed to, or it points at something else by now.
        holds.change(hold, step.now);
        settling.watch();
        return null;
      case 'over':
        // Withdrawn in the same moment; a hold that nobody knows to be over has no other end.
        holds.remove(hold, 'withdrawn', {
          type: 'refused',
          refusal: plainRefusal('approval.over', hold.id, hold.run),
        });
        return null;
      case 'join':
      case 'joins_hold':
      case 'unprepared':
        return null;
    }
  }

  /**
   * What the record says of its arguments, where it says all of it. A redacted value read back would be sent as it stands,
   * and nobody agreed to that: then only whoever proposed the call knows what it was.
   */
  async recorded(hold: OpenHold): Promise<KnownCall | null> {
    const { ports } = this.#parts;
    const { held, now } = hold;
    const tool = ports.policy().tools.get(held.tool);
    const bytes = tool === undefined ? null : await ports.store.payload(held.arguments);
    if (tool === undefined || bytes === null) return null;
    const kept = readJson(bytes, { bytesMax: bytes.length, depthMax: argumentDepthMax });
    if (!isJsonObject(kept)) return null;
    const args = withoutFixed(tool, kept);
    return readsTo(tool, args)?.digest === now.state.read
      ? knownCall({ args, step: held.step, proposed: null })
      : null;
  }
}

/** The call as Sallyport performs it in its agent's place. */
export function attemptOf(
  ports: RuntimePorts,
  hold: OpenHold,
  { args, step }: Pick<KnownCall, 'args' | 'step'>,
): Omit<Attempt, 'writer'> {
  return {
    principal: hold.principal,
    proposal: { tool: hold.held.tool, args, handles: [], step, dryRun: false },
    id: hold.id,
    lookUpFor: null,
    resumes: hold,
    showing: null,
    policy: ports.policy(),
    signal: whoeverWaits(hold),
    onProgress: (progress, total) => {
      for (const { signal, onProgress } of hold.waiters)
        if (!signal.aborted) onProgress?.(progress, total);
    },
  };
}

function whoeverWaits(hold: OpenHold): ClientSignal {
  return {
    get aborted() {
      return !hold.isAwaited;
    },
  };
}

export function readsTo(tool: Tool, args: JsonObject): ReadCall | null {
  const reading = readCall(tool, args);
  return reading.ok ? reading.read : null;
}

/** What the policy fills in a variant, an agent may not write. */
export function withoutFixed({ fixed }: Tool, args: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(args).filter(([name]) => !Object.hasOwn(fixed, name)));
}
