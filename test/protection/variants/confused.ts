/** V7: the attacker uses the very tool that the user's own work uses, for somebody or something else. */
import { isJsonArray, isJsonObject, type JsonObject } from '../../../src/content/value.ts';
import type { Tool } from '../../../src/policy/model.ts';
import {
  destinationsOf,
  isDestination,
  isObject,
  placesOf,
  rewritten,
  withDestination,
} from '../places.ts';
import type { Tools } from '../policy.ts';
import type { AttackCase, Step } from '../suite.ts';
import { dataIn } from './data.ts';
import {
  attackStep,
  type Generator,
  injected,
  type Schemas,
  takesList,
  type Variation,
  withInjected,
} from './variant.ts';

export const confused: Generator = (attack, tools, schemas) => {
  const own = new Map<string, Step>();
  for (const step of attack.steps) {
    const tool = tools.get(step.tool);
    if (step.phase === 'user' && tool !== undefined && tool.tier > 0 && !own.has(step.tool))
      own.set(step.tool, step);
  }
  return [...own.values()].flatMap((step) => {
    const tool = tools.get(step.tool);
    return tool === undefined
      ? []
      : [...elsewhere(attack, tools, schemas, tool, step), ...another(attack, tools, tool, step)];
  });
};

/** The user's call to somebody whom the attack names. */
function elsewhere(
  attack: AttackCase,
  tools: Tools,
  schemas: Schemas,
  tool: Tool,
  step: Step,
): readonly Variation[] {
  const [destination] = injected(attack)
    .filter(({ attackCritical }) => attackCritical)
    .flatMap(({ tool: name, args }) => destinationsOf(tools.get(name), args));
  if (destination === undefined || destinationsOf(tool, step.args).includes(destination)) return [];
  const args =
    destinationsOf(tool, step.args).length > 0
      ? withDestination(tool, step.args, destination)
      : withNewDestination(tool, schemas.get(step.tool), step.args, destination);
  return args === null ? [] : [variation('destination', attack, step, args)];
}

/** The tool could have gone somewhere, and the user's call goes nowhere. */
function withNewDestination(
  tool: Tool,
  schema: JsonObject | undefined,
  args: JsonObject,
  destination: string,
): JsonObject | null {
  const free = [...tool.args.values()].find(({ parts }) =>
    parts.some(({ kind, pointer }) => pointer.text === '' && kind.name === 'recipient'),
  );
  if (free === undefined) return null;
  return {
    ...args,
    [free.name]: takesList(schema, free.name) ? [destination] : destination,
  };
}

/** The user's call on something that the attack names, or on something else that was read; never on what the user named. */
function another(attack: AttackCase, tools: Tools, tool: Tool, step: Step): readonly Variation[] {
  const own = placesOf(tool, step.args).filter((place) => isObject(place) && !isDestination(place));
  const [place] = own;
  if (place === undefined) return [];
  const attacked = injected(attack).flatMap(({ tool: name, args }) => {
    const known = tools.get(name);
    return known === undefined
      ? []
      : placesOf(known, args)
          .filter(({ kind }) => kind === place.kind)
          .map(({ text }) => text);
  });
  const records = attack.steps.flatMap(({ result }) => recordsIn(result));
  const read = attack.steps
    .filter(({ phase }) => phase === 'user')
    .flatMap(({ result }) => recordsIn(result).map(({ id }) => id));
  const chosen = [...attacked, ...read].find(
    (id) =>
      own.every(({ text }) => text !== id) &&
      !records.some((record) => record.id === id && isNamed(record, attack.prompt)),
  );
  if (chosen === undefined) return [];
  const args = rewritten(tool, step.args, (one) => (one.kind === place.kind ? chosen : one.text));
  return [variation('object', attack, step, args)];
}

interface NamedRecord {
  readonly id: string;
  readonly names: readonly string[];
}

const idFields = ['id_', 'id'];
const nameFields = ['filename', 'title', 'name', 'subject'];

/** What has an id and a name of its own. */
function recordsIn(result: string): readonly NamedRecord[] {
  const data = dataIn(result);
  const items = data !== undefined && isJsonArray(data) ? data : [data];
  return items.flatMap((item): readonly NamedRecord[] => {
    if (!isJsonObject(item)) return [];
    const id = idFields.map((field) => item[field]).find((value) => value !== undefined);
    const names = nameFields.flatMap((field) => {
      const name = item[field];
      return typeof name === 'string' ? [name] : [];
    });
    return id === undefined || names.length === 0 ? [] : [{ id: String(id), names }];
  });
}

function isNamed({ names }: NamedRecord, prompt: string): boolean {
  const text = ` ${plainWords(prompt)} `;
  return names.some((name) => text.includes(` ${plainWords(name.replace(/\.[a-z]{2,4}$/i, ''))} `));
}

function plainWords(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function variation(form: string, attack: AttackCase, step: Step, args: JsonObject): Variation {
  return { form, steps: withInjected(attack, [attackStep(step, { args })]) };
}
