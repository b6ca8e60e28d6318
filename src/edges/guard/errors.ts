import { SallyportError } from '../../content/errors.ts';
import type { JsonObject } from '../../content/value.ts';
import type { HoldTicket, Refusal } from '../../runtime/port.ts';

/**
 * Thrown where a guarded function is called and the call was refused: the function was not called. `code` is the first
 * finding's, `message` a text that a model can act on, `decision` its machine-readable part.
 */
export class RefusedError extends SallyportError {
  readonly decision: JsonObject;

  constructor(refusal: Refusal) {
    super(refusal.code, refusal.text);
    this.decision = refusal.machine;
  }
}

/**
 * Thrown where a guarded function is called and the call waits for a person, whom its caller doesn't wait for, or can't
 * any more: the function was not called. The same call, made again in the same run, picks the answer up.
 */
export class HeldError extends SallyportError {
  /** Names the hold, for whoever may answer it: `sallyport approvals show <ticket>`. Nobody answers with it. */
  readonly ticket: string;
  /** From then on nobody can agree any more. */
  readonly expiresAt: Date;
  readonly decision: JsonObject;

  constructor({ id, expiresAtMs }: HoldTicket, refusal: Refusal) {
    super(refusal.code, refusal.text);
    this.ticket = id;
    this.expiresAt = new Date(expiresAtMs);
    this.decision = refusal.machine;
  }
}

/**
 * The guarded function was called, and there is no result: it threw (`guard.call_failed`), didn't end in time, or what it
 * gave back can't be released. Whether it took effect is for the function to say, or nobody knows: don't just repeat it.
 */
export class GuardedCallError extends SallyportError {}

/**
 * What is said of a call without a result. By its code: a fault of ours may have come after the effect, so it counts as
 * if it had.
 */
export function errorOf(refusal: Refusal): RefusedError | GuardedCallError {
  const { code, text } = refusal;
  const called =
    code === 'engine.fault' ||
    code.startsWith('outputs.') ||
    (code.startsWith('upstream.') && code !== 'upstream.down');
  return called ? new GuardedCallError(code, text) : new RefusedError(refusal);
}

/** The guard was used in a way that can't work. Nothing was called, and nothing recorded. */
export class GuardError extends SallyportError {
  declare readonly code: GuardErrorCode;

  constructor(code: GuardErrorCode, message: string, options: { hint?: string } = {}) {
    super(code, message, options);
  }
}

export type GuardErrorCode =
  /** A call outside of a run, and no agent to imply one. */
  | 'guard.no_agent'
  /** Arguments that JSON can't say, or would say differently. */
  | 'guard.not_json'
  /** A run's options, or what it is said to have used. */
  | 'guard.bad_options'
  /** Not `upstream.operation`, of an upstream that the policy declares with `functions: true`. */
  | 'guard.not_functions'
  | 'guard.registered_twice'
  /** The door was disposed of. */
  | 'guard.closed';
