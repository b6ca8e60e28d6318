/**
 * Everything that happened, as a closed union. An event is a leaf of the ledger, so its shape never changes:
 * a new shape is a new `v`, upcast at read. Payloads (arguments, results, requests) are kept apart, redacted;
 * the event holds their digest (`sha256:<hex>` over the payload's RFC 8785 form).
 *
 * Types rather than interfaces, so that an event is a `JsonValue` to the compiler too.
 */
import type { JsonObject, JsonValue } from '../content/value.ts';
import type { Enforcement, PlanEntry } from '../policy/model.ts';
import type { Remedy, Reservation, Verdict } from './decision.ts';
import type { PastCall } from './exchange.ts';
import type { Ask, Withheld } from './hold.ts';
import type { CallMemory, CaseValues, Labels, RunBudget } from './run.ts';

/** How far Sallyport stood between the agent and the tool. */
export type Mediation = 'enforced' | 'brokered' | 'cooperative';

type Common = {
  readonly v: 1;
  /** Epoch milliseconds by the store's clock. */
  readonly atMs: number;
};

type OfRun = Common & {
  readonly run: string;
  readonly agent: string;
  readonly user: string | null;
  readonly policy: string;
};

type OfCall = OfRun & {
  readonly call: string;
  readonly step: number | null;
  readonly tool: string;
  readonly tier: 0 | 1 | 2 | 3;
  readonly digest: string;
  readonly mediation: Mediation;
};

/** What that run's window had spent, and the calls that a duplicate may still ask about. */
export type CarriedOver = {
  readonly spent: RunBudget;
  readonly calls: readonly CallMemory[];
  /** Its next calls of tier >= 1 were to wait for a person. */
  readonly holdsNext?: true;
};

/** A finding as recorded. `at` is `file:line:column`. */
export type RecordedFinding = {
  readonly stage: string;
  readonly code: string;
  readonly verdict: 'note' | 'hold' | 'deny';
  readonly details: JsonObject;
  readonly at: string | null;
};

/** Checks that a call passed, by the policy's file: `line:column code` each, in the order in which they were made. */
export type PassedChecks = { readonly [file: string]: readonly string[] };

export type HandedOver = {
  readonly call: string;
  readonly digest: string;
};

/** What each of the six layers said that looked at something: the worst of it. The record itself is the sixth, `audit`. */
export type Layers = { readonly [layer in LayerName]?: 'passed' | 'noted' | 'held' | 'refused' };

export type LayerName =
  | 'input_validation'
  | 'injection_detection'
  | 'execution_control'
  | 'tool_interception'
  | 'output_validation'
  | 'audit';

/** What the screen said of the request and the case that a run was opened with. */
export type OpenerRisk = {
  readonly score: number;
  /** Types of what was seen, each once. */
  readonly reasons: readonly string[];
  /** Calls of tier >= 1 wait for a person. */
  readonly holds: boolean;
};

type Decided = {
  readonly arguments: string;
  readonly verdict: Verdict;
  readonly effect: Verdict;
  readonly enforcement: Enforcement;
  readonly dryRun: boolean;
  /** In what was written before `passed` was told apart, the passed checks as well. */
  readonly findings: readonly RecordedFinding[];
  readonly passed?: PassedChecks;
  /** Every value that `decide` read of the world. */
  readonly facts: JsonObject;
  readonly budgetLeft: JsonObject;
  /** Absent in what was written before layers were told apart. */
  readonly layers?: Layers;
};

