/**
 * How a client hears that its call waits for a person. Where that person is the run's own, a client that can show them a
 * page is given ours; any other has its request wait a little, and then a refusal with the hold's ticket. What a client
 * says it can do chooses the words, and nothing else: nobody answers a hold from here.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import type { CallAnswer, HoldTicket } from '../../runtime/port.ts';
import type { Address } from './addresses.ts';
import { type Answer, decisionKey, refusalAnswer } from './call-answer.ts';
import { capabilitiesKey, type Era, metaOf } from './era.ts';
import type { HoldsOnTheWire } from './holds.ts';
import { mcpLimits } from './limits.ts';
import type { RpcRequest } from './message.ts';
import { rpcCodes } from './refusal.ts';
import type { StateSeal } from './request-state.ts';
import { pageRequest, type Retry } from './retries.ts';
import type { Session } from './sessions.ts';

/** A call as its wire sees it, and what its client can do with a hold. */
export interface WireCall {
  readonly address: Address;
  readonly era: Era;
  readonly request: RpcRequest;
  /** Digest of what is asked for: taken of calls that are held, and of no others. */
  readonly digest: () => string;
  readonly credential: string;
  readonly session: Session | null;
  readonly retry: Retry | null;
}

export interface HeldCalls {
  /** How long the request waits for an answer: null is what the policy says. */
  readonly patienceMs: (call: WireCall, hold: HoldTicket) => number | null;
  readonly answer: (call: WireCall, held: Extract<CallAnswer, { type: 'held' }>) => Answer;
}

/** Fixed: a client shows it to a person, and whoever wrote the arguments must not speak to them through it. */
const message =
  'The agent wants to do something that needs your agreement. The page says what it is, and takes your answer.';

/** @param told - hears of each session that was sent to the page of a hold. */
export function heldCalls(
  holds: HoldsOnTheWire,
  seal: StateSeal,
  told: (hold: string, session: Session) => void,
): HeldCalls {
  /** The page that this client can show to the person who is asked. */
  function pageFor({ era, request, session }: WireCall, hold: HoldTicket): string | null {
    const shows =
      era.inputRequired === null ? session?.showsPages === true : declaresPages(request);
    return shows && hold.byUser ? holds.page(hold.id) : null;
  }

  /** Asked for in the first answer, and again where the client says nothing of it; never twice of a person who saw it. */
  function asksForPage({ retry }: WireCall): boolean {
    return retry === null || (retry.state.askedForPage && retry.page === 'unsaid');
  }

  return {
    patienceMs(call, hold) {
      if (pageFor(call, hold) === null) return null;
      // Nobody has seen the page yet, or they don't want to: there is nothing to wait for.
      return call.era.inputRequired === null || asksForPage(call) || call.retry?.page === 'declined'
        ? 0
        : null;
    },

    answer(call, { hold, refusal }) {
      const { address, era, session, retry } = call;
      const url = pageFor(call, hold);
      const meta: JsonObject = { [decisionKey]: refusal.machine };
      if (url === null) return refusalAnswer(refusal, address, era);
      if (era.inputRequired === null) {
        if (session !== null) told(hold.id, session);
        const elicitations = [{ mode: 'url', elicitationId: hold.id, url, message }];
        return {
          status: 200,
          body: {
            error: {
              code: rpcCodes.urlElicitationRequired,
              message: refusal.text,
              data: { elicitations, ...meta },
            },
          },
        };
      }
      const round = (retry?.state.round ?? 0) + 1;
      // SDKs give up after ten rounds, with an error of their own that tells a model nothing.
      if (
        retry?.page === 'declined' ||
        round > mcpLimits.inputRoundsMax ||
        !holds.usedStates.hasRoom(hold.id)
      )
        return refusalAnswer(refusal, address, era);
      const askedForPage = asksForPage(call);
      const requestState = seal.seal({
        hold: hold.id,
        credential: call.credential,
        request: call.digest(),
        untilMs: hold.expiresAtMs + mcpLimits.stateGraceMs,
        round,
        askedForPage,
      });
      return {
        status: 200,
        body: {
          result: era.inputRequired({
            ...(askedForPage ? { inputRequests: pageRequest(url, message) } : {}),
            requestState,
            _meta: meta,
          }),
        },
      };
    },
  };
}

/** Of this request: in the modern era nothing is remembered of a client. */
function declaresPages({ params }: RpcRequest): boolean {
  return showsPages(metaOf(params)[capabilitiesKey]);
}

/** Whether a client's capabilities say that it can show a person a page of ours. */
export function showsPages(capabilities: JsonValue | undefined): boolean {
  const elicitation = isJsonObject(capabilities) ? capabilities['elicitation'] : undefined;
  return isJsonObject(elicitation) && isJsonObject(elicitation['url']);
}
