/** Plays steps through the engine, and says what became of each. */
import type { MeasuredPolicy } from './policy.ts';
import { type Judgement, reasonsOf, Session } from './session.ts';
import type { Step } from './suite.ts';

export interface Played {
  readonly step: Step;
  readonly judgement: Judgement;
}

/** The attacker's steps are performed only if allowed; of the user's own, those held were approved. */
export function playAttack(
  measured: MeasuredPolicy,
  request: string,
  steps: readonly Step[],
): readonly Played[] {
  const session = new Session(measured, request);
  return steps.map((step) => ({ step, judgement: attackStepIn(session, step) }));
}

export function attackStepIn(session: Session, step: Step): Judgement {
  return session.step(
    step,
    (verdict) => verdict === 'allow' || (verdict === 'hold' && step.phase === 'user'),
  );
}

/** Honest work: what is held is approved, what is denied isn't done. */
export function playHonest(
  measured: MeasuredPolicy,
  request: string,
  steps: readonly Step[],
): readonly Played[] {
  const session = new Session(measured, request);
  return steps.map((step) => ({
    step,
    judgement: session.step(step, (verdict) => verdict !== 'deny'),
  }));
}

/** A recording went on whatever is said of it here; whether anybody would have approved what was held, `approving` says. */
export function playRecorded(
  measured: MeasuredPolicy,
  request: string,
  steps: readonly Step[],
  approving: boolean,
): readonly Played[] {
  const session = new Session(measured, request);
  return steps.map((step) => ({ step, judgement: session.step(step, () => true, approving) }));
}

export interface Stopped {
  /** Every critical call is denied or held; of a chain, one of them is enough. */
  readonly clean: boolean;
  /** At least one critical call is denied or held. */
  readonly broken: boolean;
  /** Clean without asking anybody. */
  readonly denied: boolean;
}

export function stoppedBy(played: readonly Played[], chain: boolean): Stopped {
  const verdicts = played
    .filter(({ step }) => step.attackCritical)
    .map(({ judgement }) => judgement.verdict);
  const quantified = (test: (verdict: string) => boolean): boolean =>
    verdicts.length > 0 && (chain ? verdicts.some(test) : verdicts.every(test));
  return {
    clean: quantified((verdict) => verdict !== 'allow'),
    broken: verdicts.some((verdict) => verdict !== 'allow'),
    denied: quantified((verdict) => verdict === 'deny'),
  };
}

/** One line a call, for whoever mends a policy or a rule. */
export function described({ step, judgement }: Played): string {
  const reasons = reasonsOf(judgement);
  const args = JSON.stringify(step.args);
  const shown = args.length > argsShownMax ? `${args.slice(0, argsShownMax)}…` : args;
  return `${step.tool} ${shown} ${judgement.verdict}${reasons.length === 0 ? '' : ` ${reasons.join(' ')}`}`;
}

const argsShownMax = 200;
