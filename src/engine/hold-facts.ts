/**
 * What a person is shown of a held call: Sallyport's facts, made when it was held and kept with it, so that the record
 * proves what they saw. Types, so that they are a `JsonValue` to the compiler too.
 */
import type { JsonObject, JsonValue } from '../content/value.ts';
import type { Approver } from './hold.ts';

export type HoldFacts = {
  readonly v: 1;
  /** One sentence in Sallyport's words: what will happen if they agree. No text that an agent or an upstream wrote. */
  readonly summary: string;
  /** The same without any value of an argument, for messages that may show none. */
  readonly outline: string;
  readonly tool: {
    readonly name: string;
    /** As pinned: an upstream's words, shown as such. */
    readonly title: string | null;
    readonly action: string;
    readonly tier: 0 | 1 | 2 | 3;
    readonly reach: 'internal' | 'external';
  };
  /** Every argument's values, in the order of the policy; at most `heldValuesMax`, and then where it goes before what it says. */
  readonly values: readonly ShownValue[];
  /** Values that aren't listed above, because there are too many. */
  readonly omitted: number;
  /** Why it waits, one an ask, in the order of the stages. */
  readonly reasons: readonly ShownReason[];
  /** Of a result that waits: what was found in it. */
  readonly result: { readonly found: readonly ShownFinding[] } | null;
};

export type ShownValue = {
  /** RFC 6901, into the arguments. */
  readonly pointer: string;
  /** What it means: `recipient`, `amount`, `content`. Null: the policy doesn't say. */
  readonly kind: string | null;
  /** Redacted as any record is. Of a long text its beginning. */
  readonly value: JsonValue;
  /** UTF-16 units of the text that aren't shown here, at its end; 0: it is whole. */
  readonly cut: number;
  readonly origin: ValueOrigin;
  /** Of a value that stood in a result, or in a request that nobody vouches for: other results in which it, or a part of it, stood too. Untrusted ones first. */
  readonly also: readonly ResultOrigin[];
  /** No completed call of this agent has gone there before (destinations only; of a URL, its host); null: not known. */
  readonly firstUse: boolean | null;
  /** An internationalised host in its ASCII form (`xn--…`), where it has one. */
  readonly ascii: string | null;
  /** Parts of a text that can't be seen, or look like others: UTF-16 offsets. */
  readonly disguised: readonly {
    readonly start: number;
    readonly end: number;
    readonly as: 'invisible' | 'bidi' | 'confusable';
  }[];
};

/** Where a value stood before the agent used it: the first of these that fits. */
export type ValueOrigin =
  /** Filled by the policy or the tool's schema. */
  | { readonly type: 'policy' }
  /** Changed by a person who was asked. */
  | { readonly type: 'approver'; readonly by: string }
  | { readonly type: 'case'; readonly name: string }
  /** The trusted request has it, or the opener's plan lists it. */
  | { readonly type: 'request' }
  /** The request has it, and whoever opened the run doesn't vouch for the request: anybody may have written it. */
  | { readonly type: 'untrusted_request' }
  | ResultOrigin
  /** Nowhere that Sallyport saw: the agent's own. */
  | { readonly type: 'agent' }
  /** Nobody can say: what the run was shown isn't to be had, or not all of it any more. */
  | { readonly type: 'unknown' };

export type ResultOrigin = {
  readonly type: 'result';
  readonly call: string;
  readonly tool: string;
  readonly trust: 'trusted' | 'untrusted';
  /** The policy says that this field of the tool names such values, and the agent has written none there. */
  readonly provided: boolean;
  /** RFC 6901, into the result's data; null: in several places, or somewhere in it. */
  readonly field: string | null;
  /** Who wrote it, where the tool says so (an address); null: not known. */
  readonly sender: string | null;
  /** Parts of the value that stand there: UTF-16 offsets. The whole value: one span over all of it. */
  readonly spans: readonly { readonly start: number; readonly end: number }[];
};

export type ShownFinding = {
  readonly code: string;
  /** The code's sentence for operators. */
  readonly text: string;
  readonly details: JsonObject;
};

export type ShownReason = ShownFinding & {
  /** Of the ask. */
  readonly key: string;
  /** Of the value that it speaks of, as in `values`; null: of none, or of several. */
  readonly pointer: string | null;
  /** The policy's line, `file:line:column`. */
  readonly at: string | null;
  readonly by: Approver;
  readonly quorum: number;
};
