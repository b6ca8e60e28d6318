import type { Span } from './found-value.ts';

/** A stretch that Markdown, HTML or CSS takes for a place to go to or to load from. */
export interface Destination extends Span {
  /** `link`: whatever scheme it has, a click follows it. `load`: only what programs load, or run. */
  readonly how: 'link' | 'load';
  /** Its end can be seen elsewhere, or it has escapes that only CSS knows: no program's reading is everybody's. */
  readonly isClear: boolean;
}

/** In no order; some stand in others, and all are found, whichever of the languages the text is read in. */
export function* destinationsIn(text: string): Generator<Destination> {
  yield* inlineLinks(text);
  yield* linkDefinitions(text);
  yield* angleLinks(text);
  yield* attributes(text);
  yield* styles(text);
}

/** `[text](destination "title")`, `![image](<destination>)` */
function* inlineLinks(text: string): Generator<Destination> {
  const closing = nextOf(text, /[<>\n]/g);
  const stop = nextOf(text, /[\s()]|\]\(/g);
  for (let at = text.indexOf(']('); at !== -1; at = text.indexOf('](', at + 2)) {
    const start = afterBlanks(text, at + 2);
    if (text.charAt(start) === '<') {
      yield { start: start + 1, end: closing(start + 1), how: 'link', isClear: true };
      continue;
    }
    let depth = 0;
    let end = stop(start);
    for (; end < text.length; end = stop(end + 1)) {
      if (text.charAt(end) === '(') depth += 1;
      else if (text.charAt(end) !== ')' || depth === 0) break;
      else depth -= 1;
    }
    // Cut where another one begins, so that a text of nothing else is read once.
    yield { start, end, how: 'link', isClear: text.charAt(end) !== ']' };
  }
}

/** `[label]: destination` */
function* linkDefinitions(text: string): Generator<Destination> {
  const stop = nextOf(text, /\s|\]:/g);
  const closing = nextOf(text, /[<>\n]/g);
  for (let at = text.indexOf(']:'); at !== -1; at = text.indexOf(']:', at + 2)) {
    const start = afterBlanks(text, at + 2);
    const isAngled = text.charAt(start) === '<';
    const begin = isAngled ? start + 1 : start;
    const end = isAngled ? closing(begin) : stop(begin);
    yield { start: begin, end, how: 'load', isClear: isAngled || text.charAt(end) !== ']' };
  }
}

/** `<javascript:…>` */
function* angleLinks(text: string): Generator<Destination> {
  for (const { 1: inner = '', index } of text.matchAll(/<([a-z][a-z0-9+.-]{1,31}:[^\s<>]*)>/gi))
    yield { start: index + 1, end: index + 1 + inner.length, how: 'load', isClear: true };
}

/** Also as ends of others: `xlink:href`, `formaction`, `data-src`, and `content="0;url=…"`. */
const attribute = /(href|src|srcset|action|background|poster|data|ping|codebase|url)\s*=\s*/gi;

function* attributes(text: string): Generator<Destination> {
  const pattern = new RegExp(attribute);
  const ends = quoteEnds(text);
  const unquotedEnd = nextOf(text, /[\s>"']/g);
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const name = (match[1] ?? '').toLowerCase();
    const quote = text.charAt(pattern.lastIndex);
    const isQuoted = quote === '"' || quote === "'";
    const start = pattern.lastIndex + (isQuoted ? 1 : 0);
    const end = isQuoted ? ends(quote, start) : unquotedEnd(start);
    if (name === 'srcset' || name === 'ping') yield* listed(text, { start, end });
    else yield { start, end, how: name === 'href' ? 'link' : 'load', isClear: true };
    if (!isQuoted) pattern.lastIndex = Math.max(end, start);
  }
}

/** `//x.example/a.png 1x, //y.example/b.png 2x` */
function* listed(text: string, { start, end }: Span): Generator<Destination> {
  for (const { 0: piece, index } of text.slice(start, end).matchAll(/[^\s,]+/g))
    yield { start: start + index, end: start + index + piece.length, how: 'load', isClear: true };
}

/** `url(…)` and `@import "…"` */
function* styles(text: string): Generator<Destination> {
  const ends = quoteEnds(text);
  const unquotedEnd = nextOf(text, /[\s()]/g);
  for (const { 0: head, index } of text.matchAll(/url\(\s*["']?|@import\s*["']/gi)) {
    const start = index + head.length;
    const quote = text.charAt(start - 1);
    const end = quote === '"' || quote === "'" ? ends(quote, start) : unquotedEnd(start);
    yield { start, end, how: 'load', isClear: !text.slice(start, end).includes('\\') };
  }
}

function afterBlanks(text: string, from: number): number {
  const pattern = /\S|$/g;
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}

function quoteEnds(text: string): (quote: string, from: number) => number {
  const double = nextOf(text, /"/g);
  const single = nextOf(text, /'/g);
  return (quote, from) => (quote === '"' ? double(from) : single(from));
}

/** Where the next one stands; the text's end without one. Asked with rising places, the text is searched once. */
function nextOf(text: string, pattern: RegExp): (from: number) => number {
  let known = -1;
  return (from) => {
    if (known < from) {
      pattern.lastIndex = from;
      known = pattern.exec(text)?.index ?? text.length;
    }
    return known;
  };
}
