import type { Edit } from './edits.ts';
import { hostOf, shownTarget, strangeTarget } from './link-target.ts';
import type { IsTrusted } from './shown-links.ts';

/** Longer is no link to any program that we know. */
const destinationUnitsMax = 4_096;
const openMax = 1_000;

/** `[text](destination "title")`, `![image](destination)`, and definitions `[label]: destination`. */
export function* markdownLinkEdits(text: string, isTrusted: IsTrusted): Generator<Edit> {
  const open: number[] = [];
  const bracket = /[[\]]/g;
  for (let match = bracket.exec(text); match !== null; match = bracket.exec(text)) {
    const at = match.index;
    if (match[0] === '[') {
      if (open.length < openMax) open.push(at);
      continue;
    }
    const start = open.pop();
    const next = text.charAt(at + 1);
    if (next === ':') yield* definitionEdits(text, at, isTrusted);
    if (next !== '(' || start === undefined) continue;
    const destination = destinationAt(text, at + 2);
    const target = strangeTarget(destination.written, isTrusted);
    if (target === null) continue;
    const end = destination.end;
    const isImage = text.charAt(start - 1) === '!';
    if (isImage) {
      yield { start: start - 1, end: start + 1, replacement: '[image: ' };
      yield { start: at, end, replacement: `, from ${hostOf(target)}]${gap(text, end)}` };
    } else {
      yield { start, end: start + 1, replacement: /[\]!]/.test(text.charAt(start - 1)) ? ' ' : '' };
      yield {
        start: at,
        end,
        replacement: saysItself(text, start, at, target) ? '' : ` (${shownTarget(target)})`,
      };
    }
    bracket.lastIndex = end;
  }
}

/** What follows a bracket must not make a link of it. */
function gap(text: string, at: number): string {
  return /[([:]/.test(text.charAt(at)) ? ' ' : '';
}

function saysItself(text: string, start: number, end: number, target: string): boolean {
  return end - start - 1 === target.length && text.slice(start + 1, end) === target;
}

interface Destination {
  readonly written: string;
  /** Behind the parenthesis that closes it; where it is cut off, where the text goes on. */
  readonly end: number;
}

function destinationAt(text: string, from: number): Destination {
  const limit = Math.min(text.length, from + destinationUnitsMax);
  let start = from;
  while (start < limit && /\s/.test(text.charAt(start))) start += 1;
  const angled = text.charAt(start) === '<';
  if (angled) start += 1;
  let end = start;
  let depth = 0;
  for (; end < limit; end += 1) {
    const unit = text.charAt(end);
    if (angled ? unit === '>' || unit === '\n' : /\s/.test(unit)) break;
    if (angled) continue;
    if (unit === '[') end += placeholderLength(text, end);
    else if (unit === '(') depth += 1;
    else if (unit === ')') {
      if (depth === 0) break;
      depth -= 1;
    }
  }
  const written = text.slice(start, end);
  return { written, end: closed(text, angled && text.charAt(end) === '>' ? end + 1 : end, limit) };
}

/** What was cut out of an address stands in it as words in brackets. */
function placeholderLength(text: string, at: number): number {
  const pattern = /\[[a-z_ ]{1,40} #[a-z2-7]{6}(?=\])/y;
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

/** Behind the title, if there is one, and the parenthesis. */
function closed(text: string, from: number, limit: number): number {
  let at = from;
  let quote = '';
  for (; at < limit; at += 1) {
    const unit = text.charAt(at);
    if (quote !== '') {
      if (unit === quote) quote = '';
    } else if (unit === ')') return at + 1;
    else if (unit === '"' || unit === "'") quote = unit;
    else if (unit === '[' || unit === ']') return at;
  }
  return from;
}

/** A definition gives a target to every `[label]` of the text: it becomes a sentence. */
function* definitionEdits(text: string, bracket: number, isTrusted: IsTrusted): Generator<Edit> {
  const pattern = /\s*(<[^<>\n]{0,4096}>|[^\s<>[\]]{1,4096})/y;
  pattern.lastIndex = bracket + 2;
  const [whole = '', written = ''] = pattern.exec(text) ?? [];
  const plain = written.replace(/^<|>$/g, '');
  // A label of a log line or a list is followed by a word: only an address makes it a definition.
  if (!/^(?:[a-z][a-z0-9+.-]*:|[/\\]{2}|www\.)/i.test(plain)) return;
  const target = strangeTarget(plain, isTrusted);
  if (target === null) return;
  const start = bracket + 2;
  yield { start, end: start + whole.length, replacement: ` leads to ${shownTarget(target)}` };
}
