/**
 * What passed between an agent and a tool in one call, as later decisions look at it. What *permits* (records,
 * values that are provided) was taken down when the result was released, so that a reload can't change a past; what
 * *forbids* (the text) is read from the result itself.
 */
import type { KindName } from '../content/kind.ts';
import type { JsonObject, JsonValue } from '../content/value.ts';
import type { Labels } from './run.ts';

/** A reference, as a run keeps it: payload digests (`sha256:<hex>`). */
export type PastCall = {
  readonly call: string;
  readonly tool: string;
  readonly tier: 0 | 1 | 2 | 3;
  /** When it began, and when it had ended: of one that is under way, no time that has come. */
  readonly sinceMs: number;
  readonly atMs: number;
  /** False: it failed, or nobody knows, or it is under way. What was released of it was read all the same. */
  readonly completed: boolean;
  /** False: Sallyport's own look at a record. The agent saw nothing of it. */
  readonly seenByAgent: boolean;
  readonly arguments: string;
  /** What the agent got; null: nothing. */
  readonly released: string | null;
  /** Null: the policy of that moment said nothing of the result but its labels. */
  readonly shown: string | null;
  readonly trust: Labels['trust'];
};

/** The call with what its references stand for. */
export interface Exchange {
  readonly past: PastCall;
  readonly args: JsonObject;
  /** The result as the agent got it, but for its frame and marks: `{ content, structuredContent?, isError? }`; null: nothing. */
  readonly result: JsonObject | null;
  readonly shown: Shown;
}

/** What the policy of that moment said of a released result. A type, so that it is a `JsonValue` to the compiler too. */
export type Shown = {
  readonly v: 1;
  /** How the text was read as data (`returns.parse`); null: the structured part, or none. */
  readonly parse: 'json' | 'yaml' | null;
  /**
   * Places in the data whose text was found to give orders, RFC 6901; `""`: somewhere in it. Absent: none was found, or
   * nobody looked.
   */
  readonly flagged?: readonly string[];
  /** Classes that detectors saw in it, whatever the policy says of its tool; absent: none. */
  readonly classes?: readonly string[];
  /** What of the result stands in none of them is data of no record: it forbids as any text does. */
  readonly records: readonly ShownRecord[];
};

export type ShownRecord = {
  /** Where it stands in the data: RFC 6901; `""` is the whole. */
  readonly at: string;
  readonly object: string | null;
  readonly id: string | null;
  readonly owner: string | null;
  readonly fields: { readonly [name: string]: JsonValue };
  readonly names: readonly string[];
  /** By the pointer of the policy. */
  readonly order: { readonly [pointer: string]: string | number };
  /** Values that later calls may use: keys of parsed values. Those whose condition on fields failed are not here. */
  readonly provides: readonly {
    readonly kind: KindName;
    readonly key: string;
    readonly when: 'always' | 'named';
  }[];
};

/** Of a result of which the policy says nothing: one record, the whole, that provides nothing. */
export const nothingShown: Shown = {
  v: 1,
  parse: null,
  records: [
    { at: '', object: null, id: null, owner: null, fields: {}, names: [], order: {}, provides: [] },
  ],
};
