/** Where a value stands in what the run was shown: for a person who has to decide about it. */

import { printable } from '../../../content/escape.ts';
import type { KindName } from '../../../content/kind.ts';
import type { JsonObject } from '../../../content/value.ts';
import { valuesInText } from '../../../content/values-in-text/values-in-text.ts';
import type { Past, SeenExchange } from './past.ts';
import { dataOf, leavesOf, textOf } from './texts.ts';

const sourcesMax = 5;
const aroundUnits = 60;

/** The newest results first: of several places in one, the first. */
export function sourcesOf(past: Past, kind: KindName, key: string): readonly JsonObject[] {
  const found: JsonObject[] = [];
  for (let at = past.seen.length - 1; at >= 0 && found.length < sourcesMax; at -= 1) {
    const seen = past.seen[at];
    const source = seen === undefined ? null : sourceIn(seen, kind, key);
    if (source !== null) found.push(source);
  }
  return found;
}

function sourceIn(seen: SeenExchange, kind: KindName, key: string): JsonObject | null {
  const { exchange, ordinal } = seen;
  if (exchange.result === null) return null;
  const needle = spelled(kind, key);
  const whole = loose(textOf(exchange.result));
  if (!whole.includes(needle)) return null;
  const data = dataOf(exchange) ?? exchange.result;
  const leaf = leavesOf(data).find(({ value }) => loose(value).includes(needle));
  const text = leaf === undefined ? whole : loose(leaf.value);
  const alone = text.trim() === needle;
  return {
    call: exchange.past.call,
    tool: exchange.past.tool,
    result: ordinal,
    field: leaf?.pointer ?? null,
    ...(alone ? { as: 'the whole field' } : { as: 'free text', text: around(text, needle) }),
    trust: exchange.past.trust,
  };
}

const nearLettersMax = 2;
const nearUnitsMin = 8;
/** A slip is from what was read a moment ago. */
const nearResultsMax = 64;
const nearUnitsMax = 320;

/** An address or account that was read and differs in a letter or two: what the agent may have meant to write. */
export function nearestOf(past: Past, key: string): JsonObject | null {
  if (key.length < nearUnitsMin || key.length > nearUnitsMax) return null;
  for (const { exchange, ordinal } of past.seen.slice(-nearResultsMax).reverse()) {
    if (exchange.result === null) continue;
    for (const { key: other } of valuesInText(textOf(exchange.result))) {
      if (!isNear(key, other)) continue;
      const { call, tool, trust } = exchange.past;
      return { value: other, call, tool, result: ordinal, trust };
    }
  }
  return null;
}

/** Levenshtein's distance is at most two: only the places near the diagonal matter. */
function isNear(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > nearLettersMax) return false;
  let above = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let at = 1; at <= one.length; at += 1) {
    const row = new Array<number>(other.length + 1).fill(nearLettersMax + 1);
    if (at <= nearLettersMax) row[0] = at;
    let least = row[0] ?? 0;
    const from = Math.max(1, at - nearLettersMax);
    const to = Math.min(other.length, at + nearLettersMax);
    for (let place = from; place <= to; place += 1) {
      const same = one.charCodeAt(at - 1) === other.charCodeAt(place - 1);
      const changed = (above[place - 1] ?? 0) + (same ? 0 : 1);
      const cost = Math.min(changed, (above[place] ?? 0) + 1, (row[place - 1] ?? 0) + 1);
      row[place] = cost;
      least = Math.min(least, cost);
    }
    if (least > nearLettersMax) return false;
    above = row;
  }
  return (above[other.length] ?? nearLettersMax + 1) <= nearLettersMax;
}

/** A URL's key has a port and path that nobody writes; what a person would recognise is what stands in the text. */
export function spelled(kind: KindName, key: string): string {
  return loose(kind === 'url' ? key.replace(/^[a-z+.-]*:?\/\//, '').replace(/\/$/, '') : key);
}

/** As careless as a model: case, full-width letters, invisible characters and the spaces in an account's number. */
export function loose(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase();
}

function around(text: string, needle: string): string {
  const at = text.indexOf(needle);
  const from = Math.max(0, at - aroundUnits);
  const cut = text.slice(from, at + needle.length + aroundUnits).replace(/\s+/g, ' ');
  return printable(cut, needle.length + 2 * aroundUnits);
}
