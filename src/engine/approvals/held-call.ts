import type { JsonObject } from '../../content/value.ts';
import type { ReadCall } from '../call.ts';
import type { Context } from '../context.ts';
import type { Decision, Finding } from '../decision.ts';
import type { Exchange } from '../exchange.ts';
import type { Facts } from '../facts.ts';
import type { Ask } from '../hold.ts';

/** A call that is about to wait, with everything that can be known of its values. */
export interface HeldCall {
  readonly context: Context;
  readonly read: ReadCall;
  readonly decision: Pick<Decision, 'findings' | 'asks'>;
  /** As the facts have it, or fetched once the decision said that the call waits. Null: it isn't to be had. */
  readonly history: readonly Exchange[] | null;
  /** Of `firstUseKeys`; one that isn't here isn't known. */
  readonly used: Facts['used'];
  /** Who changed the call, and what its agent had proposed; null: nobody did. */
  readonly edited: { readonly by: string; readonly args: JsonObject } | null;
}

/** A result that waits to be released. */
export interface HeldResult {
  readonly context: Pick<Context, 'policy' | 'run'>;
  readonly read: ReadCall;
  /** In the result. */
  readonly findings: readonly Finding[];
  readonly asks: readonly Ask[];
}
