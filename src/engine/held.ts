/** What holds do to a run, as its events tell it. */
import { orderSeen } from './asks.ts';
import { budgetNames } from './budget.ts';
import type { RunEvent } from './events.ts';
import type { PastCall } from './exchange.ts';
import { pastOf, withCall, withoutPast } from './history.ts';
import type { Held, Withheld } from './hold.ts';
import { mergeLabels } from './labels.ts';
import { limits } from './limits.ts';
import type { CallMemories, Run, RunBudget } from './run.ts';
import { keep, recall } from './run-memory.ts';

type Of<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

/**
 * Held, or held anew: by an edit, whose call nobody has agreed to yet, or for new reasons, beside which earlier answers stand
 * as long as they last.
 */
export function withHeld(run: Run, event: Of<'call.held'>): Run {
  const before = run.held.find(({ id, of }) => id === event.call && of === 'call');
  const stands = before?.digest === event.digest && !isLapsed(before, event.atMs);
  return withEntry(run, event.atMs, {
    id: event.call,
    of: 'call',
    tool: event.tool,
    tier: event.tier,
    digest: event.digest,
    arguments: event.arguments,
    step: event.step,
    atMs: before?.atMs ?? event.atMs,
    expiresAtMs: event.expiresAtMs,
    state: 'waiting',
    settledAtMs: null,
    asks: event.asks,
    agreements: stands ? before.agreements : [],
    editedFrom: event.edited?.from ?? before?.editedFrom ?? null,
    withheld: null,
  });
}

/** What came back waits. */
export function withWithheld(run: Run, event: Of<'call.finished'>, editedFrom: string | null): Run {
  if (event.withheld === undefined) return run;
  const { asks, expiresAtMs, arguments: args, facts: _, ...withheld } = event.withheld;
  return withEntry(run, event.atMs, {
    id: event.call,
    of: 'result',
    tool: event.tool,
    tier: event.tier,
    digest: event.digest,
    arguments: args,
    step: event.step,
    atMs: event.atMs,
    expiresAtMs,
    state: 'waiting',
    settledAtMs: null,
    asks,
    agreements: [],
    editedFrom,
    withheld,
  });
}

/** Its end is still to be written: that it began, or that it lapsed. */
function awaitsBeginning({ of, state }: Held): boolean {
  return of === 'call' && state === 'approved';
}

/**
 * In place of whatever waited under its id. Of those that were answered the oldest goes when there are too many; a call that
 * people agreed to doesn't, before something has come of it.
 */
function withEntry(run: Run, atMs: number, held: Held): Run {
  const others = run.held.filter(
    (one) => one.id !== held.id && (awaitsBeginning(one) || !isForgottenHold(run, one, atMs)),
  );
  const answered = others.filter((one) => one.state !== 'waiting' && !awaitsBeginning(one));
  const gone = new Set(answered.slice(0, Math.max(0, answered.length - limits.heldAnsweredMax)));
  return timed({ ...run, held: [...others.filter((one) => !gone.has(one)), held] }, atMs);
}

export function withAgreement(run: Run, event: Of<'approval.answered'>): Run {
  if (event.answer === 'reject') return run;
  const held = run.held.map((one) =>
    one.id === event.call && one.digest === event.digest && one.state === 'waiting'
      ? {
          ...one,
          agreements: [...one.agreements, { by: event.by, atMs: event.atMs, asks: event.asks }],
        }
      : one,
  );
  return { ...run, held };
}

/**
 * An approval that people gave is spent when the call begins; what was refused stays refused for a while. A call that they
 * agreed to, and of which nothing has come, can still be withdrawn.
 */
export function withSettled(run: Run, event: Of<'approval.settled'>): Run {
  const { outcome, atMs } = event;
  const one = run.held.find(
    ({ id, of, digest, state }) =>
      id === event.call &&
      of === event.of &&
      digest === event.digest &&
      (state === 'waiting' || (outcome === 'withdrawn' && of === 'call' && state === 'approved')),
  );
  if (one === undefined) return run;
  const others = run.held.filter((other) => other !== one);
  if (outcome === 'withdrawn') return timed({ ...run, held: others }, atMs);
  const settled: Held = { ...one, state: outcome, settledAtMs: atMs };
  // In the order in which they were answered: the oldest answer is forgotten first.
  const next = timed({ ...run, held: [...others, settled] }, atMs);
  return outcome === 'approved' ? withReleased(agreedTo(next, one), one, atMs) : next;
}

/** It begins, or is refused after all. What is withheld of its result is another hold. */
export function withoutHeld(
  run: Run,
  event: { readonly call: string; readonly atMs: number },
): Run {
  const held = run.held.filter(({ id, of }) => id !== event.call || of !== 'call');
  return held.length === run.held.length ? run : timed({ ...run, held }, event.atMs);
}

/** A result that people released was handed over: a repeat is a new call. */
export function withoutReleased(run: Run, delivered: readonly { readonly call: string }[]): Run {
  if (!run.held.some(isReleased)) return run;
  const calls = new Set(delivered.map(({ call }) => call));
  return { ...run, held: run.held.filter((one) => !isReleased(one) || !calls.has(one.id)) };
}

function isReleased({ of, state }: Held): boolean {
  return of === 'result' && state === 'approved';
}

