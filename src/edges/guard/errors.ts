import { SallyportError } from '../../content/errors.ts';
import type { JsonObject } from '../../content/value.ts';
import type { Refusal } from '../../runtime/port.ts';

/**
 * Thrown where a guarded function is called and the call was refused: nothing happened. `code` is the first finding's,
 * `message` a text that a model can act on, `decision` its machine-readable part.
 */
export class RefusedError extends SallyportError {
  readonly decision: JsonObject;

  constructor(refusal: Refusal) {
    super(refusal.code, refusal.text);
    this.decision = refusal.machine;
  }
}

/** The guarded function itself failed: it threw, or what it gave back could not be released. */
export class GuardedCallError extends SallyportError {}

/** The guard was used in a way that can't work: no run and no agent to imply one, an upstream of no functions. */
export class GuardError extends SallyportError {
  declare readonly code: 'guard.no_agent' | 'guard.no_object' | 'guard.not_functions';

  constructor(code: GuardError['code'], message: string, options: { hint?: string } = {}) {
    super(code, message, options);
  }
}
