/**
 * What has to hold after every fault. It asks no gateway, which may have been killed a moment ago: only what the world
 * knows, as `world.ts` describes it.
 */
import type { Labels } from '../../src/engine/run.ts';
import { StoreError } from '../../src/store/errors.ts';
import { type Book, type CallEntry, readBook, stepOf } from './book.ts';
import { ledgerViolations } from './ledger-check.ts';
import {
  type Answer,
  type Effect,
  type Invariant,
  type Violation,
  type World,
  whatOf,
} from './world.ts';

/** @returns nothing when all is well. */
export async function check(world: World): Promise<readonly Violation[]> {
  const violations = await ledgerViolations(world);
  const book = await readBook(world.store, (detail) =>
    violations.push({ invariant: 'time', detail }),
  );
  const report = (invariant: Invariant, detail: string): void => {
    violations.push({ invariant, detail });
  };

  for (const run of world.runs)
    if (!book.runs.has(run)) report('acknowledged', `run ${run} was opened, and is not there`);
  for (const [step, told] of Map.groupBy(world.steps ?? [], stepOf)) {
    const kept = book.steps.get(step) ?? 0;
    if (kept < told.length)
      report('acknowledged', `${told.length} × ${step} was told, and is there ${kept} times`);
  }
  const spooled = new Set([...world.spooled, ...book.spooled]);
  for (const answer of world.answers) {
    if (answer.type === 'result') judgeResult(answer, book.calls.get(answer.call), report);
    if (
      answer.type === 'refused' &&
      !book.denied.has(answer.call) &&
      !book.calls.has(answer.call) &&
      !book.holds.has(answer.call) &&
      !spooled.has(answer.call)
    )
      report('acknowledged', `the refusal ${answer.code} of ${answer.call} is on no record`);
  }
  await judgeHolds(world, book, report);
  const effects = timesByWhat(world.effects);
  const begun = Map.groupBy(
    [...book.calls.values()].filter(({ tier }) => tier > 0),
    ({ what }) => what,
  );
  const had = outcomesHad(world.answers);
  for (const what of new Set([...effects.keys(), ...begun.keys()])) {
    judgeSame(
      {
        what,
        times: effects.get(what) ?? [],
        calls: begun.get(what) ?? [],
        had: had.get(what) ?? [],
      },
      report,
    );
  }
  for (const call of book.calls.values()) judgeEnd(call, world.state, report);
  await judgeRuns(world, book.runs, report);
  for (const [key, least] of book.drawn) {
    const sum = await world.store.windowSum(key, null);
    if (sum < least) report('released', `${least} was drawn at ${key}, and ${sum} is counted`);
  }
  if (world.state !== 'killed') {
    for (const { call } of await world.store.openCalls(1_000))
      report('unknown', `${call} is still open`);
  }
  return violations;
}

type Report = (invariant: Invariant, detail: string) => void;

function judgeResult(
  answer: Answer & { type: 'result' },
  call: CallEntry | undefined,
  report: Report,
): void {
  if (call?.end == null) {
    report('acknowledged', `the result of ${answer.call} was released, and its end is not there`);
    return;
  }
  if (call.run !== answer.run)
    report('acknowledged', `${answer.call} is recorded in ${call.run}, not in ${answer.run}`);
  if (call.end.outcome === 'indeterminate')
    report('unknown', `${answer.call} was answered, and is recorded as indeterminate`);
  if (!answer.isError && call.end.outcome === 'failed')
    report('acknowledged', `${answer.call} succeeded for its client, and failed on record`);
  const missing = lacking(call.end.labels, answer.labels);
  if (missing !== null) report('released', `${answer.call} released ${missing}, not on its record`);
}

async function judgeHolds(world: World, { holds, calls, denied }: Book, report: Report) {
  for (const { call, answer } of world.approvals ?? [])
    if (holds.get(call)?.answers.includes(answer) !== true)
      report('acknowledged', `the answer ${answer} to ${call} is on no record`);
  const kept = new Set((await world.store.listState('hold:')).map(({ key }) => key.slice(5)));
  for (const [call, { settled, begunUnasked }] of holds) {
    if (begunUnasked) report('agreed', `${call} began, and nobody had agreed`);
    const isDone = calls.has(call) || denied.has(call);
    const isOpen = !isDone && (settled === null || settled === 'approved');
    if (isOpen && !kept.has(call)) report('agreed', `${call} waits, and nobody is asked`);
    if (!isOpen && kept.has(call)) report('agreed', `${call} is over, and somebody is asked`);
  }
}