/**
 * What people release the run has received from then on, whether its agent comes for it or not: a crash in between must not
 * take the labels off it.
 */
function withReleased(run: Run, { id, tier, tool, withheld, ...held }: Held, atMs: number): Run {
  if (withheld === null) return run;
  const { kept, frame, labels, shown } = withheld;
  const past: PastCall = pastOf(run, id) ?? {
    call: id,
    tool,
    tier,
    sinceMs: held.atMs,
    atMs,
    completed: false,
    seenByAgent: true,
    arguments: held.arguments,
    released: null,
    shown: null,
    trust: labels.trust,
  };
  return {
    ...run,
    ...withCall(withoutPast(run, id), {
      ...past,
      atMs,
      released: kept,
      shown: shown ?? null,
      trust: labels.trust,
    }),
    labels: mergeLabels(run.labels, labels),
    remembered: namesOf(held).reduce(
      (memories, digest) => withOutcome(memories, { id, digest, kept, frame }),
      run.remembered,
    ),
  };
}

function namesOf({ digest, editedFrom }: Pick<Held, 'digest' | 'editedFrom'>): readonly string[] {
  return editedFrom === null || editedFrom === digest ? [digest] : [digest, editedFrom];
}

/** A repeat of an act gets what was released, and not the word that it was withheld. */
function withOutcome(
  memories: CallMemories,
  { id, digest, kept, frame }: Pick<Held, 'id' | 'digest'> & Pick<Withheld, 'kept' | 'frame'>,
): CallMemories {
  const memory = recall(memories, digest);
  if (memory?.id !== id) return memories;
  const { frame: _, ...known } = memory;
  const released = { ...known, outcome: kept, ...(frame === null ? {} : { frame }) };
  return keep(memories, released, () => false);
}

/** What the answers speak for beyond the call: the values that they were about, and what they added to the budget. */
function agreedTo(run: Run, { asks }: Held): Run {
  const agreed = new Set(run.agreed);
  const given = new Set<string>();
  let granted = run.granted;
  let { holdsNext } = run;
  for (const { key, code, by, remember, grants } of asks) {
    if (grants !== null && !run.implicit) {
      granted = sumOf(granted, grants);
      given.add(key);
    }
    if (remember === null) continue;
    // Asked for by what this run itself read: whoever agreed has seen that, and not what it has read since.
    if (code === 'inputs.hold_next' && remember === orderSeen(by, run.id, holdsNext))
      holdsNext = null;
    else if (agreed.size < limits.agreedMax) agreed.add(remember);
  }
  const held = given.size === 0 ? run.held : run.held.map((one) => withoutGrants(one, given));
  return { ...run, held, agreed: [...agreed], granted, holdsNext };
}

/** Calls that wait for the same room wait for it once: whoever agrees to the next one adds no more. */
function withoutGrants(held: Held, given: ReadonlySet<string>): Held {
  return held.asks.some(({ key }) => given.has(key))
    ? {
        ...held,
        asks: held.asks.map((ask) => (given.has(ask.key) ? { ...ask, grants: null } : ask)),
      }
    : held;
}

function sumOf(a: RunBudget, b: RunBudget): RunBudget {
  const sum: { -readonly [name in keyof RunBudget]: RunBudget[name] } = { ...a };
  for (const name of budgetNames) {
    const added = b[name];
    if (added !== undefined)
      sum[name] = Math.min(Number.MAX_SAFE_INTEGER, (a[name] ?? 0) + Math.max(0, added));
  }
  return sum;
}

/** The clock of a run stands still while somebody thinks. */
function timed(run: Run, atMs: number): Run {
  const waits = run.held.some(({ state }) => state === 'waiting');
  if (waits === (run.heldSinceMs !== null)) return run;
  return run.heldSinceMs === null
    ? { ...run, heldSinceMs: atMs }
    : { ...run, heldSinceMs: null, heldMs: run.heldMs + Math.max(0, atMs - run.heldSinceMs) };
}

/**
 * Whether a repeat may ask anew. What a person refused stays refused for the run; of what nobody answered in time a repeat
 * hears for as long again, so that an agent learns it and a person who comes back late can still be asked.
 */
export function isForgottenHold(
  { implicit }: Pick<Run, 'implicit'>,
  held: Held,
  nowMs: number,
): boolean {
  const { of, state, settledAtMs, atMs, expiresAtMs } = held;
  if (settledAtMs === null || state === 'waiting') return false;
  if (state === 'approved') return isLapsed(held, nowMs);
  const sinceMs = nowMs - settledAtMs;
  if (implicit && sinceMs >= limits.implicitMemoryMs) return true;
  // A result that was refused says nothing of the next one: what is read then is looked at anew.
  return (state === 'expired' || of === 'result') && sinceMs >= expiresAtMs - atMs;
}

/** Who agrees means now, and not some day: an approval that nothing comes of lasts as long again as there was to give it. */
export function isLapsed(
  { of, state, settledAtMs, atMs, expiresAtMs }: Held,
  nowMs: number,
): boolean {
  return (
    of === 'call' &&
    state === 'approved' &&
    settledAtMs !== null &&
    nowMs - settledAtMs >= expiresAtMs - atMs
  );
}
