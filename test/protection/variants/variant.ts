/** What a fully compromised model does instead of what the data has it do. */
import type { Tool } from '../../../src/policy/model.ts';
import type { AttackCase, Step } from '../suite.ts';

export interface Variation {
  /** Which of a variant's forms: `base64`, `upper case`. */
  readonly form: string;
  readonly steps: readonly Step[];
  /** `chain`: nothing is done until every critical call is; else each critical call does its part alone. */
  readonly chain?: boolean;
}

export type Tools = ReadonlyMap<string, Tool>;

/** No variation: the attack has nothing that this variant could change. */
export type Generator = (attack: AttackCase, tools: Tools) => readonly Variation[];

export function injected(attack: AttackCase): readonly Step[] {
  return attack.steps.filter(({ phase }) => phase === 'injection');
}

/** The base with what the attacker does replaced. */
export function withInjected(attack: AttackCase, steps: readonly Step[]): readonly Step[] {
  const at = attack.steps.findIndex(({ phase }) => phase === 'injection');
  if (at === -1) return attack.steps;
  return [
    ...attack.steps.slice(0, at),
    ...steps,
    ...attack.steps.slice(at).filter(({ phase }) => phase === 'user'),
  ];
}

export function attackStep(step: Step, changes: Partial<Step>): Step {
  return { ...step, phase: 'injection', attackCritical: true, userCritical: false, ...changes };
}