export type RunEvent =
  | (OfRun & {
      readonly type: 'run.opened';
      readonly implicit: boolean;
      readonly credential: string;
      readonly parent: string | null;
      readonly case: CaseValues;
      readonly request: string | null;
      readonly requestTrusted: boolean;
      readonly only: readonly PlanEntry[] | null;
      readonly budget: RunBudget;
      readonly outside: readonly string[];
      readonly dryRun: boolean;
      readonly labels: Labels;
      /** Of the successor of a full implicit run: what it takes over, so that filling a run buys nothing. */
      readonly carried?: CarriedOver;
      /** Absent: nobody looked, or there was nothing to look at. */
      readonly risk?: OpenerRisk;
    })
  | (OfRun & {
      readonly type: 'run.usage';
      readonly steps: number;
      readonly tokens: number;
      readonly costMicroUsd: number;
      readonly model: string | null;
    })
  | (OfRun & {
      readonly type: 'run.closed';
      readonly as: 'success' | 'failure';
      readonly by: string;
      readonly reason: string | null;
    })
  /** Its opener has closed it while holds were open: `run.closed` comes with the last of them. */
  | (OfRun & {
      readonly type: 'run.closing';
      readonly by: string;
      readonly reason: string | null;
    })
  | (OfRun & { readonly type: 'run.abandoned' })
  /** A child run was opened: its budget comes out of this run's, all of it at once, so that no crash can spend it twice. */
  | (OfRun & { readonly type: 'run.delegated'; readonly child: string; readonly budget: RunBudget })
  /** The child has ended: what it didn't use comes back, and what it read stays in this run's labels. */
  | (OfRun & {
      readonly type: 'run.returned';
      readonly child: string;
      readonly unused: RunBudget;
      readonly labels: Labels;
      /** The newest of what it did and read; absent in what was written before calls looked back. */
      readonly history?: readonly PastCall[];
      readonly historyLost?: boolean;
      readonly holdsNext?: true;
    })
  /** Refused, whether by a deny or by a hold that nobody can answer yet: nothing happened. */
  | (OfCall & Decided & { readonly type: 'call.denied'; readonly remedies: readonly Remedy[] })
  /** Waits for people. An edit by one of them, and new reasons after an approval, hold the same call once more. */
  | (OfCall &
      Decided & {
        readonly type: 'call.held';
        readonly asks: readonly Ask[];
        readonly expiresAtMs: number;
        /** Digest of the payload that a person is shown (`HoldFacts`). */
        readonly shown: string;
        /** Why the agent says that it wants this: its own words, redacted, and never shown first. Null: it said nothing. */
        readonly reason: string | null;
        /** Who changed the arguments, and the digest of what the agent proposed. */
        readonly edited?: { readonly by: string; readonly from: string };
      })
  /** One person's answer, with what proved who it was. */
  | (OfRun & {
      readonly type: 'approval.answered';
      readonly call: string;
      /** Of the call that was shown. */
      readonly digest: string;
      readonly by: string;
      /** The approver's token, never its secret, and when they signed in with it. */
      readonly credential: string;
      readonly signedInAtMs: number;
      readonly answer: 'approve' | 'reject';
      /** Keys of the asks that it answers. */
      readonly asks: readonly string[];
      readonly reason: string | null;
    })
  /** The end of a hold. */
  | (OfRun & {
      readonly type: 'approval.settled';
      readonly call: string;
      readonly digest: string;
      readonly of: 'call' | 'result';
      readonly outcome: 'approved' | 'rejected' | 'expired' | 'withdrawn';
      /** The people whose answers it rests on; empty: nobody's. */
      readonly by: readonly string[];
      /** A code where Sallyport settled it (`run.closed`, `catalog.changed`), else null. */
      readonly why: string | null;
    })
  /** Durable before the effect. Carries the intent. */
  | (OfCall &
      Decided & {
        readonly type: 'call.started';
        readonly reservations: readonly Reservation[];
        readonly idempotencyKey: string | null;
        /** Sallyport's own look at what that call names. The agent sees nothing of it. */
        readonly for?: string;
        /** It was held before, and these people agreed. */
        readonly approvedBy?: readonly string[];
        /** Digest of what the agent proposed: a person changed the arguments. A repeat of that gets this call's outcome. */
        readonly editedFrom?: string;
      })
  /** Durable before the result is released. */
  | (OfCall & {
      readonly type: 'call.finished';
      readonly outcome: 'completed' | 'failed' | 'indeterminate';
      /** Who said so: the upstream (its own refusal too), or Sallyport (time-out, lost, dry run, recovery). */
      readonly by: 'upstream' | 'sallyport';
      /** False: its client had gone when it ended. That a client had its outcome is told by `call.delivered`. */
      readonly delivered: boolean;
      /** Nothing was performed: it is no earlier call to a duplicate, and satisfies no `after`. */
      readonly dryRun: boolean;
      readonly result: string | null;
      /** Digest of the outcome as the agent received it, without its frame; null when nothing was released. */
      readonly released: string | null;
      /** The boundary of the frame that was put round it; absent: none was. */
      readonly frame?: string;
      /** Digest of what the policy of that moment said of it (`Shown`); absent: nothing. */
      readonly shown?: string;
      /** What was released asks for it: the run's next calls of tier >= 1 wait for a person. */
      readonly holdsNext?: true;
      /** Nothing was released, and a person may still release it. */
      readonly withheld?: Withheld & {
        readonly asks: readonly Ask[];
        readonly expiresAtMs: number;
        readonly arguments: string;
        /** As of `call.held`. */
        readonly facts: string;
      };
      readonly layers?: Layers;
      readonly isError: boolean;
      readonly findings: readonly RecordedFinding[];
      readonly durationMs: number;
      readonly tokens: number | null;
      readonly costMicroUsd: number | null;
      readonly labels: Labels;
      readonly budgetLeft: JsonObject;
    })
  /**
   * Outcomes of calls at tier >= 1 that were handed to the network, told a moment later and several at a time: what a
   * crash loses of these is handed over once more, to whoever repeats the call.
   */
  | (OfRun & { readonly type: 'call.delivered'; readonly calls: readonly HandedOver[] })
  /** The client had gone when the outcome was to be handed over: a repeat gets it. */
  | (OfCall & { readonly type: 'call.undelivered' })
  /** A duplicate of a call that is in flight, undelivered or indeterminate: it got that call's outcome and counts nowhere. */
  | (OfCall & {
      readonly type: 'call.joined';
      readonly joined: string;
      /** False: its client had gone meanwhile. */
      readonly delivered: boolean;
    });

