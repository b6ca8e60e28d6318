import type { Span } from './found-value.ts';
import { closerOf } from './token-edges.ts';

/** White space, and what no program carries a link across. */
const stop = /[\s\p{Cc}<>"`]/gu;

/** More than these at its end are no punctuation of a sentence: they are part of what is sent. */
const trailingMax = 8;

const trailing = new Set(".,;:!?'*_~’”»›…）】」』》。，；：！？、\\|");
const brackets: readonly (readonly [string, string])[] = [
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
];

/** How far a URL that begins at `start` may reach, for anybody: nothing in there is a value of its own. */
export function reachOf(text: string, start: number): number {
  stop.lastIndex = start;
  return stop.exec(text)?.index ?? text.length;
}

/**
 * Where a person, and most programs, see it end: at the bracket or quote that closes the one before it, and before the
 * punctuation of the sentence.
 */
export function urlSpan(text: string, start: number, reach: number): Span {
  const opener = text.charAt(start - 1);
  const closer = closerOf(opener);
  const written = text.slice(start, reach);
  // In a chat's own form, `<https://x.example|a name>`, the bar ends it.
  const closed = closer === null ? -1 : closingOf(written, opener, opener === '<' ? '|' : closer);
  const span = closed === -1 ? written : written.slice(0, closed);
  return { start, end: start + span.length - trailingLength(span) };
}

function closingOf(written: string, opener: string, closer: string): number {
  let depth = 0;
  for (let at = 0; at < written.length; at += 1) {
    const character = written.charAt(at);
    if (character === closer) {
      if (depth === 0) return at;
      depth -= 1;
    } else if (character === opener) depth += 1;
  }
  return -1;
}

function trailingLength(span: string): number {
  const open = new Map(
    brackets.map(([opening, closing]) => [closing, count(span, closing) - count(span, opening)]),
  );
  let length = 0;
  for (; length < Math.min(span.length, trailingMax + 1); length += 1) {
    const character = span.charAt(span.length - 1 - length);
    if (trailing.has(character)) continue;
    const unopened = open.get(character) ?? 0;
    if (unopened <= 0) break;
    open.set(character, unopened - 1);
  }
  return length > trailingMax ? 0 : length;
}

function count(span: string, character: string): number {
  return span.split(character).length - 1;
}
