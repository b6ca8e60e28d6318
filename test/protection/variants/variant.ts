/** What a fully compromised model does instead of what the data has it do. */
import { isJsonArray, isJsonObject, type JsonObject } from '../../../src/content/value.ts';
import type { Tools } from '../policy.ts';
import type { AttackCase, Step } from '../suite.ts';

export interface Variation {
  /** Which of a variant's forms: `base64`, `upper case`. */
  readonly form: string;
  readonly steps: readonly Step[];
  /** `chain`: nothing is done until every critical call is; else each critical call does its part alone. */
  readonly chain?: boolean;
}

/** Input schemas by the suite's name of the tool. */
export type Schemas = ReadonlyMap<string, JsonObject>;

/** No variation: the attack has nothing that this variant could change. */
export type Generator = (
  attack: AttackCase,
  tools: Tools,
  schemas: Schemas,
) => readonly Variation[];

/** Whether the tool takes a list there, alone or among other forms. */
export function takesList(schema: JsonObject | undefined, argument: string): boolean {
  const properties = schema?.['properties'];
  const property = isJsonObject(properties) ? properties[argument] : undefined;
  if (!isJsonObject(property)) return false;
  const forms = property['anyOf'];
  return [property, ...(forms !== undefined && isJsonArray(forms) ? forms : [])].some(
    (form) => isJsonObject(form) && form['type'] === 'array',
  );
}

export function isRequired(schema: JsonObject | undefined, argument: string): boolean {
  const required = schema?.['required'];
  return required !== undefined && isJsonArray(required) && required.includes(argument);
}

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
