import { type Family, weak } from './evidence.ts';
import type { Match } from './match.ts';

/** Text that a page or a note doesn't show, but a model reads: comments, invisible elements, titles of links. */
export interface Concealment {
  readonly start: number;
  /** What shows again what follows. Without it, everything is concealed. */
  readonly closing: string;
}

/** No comment or title that speaks to people is longer, and a forgotten end shouldn't colour the whole text. */
const reachCharacters = 2_000;

/** Speaking to a model is what makes hidden text an attack: comments and preheaders are hidden from everybody honestly. */
const spoken: ReadonlySet<Family> = new Set<Family>([
  'override',
  'new_task',
  'persona',
  'address',
  'authority',
  'privilege',
  'leak',
  'exfiltrate',
  'secrecy',
  'approval',
  'memory',
  'tool',
]);

/** Those of the matches that stand where nobody sees them. Both are in the order of the text. */
export function concealed(
  text: string,
  concealments: readonly Concealment[],
  matches: readonly Match[],
): readonly Match[] {
  if (concealments.length === 0) return [];
  const ends = new Map<string, number>();
  const intervals = concealments.map(({ start, closing }) => ({
    start,
    end: Math.min(start + reachCharacters, closingAfter(text, start, closing, ends)),
  }));
  const found: Match[] = [];
  let next = 0;
  let until = -1;
  for (const match of [...matches].sort((a, b) => a.start - b.start)) {
    for (; (intervals[next]?.start ?? Number.POSITIVE_INFINITY) <= match.start; next += 1) {
      until = Math.max(until, intervals[next]?.end ?? 0);
    }
    if (match.start < until && match.weight > weak && spoken.has(match.family)) found.push(match);
  }
  return found;
}

/** Each end is looked for once, however many beginnings there are. */
function closingAfter(
  text: string,
  start: number,
  closing: string,
  ends: Map<string, number>,
): number {
  const known = ends.get(closing);
  if (known !== undefined && known >= start) return known;
  const found = text.indexOf(closing, start);
  const end = found === -1 ? Number.POSITIVE_INFINITY : found;
  ends.set(closing, end);
  return end;
}
