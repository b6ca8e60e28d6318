/** A held call, or a withheld result, as its run remembers it: what a person is asked, who may answer, and what they said. */
import { digestOf } from '../content/digest.ts';
import type { Labels, RunBudget } from './run.ts';

/** Who may answer. */
export type Approver =
  | { readonly type: 'role'; readonly role: string }
  /** The person on whose behalf the run works. */
  | { readonly type: 'user' }
  /** That person too, who gives a reason; people of the role are alerted. */
  | { readonly type: 'break_glass'; readonly role: string };

/** One reason why a call waits, and whose agreement would answer it. */
export type Ask = {
  /** `sha256:<hex>`: found again in the same call, the same reason has the same key. */
  readonly key: string;
  readonly code: string;
  readonly by: Approver;
  /** So many different people. */
  readonly quorum: number;
  /** Each of them signed in so recently; null: whenever. */
  readonly freshMs: number | null;
  /** What the answer speaks for in the rest of the run (`sha256:<hex>` of rule, tool, kind and value); null: this call alone. */
  readonly remember: string | null;
  /** What agreeing adds to the budget of the run; null: nothing. */
  readonly grants: RunBudget | null;
  /** Counted, its answer brings nearer that nobody is asked any more (`approval.until`); absent: it doesn't count. */
  readonly autonomy?: string;
};

/** One person's agreement. */
export type Agreement = {
  /** The person's id. */
  readonly by: string;
  readonly atMs: number;
  /** Keys of the asks that it answers. */
  readonly asks: readonly string[];
};

export type Held = {
  /** The call's id: there is at most one hold of a call at a time. */
  readonly id: string;
  /** `result`: the call was made, and what came back waits. */
  readonly of: 'call' | 'result';
  readonly tool: string;
  readonly tier: 0 | 1 | 2 | 3;
  /** What an approval is bound to: tool, definition and arguments. After an edit, the edited call's. */
  readonly digest: string;
  /** Payload digest of the arguments as recorded. */
  readonly arguments: string;
  readonly step: number | null;
  readonly atMs: number;
  readonly expiresAtMs: number;
  /** What was withdrawn, or was approved and has begun, is no hold any more. */
  readonly state: 'waiting' | 'approved' | 'rejected' | 'expired';
  /** When it left `waiting`. */
  readonly settledAtMs: number | null;
  readonly asks: readonly Ask[];
  readonly agreements: readonly Agreement[];
  /** Digest of the call that the agent proposed, where a person changed it. */
  readonly editedFrom: string | null;
  /** Of a result: what is handed over once it is released. */
  readonly withheld: Withheld | null;
};

export type Withheld = {
  /** Payload digest of the result as it would be released, without its frame. */
  readonly kept: string;
  readonly frame: string | null;
  /** Those of the result, which the run gets with it. */
  readonly labels: Labels;
  /** Payload digest of what rules take down of it (`Shown`); absent: nothing. */
  readonly shown?: string;
};

/** Asks that nobody, or too few people, agreed to yet. */
export function openAsks({ asks, agreements }: Pick<Held, 'asks' | 'agreements'>): readonly Ask[] {
  return asks.filter(
    ({ key, quorum }) =>
      new Set(agreements.filter((one) => one.asks.includes(key)).map(({ by }) => by)).size < quorum,
  );
}

/**
 * What a person answers: this call, for these reasons. Whoever was shown fewer of them has answered another question,
 * though the call is the same.
 */
export function questionOf({ digest, asks }: Pick<Held, 'digest' | 'asks'>): string {
  return digestOf([digest, asks.map(({ key }) => key).sort()]);
}
