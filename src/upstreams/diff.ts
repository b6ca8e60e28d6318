/** Two definitions of one tool, made comparable for a person who has to accept the second. */

import { printable } from '../content/escape.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../content/value.ts';

export interface DefinitionDifference {
  /** RFC 6901. */
  readonly pointer: string;
  /** Null: not there. */
  readonly before: string | null;
  readonly after: string | null;
}

const differencesMax = 200;
const valueCharactersMax = 2_000;

/** Ordered by place; texts printable whatever the upstream wrote. */
export function diffDefinition(
  before: JsonObject | null,
  after: JsonObject | null,
): readonly DefinitionDifference[] {
  const differences: DefinitionDifference[] = [];
  compare('', before ?? undefined, after ?? undefined, differences);
  return differences.slice(0, differencesMax);
}

/** As lines for a terminal: `- ` what was accepted, `+ ` what is listed. */
export function formatDifferences(differences: readonly DefinitionDifference[]): string {
  const lines = differences.flatMap(({ pointer, before, after }) => [
    `@ ${pointer === '' ? '(the whole definition)' : pointer}`,
    ...(before === null ? [] : before.split('\n').map((line) => `- ${line}`)),
    ...(after === null ? [] : after.split('\n').map((line) => `+ ${line}`)),
  ]);
  if (differences.length >= differencesMax)
    lines.push(`(only the first ${differencesMax} differences are shown)`);
  return lines.join('\n');
}

function compare(
  pointer: string,
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  into: DefinitionDifference[],
): void {
  if (into.length >= differencesMax || equal(before, after)) return;
  if (isJsonObject(before) && isJsonObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    for (const name of names)
      compare(`${pointer}/${pointerSegment(name)}`, own(before, name), own(after, name), into);
    return;
  }
  if (isJsonArray(before) && isJsonArray(after) && before.length === after.length) {
    for (const [index, value] of before.entries())
      compare(`${pointer}/${index}`, value, after[index], into);
    return;
  }
  into.push({
    pointer: printable(pointer, valueCharactersMax),
    before: show(before),
    after: show(after),
  });
}

function own(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Keys in the order that the upstream sent them mean nothing. */
function equal(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (isJsonArray(a) && isJsonArray(b))
    return a.length === b.length && a.every((value, index) => equal(value, b[index]));
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && equal(a[name], b[name]))
  );
}

/** Text keeps its line breaks, so that a long description can be read; everything else is one line of JSON. */
function show(value: JsonValue | undefined): string | null {
  if (value === undefined) return null;
  if (typeof value !== 'string') return printable(JSON.stringify(value), valueCharactersMax);
  return value
    .slice(0, valueCharactersMax)
    .split('\n')
    .map((line) => printable(line, valueCharactersMax))
    .join('\n');
}

function pointerSegment(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