/** Everything about one thing that was asked in one run: when it happened, how often it was begun, who knew. */
interface Same {
  readonly what: string;
  /** When it happened, oldest first. */
  readonly times: readonly bigint[];
  readonly calls: readonly CallEntry[];
  readonly had: readonly Had[];
}

/** When a client had the outcome of a call, or left. */
interface Had {
  readonly call: string;
  readonly atNs: bigint;
}

function judgeSame({ what, times, calls, had }: Same, report: Report): void {
  const happened = times.length;
  if (happened > calls.length)
    report('intent', `${what} happened ${happened} times, and was started ${calls.length} times`);
  const ends = calls.flatMap(({ end }) => (end === null ? [] : [end]));
  const completed = ends.filter(({ outcome }) => outcome === 'completed').length;
  if (completed > happened)
    report('unknown', `${what} is recorded as done ${completed} times, and was ${happened} times`);
  const never = ends.filter(({ outcome, by }) => outcome === 'failed' && by === 'sallyport').length;
  if (never > 0 && happened > calls.length - never)
    report('unknown', `${what} happened, and is recorded as not done`);
  // Trying again is what one does when the upstream itself said that it failed.
  const failed = calls.filter(({ end }) => end?.outcome === 'failed' && end.by === 'upstream');
  times.forEach((atNs, earlier) => {
    const settled = new Set([
      ...failed.map(({ call }) => call),
      ...had.filter((one) => one.atNs < atNs).map(({ call }) => call),
    ]);
    if (settled.size < earlier)
      report('once', `${what} happened again before its outcome was delivered`);
  });
}

function timesByWhat(effects: readonly Effect[]): Map<string, readonly bigint[]> {
  const times = new Map<string, bigint[]>();
  for (const { tool, args, atNs } of effects.toSorted((a, b) => (a.atNs < b.atNs ? -1 : 1))) {
    const what = whatOf(tool, args);
    times.set(what, [...(times.get(what) ?? []), atNs]);
  }
  return times;
}

function outcomesHad(answers: readonly Answer[]): Map<string, readonly Had[]> {
  const had = new Map<string, Had[]>();
  answers.forEach((answer, index) => {
    if (answer.type === 'refused') return;
    const call = answer.type === 'result' ? answer.call : `left ${index}`;
    const what = whatOf(answer.tool, answer.args);
    had.set(what, [...(had.get(what) ?? []), { call, atNs: answer.atNs }]);
  });
  return had;
}

function judgeEnd({ call, tier, end, alerted }: CallEntry, state: string, report: Report): void {
  if (tier === 0) return;
  if (end === null && state !== 'killed') report('unknown', `${call} was started and never ended`);
  if (end?.outcome === 'indeterminate' && !alerted)
    report('unknown', `${call} is indeterminate, and nobody was alerted`);
}

async function judgeRuns(
  world: World,
  events: ReadonlyMap<string, { readonly version: number; readonly calls: number }>,
  report: Report,
): Promise<void> {
  const folded = new Map<string, Labels | null>();
  for (const [id, { version, calls }] of events) {
    const run = await world.store.loadRun(id).catch((error: unknown) => {
      if (!(error instanceof StoreError)) throw error;
      report('released', `run ${id} can't be read: ${error.message}`);
      return null;
    });
    folded.set(id, run?.labels ?? null);
    if (run === null) continue;
    if (run.version !== version)
      report('released', `run ${id} has ${version} events, and is at version ${run.version}`);
    if (run.toolCalls < calls)
      report('released', `run ${id} counts ${run.toolCalls} calls of ${calls}`);
  }
  for (const answer of world.answers) {
    if (answer.type !== 'result') continue;
    const labels = folded.get(answer.run);
    const missing = labels == null ? 'a run' : lacking(labels, answer.labels);
    if (missing !== null) report('released', `${answer.run} was shown ${missing}, and lacks it`);
  }
}

/** What `held` lacks of `needed`; null: nothing. */
function lacking(held: Labels, needed: Labels): string | null {
  if (needed.trust === 'untrusted' && held.trust === 'trusted') return 'untrusted data';
  const missing = [
    ...needed.classes.filter((name) => !held.classes.includes(name)),
    ...needed.subjects.filter((name) => !held.subjects.includes(name)),
  ];
  return missing.length === 0 ? null : missing.join(', ');
}
