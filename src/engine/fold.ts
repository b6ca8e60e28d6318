/**
 * A run as the sum of its events. Never reads the policy: a reload can't change a past. Total and deterministic, and
 * plain JSON at every step, because it is snapshotted and folded on elsewhere.
 */
import { isForgotten } from './duplicates.ts';
import type { HandedOver, RunEvent } from './events.ts';
import type { PastCall } from './exchange.ts';
import {
  withAgreement,
  withHeld,
  withoutHeld,
  withoutReleased,
  withSettled,
  withWithheld,
} from './held.ts';
import { withCall, withReturned } from './history.ts';
import { mergeLabels, noLabels } from './labels.ts';
import { limits } from './limits.ts';
import type {
  CallMark,
  CallMemories,
  CallMemory,
  CallUnderWay,
  Run,
  RunBudget,
  UsageMark,
} from './run.ts';
import { drop, keep, marked, mergedTail, recall, remember, withResult } from './run-memory.ts';

type Of<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

/** The run after an event while it is made: nobody else has it yet, and a copy for each change would be several a call. */
type Next = { -readonly [field in keyof Run]: Run[field] };

export function fold(run: Run | null, event: RunEvent): Run {
  if (run === null) return event.type === 'run.opened' ? opened(event) : headless(event);
  const next: Next = { ...run, version: run.version + 1 };
  switch (event.type) {
    case 'run.opened':
      return next;
    case 'run.usage':
      return used(next, event);
    case 'run.closed':
      return { ...next, status: 'closed', closedAs: event.as };
    case 'run.closing':
      return { ...next, status: 'closing', closedAs: 'success' };
    case 'run.abandoned':
      return { ...next, status: 'abandoned' };
    case 'run.delegated':
      return lend(next, event.budget, 1);
    case 'run.returned':
      return {
        ...lend(next, event.unused, -1),
        // A child that returned before calls looked back left nothing to look at.
        ...withReturned(run, event.history ?? [], event.historyLost ?? true),
        holdsNext: event.holdsNext === true ? event.child : run.holdsNext,
        labels: mergeLabels(run.labels, event.labels),
      };
    case 'call.held':
      return withHeld(isHeld(run, event) ? next : counted(next, event), event);
    case 'approval.answered':
      return withAgreement(next, event);
    case 'approval.settled':
      return withSettled(next, event);
    case 'call.denied':
      // Held before, it is counted already.
      if (isHeld(run, event)) return withoutHeld(next, event);
      next.recent = remember(run.recent, {
        tool: event.tool,
        digest: event.digest,
        resultDigest: `refused:${firstReason(event)}`,
      });
      return counted(next, event);
    case 'call.started':
      return started(next, event);
    case 'call.finished':
      return finished(next, event);
    case 'call.delivered':
      return {
        ...withoutReleased(next, event.calls),
        remembered: event.calls.reduce(handedOver, run.remembered),
      };
    case 'call.undelivered':
    case 'call.joined':
      return next;
  }
}

function opened(event: Of<'run.opened'>): Run {
  return {
    id: event.run,
    version: 1,
    agent: event.agent,
    user: event.user,
    implicit: event.implicit,
    credential: event.credential,
    parent: event.parent,
    case: event.case,
    request: event.request,
    requestTrusted: event.requestTrusted,
    only: event.only,
    budget: event.budget,
    outside: event.outside,
    dryRun: event.dryRun,
    openedAtMs: event.atMs,
    status: 'open',
    closedAs: null,
    toolCalls: 0,
    steps: 0,
    tokens: 0,
    costMicroUsd: 0,
    model: null,
    callTimes: carriedCalls(event),
    usageTimes: carriedUsage(event),
    recent: [],
    remembered: (event.carried?.calls ?? []).reduce<CallMemories>(
      (memories, call) => keep(memories, call, () => false),
      [],
    ),
    inFlight: [],
    completedTools: [],
    history: [],
    // What a predecessor was shown isn't here.
    historyLost: event.carried !== undefined,
    holdsNext: event.risk?.holds === true || event.carried?.holdsNext === true ? 'opened' : null,
    labels: event.labels,
    held: [],
    heldSinceMs: null,
    heldMs: 0,
    agreed: [],
    granted: {},
  };
}