export type GatewayEvent = Common &
  (
    | { readonly type: 'gateway.started'; readonly version: string; readonly policy: string }
    | { readonly type: 'gateway.stopped' }
    | {
        readonly type: 'policy.loaded';
        readonly policy: string;
        readonly lock: string;
        readonly changed: readonly string[];
      }
    | {
        readonly type: 'policy.rejected';
        readonly policy: string | null;
        readonly errors: readonly string[];
      }
    | {
        readonly type: 'catalog.changed';
        readonly upstream: string;
        readonly tool: string;
        readonly change: 'new' | 'changed' | 'missing' | 'restored';
        readonly digest: string | null;
        readonly pinned: string | null;
      }
    | {
        readonly type: 'breaker.opened';
        readonly tool: string;
        readonly failures: number;
        readonly untilMs: number;
      }
    | { readonly type: 'breaker.closed'; readonly tool: string }
    | {
        readonly type: 'agent.suspended';
        readonly agent: string;
        readonly by: string;
        readonly reason: string | null;
      }
    | { readonly type: 'agent.resumed'; readonly agent: string; readonly by: string }
    | {
        readonly type: 'token.minted';
        readonly token: string;
        readonly holder: string;
        readonly name: string;
        readonly expiresAtMs: number | null;
      }
    | { readonly type: 'token.revoked'; readonly token: string }
    /** What trying from the agent's side showed of other ways out. */
    | {
        readonly type: 'mediation.recorded';
        readonly agent: string;
        readonly proven: boolean;
        readonly policy: string;
      }
    | {
        readonly type: 'alert.raised';
        readonly alert: string;
        readonly run: string | null;
        readonly call: string | null;
        readonly details: JsonObject;
      }
    /** A person signed in to the console, or out of it. `session` names it and is no secret. */
    | {
        readonly type: 'session.opened' | 'session.closed';
        readonly session: string;
        readonly user: string;
        readonly credential: string;
      }
    /** A person accepted a changed or new definition: it stands in the lock from now on. */
    | {
        readonly type: 'catalog.pinned';
        readonly tool: string;
        readonly digest: string;
        readonly by: string;
      }
    /** A message to people was handed to its channel, or given up. */
    | {
        readonly type: 'notification.sent';
        /** `approvals.slack.0`, `alerts.email.1`: as the policy lists it. */
        readonly channel: string;
        /** The same on each try: receivers know a repeat by it. */
        readonly id: string;
        /** What it tells: `call.held`, `approval.settled`, or the name of an alert. */
        readonly about: string;
        readonly run: string | null;
        readonly call: string | null;
        readonly ok: boolean;
        readonly attempts: number;
        /** A fixed code of what went wrong last; null when it arrived. */
        readonly failure: string | null;
      }
    /** A credential was presented that doesn't fit: nothing about it but which check failed. */
    | {
        readonly type: 'identity.refused';
        readonly code: string;
        readonly credential: string | null;
      }
    /** Requests refused before they were calls, for their form or their credential: counts, so that nobody floods the record. */
    | {
        readonly type: 'edge.refused';
        /** `credential` is null where none that is good was shown. */
        readonly refusals: readonly {
          readonly code: string;
          readonly credential: string | null;
          readonly count: number;
        }[];
        /** More pairs of code and credential than there were lines for. */
        readonly others: number;
      }
    /** Refusals that could not be recorded when they happened, read back from the spool. */
    | { readonly type: 'spool.recovered'; readonly refusals: readonly JsonValue[] }
  );

export type Event = RunEvent | GatewayEvent;
