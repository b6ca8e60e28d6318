/** `tools/call`, `resources/read` and `prompts/get`, from their request to their answer: at once, after a person's, or by a retry. */
import type { ServerResponse } from 'node:http';
import type { JsonObject } from '../../content/value.ts';
import type { ClientSignal, ListedForAgent, Runtime } from '../../runtime/port.ts';
import type { EdgeLog } from '../http/credentials.ts';
import { answerOf } from './call-answer.ts';
import { addressOf, progressTokenOf, proposalOf } from './call-request.ts';
import type { Exchange } from './exchange.ts';
import { heldCalls, type WireCall } from './held-calls.ts';
import type { HoldsOnTheWire } from './holds.ts';
import { checkParamHeaders } from './mirrored-headers.ts';
import { acceptsEvents, openReply } from './reply.ts';
import { stateSeal } from './request-state.ts';
import { requestDigest, retryOf } from './retries.ts';
import { toldSessions } from './told-sessions.ts';

export interface McpCallsOptions {
  readonly runtime: Runtime;
  readonly holds: HoldsOnTheWire;
  readonly sessionKey: Uint8Array;
  readonly log: EdgeLog;
  /** Says something on a session's stream. */
  readonly tell: (session: string, message: JsonObject) => void;
}

export interface McpCalls {
  readonly answer: (exchange: Exchange) => Promise<void>;
  /** Nobody is told of a hold any more. */
  readonly close: () => void;
}

export function mcpCalls({ runtime, holds, sessionKey, log, tell }: McpCallsOptions): McpCalls {
  const seal = stateSeal(sessionKey);
  const told = toldSessions(tell);
  const held = heldCalls(holds, seal, (hold, { id }) => told.note(hold, id));

  return {
    close: holds.onSettled(told.settled),

    async answer({ principal, http, response, request, era, session }) {
      const { credential } = principal;
      const address = addressOf(request, () => runtime.listTools(principal));
      if (era.name === 'modern' && address.surface === 'tool') {
        const entry = named(runtime.listTools(principal)).get(address.tool);
        if (entry !== undefined) checkParamHeaders(http, entry.inputSchema, address.args);
      }
      const proposal = proposalOf(address, http, request);
      const digest = (): string => requestDigest(request.method, proposal);
      const retry =
        era.inputRequired === null
          ? null
          : await retryOf(request, { credential, digest }, seal, holds);
      const call: WireCall = { address, era, request, digest, credential, session, retry };
      const token = progressTokenOf(request);
      const reply = openReply(
        response,
        request.id,
        token !== null && acceptsEvents(http) ? token : null,
      );
      const answer = await runtime.call(
        principal,
        retry === null ? proposal : { ...proposal, repeats: retry.state.hold },
        new ClientOf(response),
        reply.progress,
        (hold) => held.patienceMs(call, hold),
      );
      const delivered = await reply.end(
        answer.type === 'held' ? held.answer(call, answer) : answerOf(answer, address, era),
      );
      if (answer.type !== 'result') return;
      try {
        await answer.released(delivered);
      } catch (error) {
        log({
          level: 'error',
          event: 'mcp.released',
          call: answer.call,
          error: error instanceof Error ? error.message : String(error),
        });
      }
    },
  };
}

/** Lists stay the same from call to call, and may be long. */
const byName = new WeakMap<readonly ListedForAgent[], ReadonlyMap<string, ListedForAgent>>();

function named(listed: readonly ListedForAgent[]): ReadonlyMap<string, ListedForAgent> {
  const known = byName.get(listed);
  if (known !== undefined) return known;
  const entries = new Map(listed.map((entry) => [entry.name, entry]));
  byName.set(listed, entries);
  return entries;
}

/** A client that leaves closes its response before there is an answer in it. */
class ClientOf implements ClientSignal {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  get aborted(): boolean {
    return this.#response.closed;
  }
}
