import type { PiiType } from '../content/detection/pii/find-pii.ts';
import type { JsonObject } from '../content/value.ts';
import type { Alternative, ContentRules, Enforcement, SourcePosition } from '../policy/model.ts';
import type { FindingCode } from './codes.ts';
import type { Approver, Ask } from './hold.ts';
import type { CaseValues, RunBudget } from './run.ts';

export type Verdict = 'allow' | 'hold' | 'deny';
export type StageName =
  | 'identity'
  | 'catalog'
  | 'schema'
  | 'authorize'
  | 'limits'
  | 'inputs'
  | 'flow'
  | 'gate'
  | 'outputs'
  | 'engine'
  | 'store';

/** A stage's reason. `details` are facts for the record and for operators; the agent sees only the code's fixed sentence. */
export interface Finding {
  readonly stage: StageName;
  readonly code: FindingCode;
  /** `note`: a permission check that passed, kept because the record shows every check. */
  readonly verdict: 'note' | 'hold' | 'deny';
  readonly details: JsonObject;
  /** The policy line that decided, where one did. */
  readonly at: SourcePosition | null;
  /** Of a hold: whose agreement would answer it. Null: one person's, of those whom the policy asks by default. */
  readonly approver: Asked | null;
}

/** What a rule says of those whom it asks. */
export interface Asked {
  /** `default`: whom the policy asks where nothing else is said. `nobody`: somebody who can't be asked about this run. */
  readonly by: Approver | 'default' | 'nobody';
  readonly quorum: number;
  readonly freshMs: number | null;
  readonly grants: RunBudget | null;
  /** What the answer counts for (`Ask.autonomy`); null: for nothing. */
  readonly autonomy: string | null;
}

/** What must be done if the call is allowed. Each names the function that performs it (`outputs/`); an unknown one denies. */
export type Obligation =
  /** Show an item only if, for some pair, it passes the agent's and the user's alternative. */
  | ({ readonly type: 'filter_items' } & Filter)
  | ({ readonly type: 'filter_fields' } & Filter)
  | { readonly type: 'check_output_schema' }
  /** Show nothing that detectors haven't looked at; `at`: the score from which on a text counts as giving orders. */
  | {
      readonly type: 'screen';
      readonly at: number;
      readonly response: ContentRules['injection']['response'];
    }
  | { readonly type: 'redact'; readonly pii: readonly PiiType[]; readonly secrets: boolean }
  | { readonly type: 'sanitise' }
  | { readonly type: 'truncate'; readonly maxBytes: number }
  /** Say where what others wrote begins and ends. */
  | { readonly type: 'frame' };

/** One of these for the run itself and one for each run above it: an item or field has to pass all of them. */
export interface Filter {
  readonly pairs: readonly AlternativePair[];
  /** The case of the run whose grants these are. */
  readonly case: CaseValues;
}

export interface AlternativePair {
  readonly agent: Alternative;
  /** From a role of the user; of an agent that acts for nobody, `allow`. */
  readonly user: Alternative;
}

/** What would make the call allowed: a fixed sentence of the finding's code and the facts an agent may see. */
export type Remedy = {
  readonly code: string;
  readonly text: string;
};

/** A draw on a shared counter, taken in the same transaction as the events, or the whole commit fails. */
export type Reservation =
  | {
      readonly type: 'window';
      readonly key: string;
      readonly amount: number;
      readonly max: number;
      readonly windowMs: number | null;
      readonly code: FindingCode;
    }
  | { readonly type: 'once'; readonly key: string; readonly code: FindingCode };

export interface Decision {
  /** What the stages concluded, before enforcement: the worst of the findings. */
  readonly verdict: Verdict;
  /** What happens: `verdict` in strict; `allow` in observe and warn, but never over stages 1-3. */
  readonly effect: Verdict;
  readonly enforcement: Enforcement;
  readonly dryRun: boolean;
  readonly findings: readonly Finding[];
  readonly obligations: readonly Obligation[];
  readonly remedies: readonly Remedy[];
  readonly reservations: readonly Reservation[];
  /** What people have to agree to before it may happen; empty unless `effect` is `hold` and somebody can be asked. */
  readonly asks: readonly Ask[];
  /** Held before, and these people agreed to what was found: `verdict` is `hold`, and `effect` all the same `allow`. */
  readonly approvedBy: readonly string[];
}
