/** How one decided call is written down: who, what, why, and its arguments without what may not be. */
import { foundIn } from '../content/redact-found.ts';
import type { JsonObject } from '../content/value.ts';
import type { Context } from '../engine/context.ts';
import type { Decision } from '../engine/decision.ts';
import { type Attempt, identityOf } from './attempt.ts';
import { CallMarks } from './call-marks.ts';
import type { LookedAt } from './deciding.ts';
import { Payloads } from './payloads.ts';
import type { RuntimePorts } from './ports.ts';
import {
  budgetLeft,
  type CallFields,
  callFields,
  type DecidedFields,
  decidedFields,
} from './record.ts';
import {
  heldRedaction,
  holdsUnrecorded,
  type Redaction,
  recordsEverything,
  redactionOf,
  unrecorded,
} from './redaction.ts';

export interface RecordedCall {
  readonly fields: CallFields;
  readonly decided: DecidedFields;
  readonly payloads: Payloads;
  readonly redaction: Redaction;
  /** Why nothing of its arguments may be written down; null: they are. */
  readonly hidden: 'unscanned' | 'hidden' | null;
}

export function recordedCall(
  ports: RuntimePorts,
  attempt: Attempt,
  context: Context,
  looked: LookedAt,
  of: { readonly decision: Decision; readonly digest: string; readonly args: () => JsonObject },
): RecordedCall {
  const { policy, run, tool, reading, facts } = context;
  const { redaction, hidden } = unrecordedOf(ports, context, looked);
  const payloads = new Payloads();
  const args = payloads.keepArguments(
    hidden === null ? of.args() : { 'dev.sallyport/unrecorded': hidden },
    reading?.ok === true ? reading.read : null,
    redaction,
  );
  const known = identityOf(ports, attempt, run, tool, of.digest);
  const identity = tool === null ? { ...known, toolName: redaction.text(known.toolName) } : known;
  const left = budgetLeft(policy.agents.get(run.agent), run, facts.nowMs);
  return {
    fields: callFields(run, policy, identity, facts.nowMs),
    decided: decidedFields(of.decision, args, facts, left, redaction),
    payloads,
    redaction,
    hidden,
  };
}

/** What of a call must not be written down; `hidden`: why nothing of its arguments may be. */
function unrecordedOf(
  ports: RuntimePorts,
  { policy, run, facts }: Context,
  { texts, hidden }: LookedAt,
): Pick<RecordedCall, 'redaction' | 'hidden'> {
  const held = ports.heldSecrets();
  const wanted = unrecorded(policy);
  if (recordsEverything(wanted)) return { redaction: heldRedaction(held), hidden: null };
  const found = foundIn(facts.scans, wanted);
  const key = (): string => new CallMarks(ports, run.id).placeholderKey;
  const redaction = redactionOf(held, found, key);
  if (facts.scans.size < texts.length) return { redaction, hidden: 'unscanned' };
  // In Base64, escaped, or in pieces: by value it isn't found there.
  const hides = found.size > 0 && holdsUnrecorded(hidden, facts.scans, wanted);
  return { redaction, hidden: hides ? 'hidden' : null };
}
