import { isBlank } from './decodings.ts';

/** Where a text differs from the one that it was read from. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Between what two texts begin with alike, and what they end with alike. */
export function changedSpan(text: string, above: string): Span {
  const most = Math.min(text.length, above.length);
  let start = 0;
  while (start < most && text.charCodeAt(start) === above.charCodeAt(start)) start += 1;
  let rest = 0;
  while (
    rest < most - start &&
    text.charCodeAt(text.length - 1 - rest) === above.charCodeAt(above.length - 1 - rest)
  )
    rest += 1;
  return { start, end: text.length - rest };
}

/** The rows of words that something stands in reach no further, and no number goes on behind a word. */
const wordsAround = 3;

/**
 * The parts of a text in which all that is made of what has changed stands whole: its tokens, and three words on each side of
 * them. Everything else that the text is made of was in the other text, too, whichever way both are turned.
 */
export function changedParts(text: string, changes: readonly Span[]): readonly string[] {
  const parts: { start: number; end: number }[] = [];
  for (const { start, end } of changes) {
    const last = parts.at(-1);
    const part = { start: passed(text, start, -1), end: passed(text, end, 1) };
    if (last !== undefined && part.start <= last.end) last.end = Math.max(last.end, part.end);
    else parts.push(part);
  }
  return parts.map(({ start, end }) => text.slice(start, end));
}

/** Where three words have been passed beyond the token in which this place is. */
function passed(text: string, from: number, step: 1 | -1): number {
  let words = 0;
  let at = from;
  for (let isOwn = true; words < wordsAround; isOwn = false) {
    let isWord = false;
    let isPlain = true;
    for (; ; at += step) {
      const unit = unitBeside(text, at, step);
      if (unit < 0 || isBlank(unit)) break;
      const lower = unit | 0x20;
      if (lower >= 0x61 && lower <= 0x7a) isWord = true;
      // Numbers may be one with those around them, and other scripts have other words.
      if (unit >= 0x80 || (unit >= 0x30 && unit <= 0x39)) isPlain = false;
    }
    if (!isOwn && isWord && isPlain) words += 1;
    if (unitBeside(text, at, step) < 0) break;
    if (words < wordsAround) at += step;
  }
  return at;
}

/** -1: the text ends there. */
function unitBeside(text: string, at: number, step: 1 | -1): number {
  const place = step === 1 ? at : at - 1;
  return place < 0 || place >= text.length ? -1 : text.charCodeAt(place);
}
