import { foldCase } from '../../content/fold-case.ts';
import type { Quote } from './quotes.ts';

export type TokenType =
  | 'word'
  | 'number'
  | 'money'
  | 'address'
  | 'url'
  | 'file'
  | 'channel'
  | 'quote'
  /** `.`, `?`, a bullet …: ends a sentence. */
  | 'stop'
  /** `,`, `(`, a dash …: stands between words of a sentence. */
  | 'mark';

export interface Token {
  readonly type: TokenType;
  /** Case folded, with straight apostrophes; of a line break `\n`. */
  readonly fold: string;
  readonly capital: boolean;
  readonly start: number;
  readonly end: number;
}

/** `t-512`, `inv_2024_7`: what is counted has a name made of letters and a number. Without a joint it is a word as often: `q3`. */
export const identifierForm: RegExp = /^\p{L}{1,12}(?:[-_]\p{L}{1,12})*[-_]\p{N}+(?:[-_]\p{N}+)*$/u;

/** Longer runs without a space are no words of a language; reading into them would cost the square of their length. */
const runUnitsMax = 256;

const url = /(?:https?:\/\/|www\.)[^\s<>"']+/iuy;
const address = /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/uy;
const money = /(?:[$€£¥₹]\s?\d[\d.,]*(?:[km]\b)?)|(?:\d[\d.,]*\s?[€£¥₹])/iuy;
const channel = /#[\p{L}_][\p{L}\p{N}_-]*/uy;
const file =
  /[\p{L}\p{N}_][\p{L}\p{N}_-]*(?:\.[\p{L}\p{N}_-]+)*\.(?:docx?|xlsx?|pptx?|pdf|txt|csv|tsv|md|rtf|odt|ods|odp|pages|key|numbers|json|ya?ml|toml|ini|cfg|conf|env|xml|html?|css|scss|jsx?|tsx?|mjs|py|rb|go|rs|java|kt|cs?|cpp|h|php|sql|sh|ps1|bat|log|zip|tar|gz|tgz|7z|rar|png|jpe?g|gif|svg|webp|heic|bmp|mp3|mp4|wav|mov|avi|mkv|ics|eml|vcf|epub|ipynb|lock|bak)(?![\p{L}\p{N}])/iuy;
const listMarker = /\(?\d{1,2}[.)](?=\s|$)/uy;
const number = /#?\d(?:[\d.,:/-]*\d)?(?:st|nd|rd|th|am|pm|[km%])?(?![\p{L}\p{N}])/iuy;
const initials = /(?:\p{L}\.){2,8}/uy;
const word = /[\p{L}\p{M}\p{N}_](?:[\p{L}\p{M}\p{N}_]|['’-](?=[\p{L}\p{N}]))*/uy;
const space = /[^\S\n\r]+/uy;
const lineBreak = /(?:\r\n|[\n\r\u2028\u2029])\s*/uy;
const run = /\S+/uy;
const bullet = /[-*•◦▪·–]+(?=\s)/uy;

/**
 * The words of a request, its quoted values as one token each. Every pattern is anchored where it is tried and reads at
 * most one run, so the work is linear.
 */
export function tokenise(
  text: string,
  quotes: readonly Quote[],
  abbreviations: ReadonlySet<string>,
): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let nextQuote = 0;
  let lineStarts = true;
  const take = (type: TokenType, end: number): void => {
    const fold = foldCase(text.slice(at, end)).replaceAll('’', "'");
    tokens.push({ type, fold, capital: isCapital(text[at]), start: at, end });
    lineStarts = false;
    at = end;
  };
  while (at < text.length) {
    const quote = quotes[nextQuote];
    if (quote !== undefined && at >= quote.start) {
      if (at === quote.start) {
        const { value: fold, start, end } = quote;
        tokens.push({ type: 'quote', fold, capital: false, start, end });
        lineStarts = false;
        at = quote.end;
      }
      nextQuote += 1;
      continue;
    }
    const limit = quote?.start ?? text.length;
    const breakEnd = ends(lineBreak, text, at, limit);
    if (breakEnd > at) {
      tokens.push({ type: 'stop', fold: '\n', capital: false, start: at, end: breakEnd });
      lineStarts = true;
      at = breakEnd;
      continue;
    }
    const spaceEnd = ends(space, text, at, limit);
    if (spaceEnd > at) {
      at = spaceEnd;
      continue;
    }
    if (lineStarts) {
      const bulletEnd = ends(bullet, text, at, limit);
      if (bulletEnd > at) {
        take('stop', bulletEnd);
        lineStarts = true;
        continue;
      }
    }
    const markerEnd = ends(listMarker, text, at, limit);
    if (markerEnd > at) {
      take('stop', markerEnd);
      continue;
    }
    const runEnd = ends(run, text, at, limit);
    const urlEnd = ends(url, text, at, runEnd);
    if (urlEnd > at) {
      take('url', withoutTrailingMarks(text, at, urlEnd));
      continue;
    }
    if (runEnd - at > runUnitsMax) {
      take('mark', runEnd);
      continue;
    }
    readRun(runEnd);
  }
  return tokens;

  function readRun(runEnd: number): void {
    while (at < runEnd) {
      const type = read(runEnd);
      if (type !== null) {
        take(type.type, type.end);
        // "Dr." and "p.m." end no sentence.
        const fold = tokens.at(-1)?.fold ?? '';
        if (text[at] === '.' && at < runEnd && abbreviations.has(fold)) at += 1;
        continue;
      }
      const unit = text[at] ?? '';
      const pair = unit >= '\ud800' && unit <= '\udbff' ? 2 : 1;
      const after = text[at + 1] ?? ' ';
      // A full stop within a name that no pattern knows ("node.config") ends nothing.
      const joins = unit === '.' && /[\p{Ll}\p{N}]/u.test(after);
      const stops = !joins && (/[.?!;。？！；…]/u.test(unit) || (unit === ':' && at + 1 >= runEnd));
      take(stops ? 'stop' : 'mark', Math.min(runEnd, at + pair));
    }
  }

  function read(limit: number): { type: TokenType; end: number } | null {
    for (const [type, pattern] of patterns) {
      const end = ends(pattern, text, at, limit);
      if (end > at) return { type, end };
    }
    return null;
  }
}

const patterns: readonly (readonly [TokenType, RegExp])[] = [
  ['url', url],
  ['address', address],
  ['money', money],
  ['channel', channel],
  ['file', file],
  ['number', number],
  ['word', initials],
  ['word', word],
];

function ends(pattern: RegExp, text: string, at: number, limit: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? Math.min(limit, pattern.lastIndex) : -1;
}

function withoutTrailingMarks(text: string, start: number, end: number): number {
  let last = end;
  while (last > start && '.,;:!?)]}'.includes(text[last - 1] ?? ' ')) last -= 1;
  return last;
}

function isCapital(unit: string | undefined): boolean {
  return unit !== undefined && /\p{Lu}/u.test(unit);
}
