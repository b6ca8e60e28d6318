/** What holds do to a run, as its events tell it. */
import type { RunEvent } from './events.ts';
import type { Held } from './hold.ts';
import { limits } from './limits.ts';
import type { Run, RunBudget } from './run.ts';

type Of<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

/** Held, or held anew: by an edit, whose call nobody has agreed to yet, or for new reasons, beside which earlier answers stand. */
export function withHeld(run: Run, event: Of<'call.held'>): Run {
  const before = run.held.find(({ id }) => id === event.call);
  const held: Held = {
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
    agreements: before?.digest === event.digest ? before.agreements : [],
    editedFrom: event.edited?.from ?? before?.editedFrom ?? null,
    withheld: null,
  };
  const others = run.held.filter((one) => one !== before && !isForgottenHold(run, one, event.atMs));
  return timed({ ...run, held: [...others, held] }, event.atMs);
}

/** What came back waits. */
export function withWithheld(run: Run, event: Of<'call.finished'>, step: number | null): Run {
  if (event.withheld === undefined) return run;
  const { kept, frame, labels, asks, expiresAtMs } = event.withheld;
  const held: Held = {
    id: event.call,
    of: 'result',
    tool: event.tool,
    tier: event.tier,
    digest: event.digest,
    arguments: event.withheld.arguments,
    step,
    atMs: event.atMs,
    expiresAtMs,
    state: 'waiting',
    settledAtMs: null,
    asks,
    agreements: [],
    editedFrom: null,
    withheld: { kept, frame, labels },
  };
  return timed({ ...run, held: [...run.held, held] }, event.atMs);
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
 * An approval that people gave is spent when the call begins; what was refused stays refused for a while. What they agreed
 * to and nothing has come of can still be withdrawn.
 */
export function withSettled(run: Run, event: Of<'approval.settled'>): Run {
  const { outcome, atMs } = event;
  const one = run.held.find(
    ({ id, state }) =>
      id === event.call &&
      (state === 'waiting' || (state === 'approved' && outcome === 'withdrawn')),
  );
  if (one === undefined) return run;
  const settled: Run = {
    ...run,
    held:
      outcome === 'withdrawn'
        ? run.held.filter((other) => other !== one)
        : run.held.map((other) =>
            other === one ? { ...one, state: outcome, settledAtMs: atMs } : other,
          ),
  };
  return timed(outcome === 'approved' ? agreedTo(settled, one) : settled, atMs);
}

export function withoutHeld(
  run: Run,
  event: { readonly call: string; readonly atMs: number },
): Run {
  return timed({ ...run, held: run.held.filter(({ id }) => id !== event.call) }, event.atMs);
}

/** What the answers speak for beyond the call: the values that they were about, and what they added to the budget. */
function agreedTo(run: Run, { asks }: Held): Run {
  const agreed = new Set(run.agreed);
  let granted = run.granted;
  let { holdsNext } = run;
  for (const ask of asks) {
    if (ask.remember !== null && agreed.size < limits.agreedMax) agreed.add(ask.remember);
    if (ask.grants !== null) granted = sumOf(granted, ask.grants);
    if (ask.code === 'inputs.hold_next') holdsNext = null;
  }
  return { ...run, agreed: [...agreed], granted, holdsNext };
}

function sumOf(a: RunBudget, b: RunBudget): RunBudget {
  const sum: { -readonly [name in keyof RunBudget]: RunBudget[name] } = { ...a };
  for (const name of ['steps', 'toolCalls', 'durationMs', 'tokens', 'costMicroUsd'] as const) {
    const added = b[name];
    if (added !== undefined) sum[name] = (a[name] ?? 0) + Math.max(0, added);
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
  const { state, settledAtMs, atMs, expiresAtMs } = held;
  if (settledAtMs === null || state === 'waiting') return false;
  if (state === 'approved') return isLapsed(held, nowMs);
  const sinceMs = nowMs - settledAtMs;
  if (implicit && sinceMs >= limits.implicitMemoryMs) return true;
  return state === 'expired' && sinceMs >= expiresAtMs - atMs;
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