/** What a successor takes over counts as if it were spent now: longer, never shorter. */
function carriedCalls({ carried, atMs }: Of<'run.opened'>): readonly CallMark[] {
  const calls = Math.min(carried?.spent.toolCalls ?? 0, limits.runCallsMax);
  return calls > 0 ? [{ atMs, sinceMs: atMs, calls }] : [];
}

function carriedUsage({ carried, atMs }: Of<'run.opened'>): readonly UsageMark[] {
  if (carried === undefined) return [];
  const { steps = 0, tokens = 0, costMicroUsd = 0 } = carried.spent;
  return [{ atMs, steps, tokens, costMicroUsd }];
}

/** A run that doesn't begin at its beginning has lost its history: nothing may be done in it. */
function headless(event: RunEvent): Run {
  return {
    ...opened({
      v: 1,
      type: 'run.opened',
      atMs: event.atMs,
      run: event.run,
      agent: event.agent,
      user: event.user,
      policy: event.policy,
      implicit: false,
      credential: '',
      parent: null,
      case: {},
      request: null,
      requestTrusted: false,
      only: [],
      budget: {},
      outside: [],
      dryRun: true,
      labels: { ...noLabels, trust: 'untrusted' },
    }),
    status: 'abandoned',
  };
}

/** Reports can only raise a count, whoever makes them. */
function used(run: Run, event: Of<'run.usage'>): Run {
  const mark: UsageMark = {
    atMs: event.atMs,
    steps: Math.max(0, event.steps),
    tokens: Math.max(0, event.tokens),
    costMicroUsd: Math.max(0, event.costMicroUsd),
  };
  return {
    ...run,
    steps: run.steps + mark.steps,
    tokens: run.tokens + mark.tokens,
    costMicroUsd: run.costMicroUsd + mark.costMicroUsd,
    model: event.model ?? run.model,
    usageTimes: run.implicit ? mergedTail([...run.usageTimes, mark]) : run.usageTimes,
  };
}

/** What a child gets is spent here at once, so that no crash can spend it twice; what it leaves comes back. */
function lend(run: Run, budget: RunBudget, sign: 1 | -1): Run {
  const moved = (count: number, amount: number | undefined): number =>
    Math.max(0, count + sign * Math.max(0, amount ?? 0));
  return {
    ...run,
    toolCalls: moved(run.toolCalls, budget.toolCalls),
    steps: moved(run.steps, budget.steps),
    tokens: moved(run.tokens, budget.tokens),
    costMicroUsd: moved(run.costMicroUsd, budget.costMicroUsd),
  };
}

function counted(run: Next, event: { readonly atMs: number }): Next {
  run.toolCalls += 1;
  if (run.implicit) run.callTimes = marked(run.callTimes, event.atMs);
  return run;
}

function firstReason(event: Of<'call.denied'>): string {
  const reason =
    event.findings.find(({ verdict }) => verdict === 'deny') ??
    event.findings.find(({ verdict }) => verdict === 'hold');
  return reason?.code ?? event.verdict;
}

function isHeld(run: Run, { call }: { readonly call: string }): boolean {
  return run.held.some(({ id, of }) => id === call && of === 'call');
}

function started(before: Next, event: Of<'call.started'>): Run {
  const wasHeld = isHeld(before, event);
  const run: Next = wasHeld ? { ...withoutHeld(before, event) } : before;
  run.inFlight = run.inFlight.concat([underWay(event)]);
  // Sallyport's own look is none of the agent's calls: it spends nothing and repeats nothing.
  if (event.for !== undefined) return run;
  if (!wasHeld) counted(run, event);
  run.recent = remember(run.recent, {
    tool: event.tool,
    digest: event.digest,
    resultDigest: null,
  });
  if (event.tier === 0 || event.dryRun) return run;
  const memory: CallMemory = {
    id: event.call,
    tool: event.tool,
    digest: event.digest,
    tier: event.tier,
    atMs: event.atMs,
    state: 'started',
    delivered: false,
    outcome: null,
  };
  run.remembered = twins(memory, event.editedFrom).reduce(
    (memories, one) => keep(memories, one, (known) => isForgotten(run, known, event.atMs)),
    run.remembered,
  );
  return run;
}

