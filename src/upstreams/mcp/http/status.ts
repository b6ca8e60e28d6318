/** What an HTTP status other than success says about a call: above all, whether it can have had an effect. */
import type { Exchange, Failure } from '../channel.ts';
import type { Incoming } from '../message.ts';
import { isCertainRefusal } from '../protocol.ts';

/**
 * Statuses by which a server turns a request away at the door. Not among them: 408, 409 and 422 (it may have begun),
 * 301 to 303 (web servers perform a POST and redirect to its page), and everything from 500 on.
 */
const turnedAway: ReadonlySet<number> = new Set([
  307, 308, 400, 401, 403, 404, 405, 406, 407, 410, 411, 413, 414, 415, 417, 421, 425, 426, 428,
  429, 431,
]);

export function readStatus(
  status: number,
  /** A JSON-RPC error in the body, where there is one. */
  error: Extract<Incoming, { type: 'error' }> | null,
  options: { readonly inSession: boolean; readonly retryAfterMs: number | null },
): Exchange {
  const performed = turnedAway.has(status) ? 'no' : 'maybe';
  const failure = (reason: Failure['reason'], detail: string): Failure => ({
    type: 'failed',
    reason,
    performed,
    detail: `HTTP ${status}: ${detail}`,
    httpStatus: status,
    ...(options.retryAfterMs === null ? {} : { retryAfterMs: options.retryAfterMs }),
  });
  if (status >= 300 && status < 400)
    return failure('redirect', 'it redirects, and redirects are not followed');
  if (status === 401 || status === 403 || status === 407)
    return failure('credential', 'it does not accept the credential');
  if (status === 429) return failure('rate_limited', 'it asks for fewer requests');
  if (status >= 500) return failure('server_error', 'the server failed');
  if (options.inSession && (status === 404 || (status === 400 && namesNoFault(error)))) {
    return { ...failure('down', 'it no longer knows the session'), cure: 'new_session' };
  }
  if (error !== null) {
    return {
      type: 'error',
      code: error.code,
      message: error.message,
      data: error.data,
      refused: performed === 'no' || isCertainRefusal(error.code),
    };
  }
  if (status === 404 || status === 410)
    return failure('down', 'there is no MCP endpoint at this URL');
  if (status === 413) return failure('too_large', 'the request is larger than it takes');
  return failure('bad_answer', 'not an MCP answer');
}

/** Servers that forgot a session often answer 400 and a code that means nothing in particular. */
function namesNoFault(error: Extract<Incoming, { type: 'error' }> | null): boolean {
  return error === null || error.code === -32000 || error.code === -32001;
}
