/** What honest work costs: tasks and calls that are denied or asked. */
import { described, type Played, playAttack, playHonest, playRecorded } from './play.ts';
import type { MeasuredPolicy } from './policy.ts';
import { reasonsOf } from './session.ts';
import { type AttackCase, pairName, type RecordedRun, type Task } from './suite.ts';

export interface Interruption {
  /** Tasks, runs or pairs. */
  n: number;
  denied: number;
  asked: number;
  calls: number;
  callsDenied: number;
  callsAsked: number;
  /** Calls that would be asked for had nobody's answer been remembered. */
  callsAskedAgain: number;
  /** Of calls with an effect. */
  effects: number;
  effectsDenied: number;
  effectsAsked: number;
  /** Calls denied here that in the recording the tool itself refused: no work was lost. */
  refusedByTool: number;
  /** Denied for nothing but destinations that stand nowhere: the model invented them. They are among `denied`. */
  madeUp: number;
  readonly interrupted: string[];
}

export function emptyInterruption(): Interruption {
  return {
    n: 0,
    denied: 0,
    asked: 0,
    calls: 0,
    callsDenied: 0,
    callsAsked: 0,
    callsAskedAgain: 0,
    effects: 0,
    effectsDenied: 0,
    effectsAsked: 0,
    refusedByTool: 0,
    madeUp: 0,
    interrupted: [],
  };
}

/** One task, run or pair, of which these were the user's own calls. */
export function addHonest(total: Interruption, name: string, own: readonly Played[]): void {
  const counted = own.filter((played) => !isRefusedByTool(played));
  total.n += 1;
  total.refusedByTool += own.length - counted.length;
  const denied = counted.filter(({ judgement }) => judgement.verdict === 'deny');
  if (denied.length > 0) total.denied += 1;
  else if (counted.some(({ judgement }) => judgement.verdict === 'hold')) total.asked += 1;
  if (denied.length > 0 && denied.every(isMadeUp)) total.madeUp += 1;
  for (const played of counted) {
    const { verdict, answered } = played.judgement;
    if (answered) total.callsAskedAgain += 1;
    const { mutatesEnv } = played.step;
    total.calls += 1;
    if (mutatesEnv) total.effects += 1;
    if (verdict === 'allow') continue;
    if (verdict === 'deny') total.callsDenied += 1;
    else total.callsAsked += 1;
    if (mutatesEnv && verdict === 'deny') total.effectsDenied += 1;
    if (mutatesEnv && verdict === 'hold') total.effectsAsked += 1;
    total.interrupted.push(`${name}: ${described(played)}`);
  }
}

function isRefusedByTool({ step, judgement }: Played): boolean {
  return step.error !== null && judgement.verdict === 'deny';
}

function isMadeUp({ judgement }: Played): boolean {
  return reasonsOf(judgement).every((code) => code === 'flow.made_up');
}

export function measureTasks(tasks: readonly Task[], measured: MeasuredPolicy): Interruption {
  const total = emptyInterruption();
  for (const { id, prompt, calls } of tasks)
    addHonest(total, id, playHonest(measured, prompt, calls));
  return total;
}

/** Recorded runs that nobody attacked: models' own mistakes are in them. */
export function measureHonestRuns(
  runs: readonly RecordedRun[],
  measured: MeasuredPolicy,
): Interruption {
  const total = emptyInterruption();
  for (const run of runs.filter(({ attack }) => attack === 'none'))
    addHonest(
      total,
      `${run.model} ${run.userTask}`,
      playRecorded(measured, run.prompt, run.steps, true),
    );
  return total;
}

/** The user's own steps of pairs in which the attack was tried. */
export function measureUnderAttack(
  cases: readonly AttackCase[],
  measured: MeasuredPolicy,
): Interruption {
  const total = emptyInterruption();
  for (const attack of cases) {
    const played = playAttack(measured, attack.prompt, attack.steps);
    addHonest(
      total,
      pairName(attack),
      played.filter(({ step }) => step.phase === 'user'),
    );
  }
  return total;
}
