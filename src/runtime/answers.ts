/** What goes back for a call that has ended: to its own request, to a duplicate that joined it, or to nobody any more. */
import { readJson } from '../content/json.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../content/value.ts';
import type { Decision } from '../engine/decision.ts';
import type { Held } from '../engine/hold.ts';
import { framed } from '../engine/outputs/release.ts';
import type { CallMemory } from '../engine/run.ts';
import type { ToolResult } from '../upstreams/port.ts';
import { type Attempt, describe, identityOf, type Settled } from './attempt.ts';
import type { CallAnswer } from './port.ts';
import type { RuntimePorts } from './ports.ts';
import { callFields } from './record.ts';
import { plainRefusal } from './refusals.ts';
import type { Runs } from './runs.ts';

/** As deep as an upstream's answer may be. */
const resultDepthMax = 128;

/** The call whose outcome is handed over: of a joined duplicate, the one that it joined. */
type Outcome = Pick<CallMemory, 'id' | 'digest' | 'tier'>;

export class Answers {
  readonly #ports: RuntimePorts;
  readonly #runs: Runs;

  constructor(ports: RuntimePorts, runs: Runs) {
    this.#ports = ports;
    this.#runs = runs;
  }

  answer(
    attempt: Attempt,
    decision: Decision | null,
    settled: Settled,
    outcome: Outcome,
  ): CallAnswer {
    if (settled.result === null) {
      return {
        type: 'refused',
        refusal: settled.refusal ?? plainRefusal('engine.fault', outcome.id, attempt.writer.id),
      };
    }
    let told = false;
    const released = async (delivered: boolean): Promise<void> => {
      if (told) return;
      told = true;
      if (!delivered) {
        if (settled.awaited) await this.#undelivered(attempt, outcome);
      } else if (settled.finished && outcome.tier > 0) {
        // A read is read again whether or not its answer arrived.
        await this.#runs.delivered(attempt.writer, { call: outcome.id, digest: outcome.digest });
      }
    };
    return {
      type: 'result',
      call: outcome.id,
      run: attempt.writer.id,
      result: settled.result,
      decision,
      released,
    };
  }

  /** A repeat of a call whose outcome its agent has not had: it gets that outcome, and counts nowhere. */
  async joined(attempt: Attempt, outcome: Outcome, settled: Settled): Promise<CallAnswer> {
    const awaited = await this.joinedTo(attempt, outcome, true);
    return this.answer(attempt, null, { ...settled, awaited }, outcome);
  }

  /**
   * That it repeats a call, as recorded.
   *
   * @param answered - false: there is nothing to tell yet.
   * @returns whether its client is there for what it is told.
   */
  async joinedTo(
    attempt: Attempt,
    { id, digest }: Pick<Outcome, 'id' | 'digest'>,
    answered: boolean,
  ): Promise<boolean> {
    const { writer, policy } = attempt;
    const tool = policy.tools.get(attempt.proposal.tool) ?? null;
    let awaited = false;
    await writer.append((run) => {
      if (run === null) return null;
      awaited = answered && !attempt.signal.aborted;
      const identity = identityOf(this.#ports, attempt, run, tool, digest);
      return {
        events: [
          {
            ...callFields(run, policy, identity, this.#ports.store.nowMs()),
            type: 'call.joined',
            joined: id,
            delivered: awaited,
          },
        ],
      };
    });
    return awaited;
  }

  /** What a finished call's record says of it. A start without an end, whose effect isn't ours any more, is unknown. */
  async remembered(memory: CallMemory): Promise<Settled> {
    const none = { finished: false, awaited: false, result: null, withheld: null };
    if (memory.state !== 'completed')
      return { ...none, refusal: plainRefusal('upstream.indeterminate', memory.id, null) };
    // It is done, and its result was kept back then: so it is now.
    if (memory.outcome === null)
      return {
        ...none,
        finished: true,
        refusal: plainRefusal('outputs.unfilterable', memory.id, null),
      };
    const { outcome, tool, frame = null } = memory;
    const result = await this.#kept({ kept: outcome, tool, frame });
    return result === null
      ? { ...none, refusal: plainRefusal('upstream.indeterminate', memory.id, null) }
      : { ...none, finished: true, result, refusal: null };
  }

  /** What people have released. */
  async released({ id, tool, withheld }: Pick<Held, 'id' | 'tool' | 'withheld'>): Promise<Settled> {
    const result = withheld === null ? null : await this.#kept({ ...withheld, tool });
    const refusal = result === null ? plainRefusal('outputs.injection', id, null) : null;
    return { finished: true, awaited: false, result, refusal, withheld: null };
  }

  async #kept({
    kept,
    tool,
    frame,
  }: {
    readonly kept: string;
    readonly tool: string;
    readonly frame: string | null;
  }): Promise<ToolResult | null> {
    const bytes = await this.#ports.store.payload(kept);
    const result =
      bytes === null
        ? null
        : asToolResult(readJson(bytes, { bytesMax: bytes.length, depthMax: resultDepthMax }));
    return result === null || frame === null ? result : framed(result, tool, frame);
  }

  /** Never rejects: the client has gone, and there is nobody left to tell. */
  async #undelivered(attempt: Attempt, { id, digest }: Outcome): Promise<void> {
    const { writer, policy, proposal } = attempt;
    try {
      await writer.append((run) => {
        if (run === null) return null;
        const tool = policy.tools.get(proposal.tool) ?? null;
        const identity = identityOf(this.#ports, { ...attempt, id }, run, tool, digest);
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