function underWay(event: Of<'call.started'>): CallUnderWay {
  const call: CallUnderWay = {
    id: event.call,
    tool: event.tool,
    digest: event.digest,
    tier: event.tier,
    atMs: event.atMs,
    arguments: event.arguments,
    seenByAgent: event.for === undefined,
  };
  return event.editedFrom === undefined ? call : { ...call, editedFrom: event.editedFrom };
}

/** What a person changed is one call by two names: a repeat of what the agent proposed meets it, too. */
function twins(memory: CallMemory, editedFrom: string | undefined): readonly CallMemory[] {
  if (editedFrom === undefined || editedFrom === memory.digest) return [memory];
  return [
    { ...memory, twin: editedFrom },
    { ...memory, digest: editedFrom, twin: memory.digest },
  ];
}

function finished(run: Next, event: Of<'call.finished'>): Run {
  const begun = run.inFlight.find(({ id }) => id === event.call);
  // In a run of dry runs the next step still follows the last.
  const happened = !event.dryRun || run.dryRun;
  if (happened) endCall(run, begun, event);
  run.tokens += Math.max(0, event.tokens ?? 0);
  run.costMicroUsd += Math.max(0, event.costMicroUsd ?? 0);
  if (begun !== undefined) run.inFlight = run.inFlight.filter((one) => one !== begun);
  if (event.tier > 0 && !event.dryRun)
    run.remembered = twins(memoryOf(begun, event), begun?.editedFrom).reduce(
      settled,
      run.remembered,
    );
  run.recent = withResult(run.recent, event.digest, event.result);
  if (event.holdsNext === true) run.holdsNext = event.call;
  run.labels = mergeLabels(run.labels, event.labels);
  return withWithheld(run, event, begun?.editedFrom ?? null);
}

function memoryOf(begun: CallUnderWay | undefined, event: Of<'call.finished'>): CallMemory {
  return {
    id: event.call,
    tool: event.tool,
    digest: event.digest,
    tier: event.tier,
    atMs: begun?.atMs ?? event.atMs,
    state: event.outcome,
    delivered: false,
    outcome: event.released,
    ...(event.frame === undefined ? {} : { frame: event.frame }),
  };
}

/** What it did and showed, for later calls to look back at. */
function endCall(run: Next, begun: CallUnderWay | undefined, event: Of<'call.finished'>): void {
  const completed = event.outcome === 'completed';
  if (completed && begun?.seenByAgent !== false && !run.completedTools.includes(event.tool))
    run.completedTools = [...run.completedTools, event.tool];
  // Nothing was done, and nothing was read.
  if (event.outcome === 'failed' && event.by === 'sallyport') return;
  if (begun === undefined) {
    run.historyLost = true;
    return;
  }
  const past: PastCall = {
    call: event.call,
    tool: event.tool,
    tier: event.tier,
    sinceMs: event.atMs - event.durationMs,
    atMs: event.atMs,
    completed,
    seenByAgent: begun.seenByAgent,
    arguments: begun.arguments,
    released: event.released,
    shown: event.shown ?? null,
    trust: event.labels.trust,
  };
  const { history, historyLost } = withCall(run, past);
  run.history = history;
  run.historyLost = historyLost;
}

/** A call that failed certainly had no effect, or said that it failed: trying again is what one does. */
function settled(memories: CallMemories, memory: CallMemory): CallMemories {
  const known = recall(memories, memory.digest);
  // A later call with the same digest has taken its place: a late end of the earlier one must not hide it.
  if (known !== undefined && known.id !== memory.id) return memories;
  return memory.state === 'failed'
    ? drop(memories, memory.digest)
    : keep(memories, memory, () => false);
}

/** Its agent has had the outcome: at tier 1 an identical call is then a new one, above that a person is asked first. */
function handedOver(memories: CallMemories, { call, digest }: HandedOver): CallMemories {
  const memory = recall(memories, digest);
  if (memory?.id !== call) return memories;
  const names = memory.twin === undefined ? [digest] : [digest, memory.twin];
  return names.reduce((kept, name) => delivered(kept, { call, digest: name }), memories);
}

function delivered(memories: CallMemories, { call, digest }: HandedOver): CallMemories {
  const memory = recall(memories, digest);
  if (memory?.id !== call || memory.state === 'started') return memories;
  return memory.tier === 1 && memory.state === 'completed'
    ? drop(memories, digest)
    : keep(memories, { ...memory, delivered: true }, () => false);
}
