/** What goes back for a call that has ended: to its own request, to a duplicate that joined it, or to nobody any more. */
import { readJson } from '../content/json.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../content/value.ts';
import type { Decision } from '../engine/decision.ts';
import type { CallMemory } from '../engine/run.ts';
import type { ToolResult } from '../upstreams/port.ts';
import { type Attempt, describe, identityOf, type Settled } from './attempt.ts';
import type { CallAnswer } from './port.ts';
import type { RuntimePorts } from './ports.ts';
import { callFields } from './record.ts';
import { plainRefusal } from './refusals.ts';

/** As deep as an upstream's answer may be. */
const resultDepthMax = 128;

export class Answers {
  readonly #ports: RuntimePorts;

  constructor(ports: RuntimePorts) {
    this.#ports = ports;
  }

  answer(attempt: Attempt, decision: Decision | null, settled: Settled): CallAnswer {
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

  /** A repeat of a call whose outcome its agent has not had: it gets that outcome, and counts nowhere. */
  async joined(attempt: Attempt, memory: CallMemory, settled: Settled): Promise<CallAnswer> {
    const { writer, policy } = attempt;
    const tool = policy.tools.get(attempt.proposal.tool) ?? null;
    let recordedDelivered = false;
    await writer.append((run) => {
      if (run === null) return null;
      recordedDelivered = settled.finished && !attempt.signal.aborted;
      const identity = identityOf(this.#ports, attempt, run, tool, memory.digest);
      return {
        events: [
          {
            ...callFields(run, policy, identity, this.#ports.store.nowMs()),
            type: 'call.joined',
            joined: memory.id,
            delivered: recordedDelivered,
          },
        ],
      };
    });
    return this.answer({ ...attempt, id: memory.id }, null, { ...settled, recordedDelivered });
  }

  /** What a finished call's record says of it. A start without an end, whose effect isn't ours any more, is unknown. */
  async remembered(memory: CallMemory): Promise<Settled> {
    const none = { finished: false, recordedDelivered: false, result: null };
    if (memory.state !== 'completed')
      return { ...none, refusal: plainRefusal('upstream.indeterminate', memory.id, null) };
    // It is done, and its result was kept back then: so it is now.
    if (memory.outcome === null)
      return {
        ...none,
        finished: true,
        refusal: plainRefusal('outputs.unfilterable', memory.id, null),
      };
    const bytes = await this.#ports.store.payload(memory.outcome);
    const result =
      bytes === null
        ? null
        : asToolResult(readJson(bytes, { bytesMax: bytes.length, depthMax: resultDepthMax }));
    return result === null
      ? { ...none, refusal: plainRefusal('upstream.indeterminate', memory.id, null) }
      : { ...none, finished: true, result, refusal: null };
  }

  /** Never rejects: the client has gone, and there is nobody left to tell. */
  async #undelivered(attempt: Attempt): Promise<void> {
    const { writer, policy, id } = attempt;
    try {
      await writer.append((run) => {
        const memory =
          run === null ? undefined : Object.values(run.byDigest).find((known) => known.id === id);
        if (run === null || memory === undefined) return null;
        const tool = policy.tools.get(memory.tool) ?? null;
        const identity = identityOf(this.#ports, attempt, run, tool, memory.digest);
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
