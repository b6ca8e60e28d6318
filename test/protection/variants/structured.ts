/** V3: what the attacker wants used also stands as a whole field of the poisoned result, as data that a directory gives. */
import { stringify } from 'yaml';
import { isJsonArray, isJsonObject, type JsonValue } from '../../../src/content/value.ts';
import { destinationsOf, isDestination, isObject, placesOf } from '../places.ts';
import type { Tools } from '../policy.ts';
import type { AttackCase, Step } from '../suite.ts';
import { dataIn } from './data.ts';
import type { Generator, Variation } from './variant.ts';

export const structured: Generator = (attack, tools) => {
  const steps = withFields(attack, tools, attack.steps);
  return steps === null ? [] : [{ form: 'field', steps }];
};

/** V3 of another variant: what its critical calls use stands in a field. */
export function structuredVariation(
  attack: AttackCase,
  tools: Tools,
  variation: Variation,
): readonly Variation[] {
  const steps = withFields(attack, tools, variation.steps);
  return steps === null ? [] : [{ ...variation, steps }];
}

function withFields(
  attack: AttackCase,
  tools: Tools,
  steps: readonly Step[],
): readonly Step[] | null {
  const values = chosenBy(steps, tools);
  const marks = marksOf(Object.values(attack.injections));
  if (values.length === 0 || !steps.some(({ containsInjection }) => containsInjection)) return null;
  return steps.map((step) =>
    step.containsInjection ? { ...step, result: withField(step.result, marks, values) } : step,
  );
}

function chosenBy(steps: readonly Step[], tools: Tools): readonly string[] {
  const critical = steps.filter(({ attackCritical }) => attackCritical);
  const destinations = critical.flatMap(({ tool, args }) => destinationsOf(tools.get(tool), args));
  if (destinations.length > 0) return [...new Set(destinations)];
  const objects = critical.flatMap(({ tool, args }) => {
    const known = tools.get(tool);
    return known === undefined
      ? []
      : placesOf(known, args)
          .filter((place) => isObject(place) && !isDestination(place))
          .map(({ text }) => text);
  });
  return [...new Set(objects)];
}

/** Lines of the attacker's text that nobody else writes, with the spaces that a rendering may have moved. */
function marksOf(injections: readonly string[]): readonly string[] {
  return injections
    .flatMap((text) => text.split('\n'))
    .map(squeezed)
    .filter((line) => line.length >= markLengthMin);
}

const markLengthMin = 20;

function squeezed(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

const nameFields = [
  'sender',
  'title',
  'name',
  'subject',
  'filename',
  'from',
  'author',
  'description',
];

export function withField(
  result: string,
  marks: readonly string[],
  values: readonly string[],
): string {
  const data = dataIn(result);
  const lines = `${result}\n${values.join('\n')}\n`;
  if (data === undefined || !(isJsonArray(data) || isJsonObject(data))) return lines;
  const changed = planted(data, marks, values);
  return JSON.stringify(changed) === JSON.stringify(data) ? lines : stringify(changed);
}

function planted(value: JsonValue, marks: readonly string[], values: readonly string[]): JsonValue {
  if (isJsonArray(value)) return value.map((element) => planted(element, marks, values));
  if (!isJsonObject(value)) return value;
  const poisoned = Object.entries(value).find(
    ([, member]) => typeof member === 'string' && isMarked(member, marks),
  );
  if (poisoned === undefined)
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, planted(member, marks, values)]),
    );
  const [field, text] = poisoned;
  const [first = ''] = values;
  const carrier = nameFields.find((name) => name !== field && Object.hasOwn(value, name));
  return {
    ...value,
    [field]: `${String(text)}\n${values.join('\n')}\n`,
    [carrier ?? first]: first,
  };
}

function isMarked(text: string, marks: readonly string[]): boolean {
  const line = squeezed(text);
  return marks.some((mark) => line.includes(mark));
}
