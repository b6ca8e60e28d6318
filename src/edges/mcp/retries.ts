/** The retry of a held call in the modern era: with the state that we gave its client, once, for the same request. */
import { digestOf } from '../../content/digest.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import { codes } from '../../engine/codes.ts';
import type { Proposal } from '../../runtime/port.ts';
import { StoreError } from '../../store/errors.ts';
import type { HoldsOnTheWire } from './holds.ts';
import type { RpcRequest } from './message.ts';
import { invalidParams, RpcRefusal, rpcCodes } from './refusal.ts';
import type { OpenedState, StateSeal } from './request-state.ts';
import type { UsedStates } from './used-states.ts';

export interface Retry {
  readonly state: OpenedState;
  /**
   * What became of our page, as the client says: whatever that is, it is no answer to the hold. Who agrees does it there,
   * signed in, and who closes a dialog has refused nothing.
   */
  readonly page: 'shown' | 'declined' | 'unsaid';
}

const key = 'approval';

/** What asks a client to show a page. */
export function pageRequest(url: string, message: string): JsonObject {
  return { [key]: { method: 'elicitation/create', params: { mode: 'url', url, message } } };
}

/** What a state is bound to: the call, whichever run it is in. The hold's own run is the runtime's to compare. */
export function requestDigest(method: string, { tool, args, dryRun }: Proposal): string {
  return digestOf({ method, tool, args, dryRun });
}

/**
 * What a request carries of an earlier answer of ours; null: nothing. The state is used up by it, durably: whatever
 * becomes of the call, it is good for nothing any more.
 *
 * @throws {RpcRefusal} `mcp.state` for a state that is forged, too old, somebody else's, another request's, or used.
 */
export async function retryOf(
  request: RpcRequest,
  presented: { readonly credential: string; readonly digest: () => string },
  seal: StateSeal,
  { usedStates, nowMs }: Pick<HoldsOnTheWire, 'usedStates' | 'nowMs'>,
): Promise<Retry | null> {
  const { requestState, inputResponses } = request.params;
  if (requestState === undefined) return null;
  if (inputResponses !== undefined && !isJsonObject(inputResponses))
    throw invalidParams('`inputResponses` has to be an object');
  const state = typeof requestState === 'string' ? seal.open(requestState) : null;
  // Compared before it is used up: who tries somebody else's must not spend it.
  if (
    state === null ||
    state.credential !== presented.credential ||
    state.request !== presented.digest()
  )
    throw refused('is none that this request was given');
  if (state.untilMs < nowMs()) throw refused('is too old');
  if (!(await isFresh(state, usedStates))) throw refused('was used before');
  return { state, page: pageOf(inputResponses?.[key]) };
}

async function isFresh({ hold, id, untilMs }: OpenedState, used: UsedStates): Promise<boolean> {
  try {
    return await used.use(hold, id, untilMs);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const { agent } = codes['store.unavailable'];
    throw new RpcRefusal('store.unavailable', rpcCodes.internal, 503, agent);
  }
}

/** What isn't one of the protocol's three words says nothing. */
function pageOf(response: JsonValue | undefined): Retry['page'] {
  switch (isJsonObject(response) ? response['action'] : null) {
    case 'accept':
      return 'shown';
    case 'decline':
    case 'cancel':
      return 'declined';
    default:
      return 'unsaid';
  }
}

function refused(why: string): RpcRefusal {
  return new RpcRefusal(
    'mcp.state',
    rpcCodes.invalidParams,
    200,
    `\`requestState\` ${why}; make the call anew without it`,
  );
}
