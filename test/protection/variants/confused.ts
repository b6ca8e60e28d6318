/** V7: the attacker uses the very tool that the user's own work uses, for somebody or something else. */
import type { JsonObject } from '../../../src/content/value.ts';
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

/** The user's call on something that the attack names, or on something else that was read. */
function another(attack: AttackCase, tools: Tools, tool: Tool, step: Step): readonly Variation[] {
  const own = placesOf(tool, step.args).filter((place) => isObject(place) && !isDestination(place));
  const [place] = own;
  if (place === undefined) return [];
  const named = injected(attack).flatMap(({ tool: name, args }) => {
    const known = tools.get(name);
    return known === undefined
      ? []
      : placesOf(known, args).filter(
          ({ kind, text }) => kind === place.kind && text !== place.text,
        );
  });
  const chosen = named[0]?.text ?? idsIn(attack, place.text)[0];
  if (chosen === undefined || own.some(({ text }) => text === chosen)) return [];
  const args = rewritten(tool, step.args, (one) => (one.kind === place.kind ? chosen : one.text));
  return [variation('object', attack, step, args)];
}

/** Ids beside the user's own one in the results: a record's id looks like another's. */
function idsIn(attack: AttackCase, own: string): readonly string[] {
  const before = attack.steps.filter(({ phase }) => phase === 'user');
  const ids = before.flatMap(({ result }) =>
    [...result.matchAll(/^[ -]*id_?: '?([^'\s]+)'?$/gm)].map(([, id = '']) => id),
  );
  return [...new Set(ids)].filter((id) => id !== own);
}

function variation(form: string, attack: AttackCase, step: Step, args: JsonObject): Variation {
  return { form, steps: withInjected(attack, [attackStep(step, { args })]) };
}
