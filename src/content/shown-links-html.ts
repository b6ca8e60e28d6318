import type { Edit } from './edits.ts';
import { hostOf, shownTarget, strangeTarget } from './link-target.ts';
import type { IsTrusted } from './shown-links.ts';

/** Tags by which something is loaded, and the one that is clicked. */
const tagStart =
  /<(a|area|audio|base|body|embed|feimage|form|frame|iframe|image|img|input|link|meta|object|script|source|svg|table|tbody|td|tfoot|th|thead|tr|track|use|video)(?=[\s/>"'])|<\/a\s*>/gi;
/** Of any other tag a style may load too. None overlaps another, so that each is read once. */
const anyTag = /<[a-z][a-z0-9-]{0,31}(?=[\s/])[^<>]{0,3072}/gi;
const attribute =
  /(?<![a-z0-9:_-])([a-z][a-z0-9:_-]{0,63})\s{0,16}=\s{0,16}(?:"([^"]{0,4096})"|'([^']{0,4096})'|([^\s"'>]{1,4096}))/gi;
const loading: ReadonlySet<string> = new Set([
  'action',
  'background',
  'content',
  'data',
  'formaction',
  'href',
  'poster',
  'src',
  'srcset',
  'style',
  'xlink:href',
]);

/** At least what `loading` has, wherever it stands. */
const mayLoad = /(?:action|background|content|data|href|poster|src|srcset|style)\s{0,16}=/gi;

const tagUnitsMax = 1_024;
/** Tags within one another's quotes: whoever writes more of them writes them for us, to be read again and again. */
const nestedMax = 8;

/** `<img>` becomes `[image: alt, from host]`, `<a>` its text and where it leads, and what else loads a word about it. */
export function* htmlLinkEdits(text: string, isTrusted: IsTrusted): Generator<Edit> {
  if (!/<[a-z]/i.test(text)) return;
  const tags = new RegExp(tagStart);
  const lastClosing = text.toLowerCase().lastIndexOf('</a');
  const loadsAt = nextOf(text, mayLoad);
  const closesAt = nextOf(text, />/g);
  let leadsTo: string | null = null;
  let nested = 0;
  let outerEnd = 0;
  for (let match = tags.exec(text); match !== null; match = tags.exec(text)) {
    const { index: start } = match;
    const name = match[1]?.toLowerCase();
    if (name === undefined) {
      if (leadsTo !== null)
        yield { start, end: tags.lastIndex, replacement: ` (${shownTarget(leadsTo)})` };
      leadsTo = null;
      continue;
    }
    const limit = tags.lastIndex + tagUnitsMax;
    if (loadsAt(start) >= limit) continue;
    const end = closesAt(start) < limit ? tagEnd(text, tags.lastIndex) : null;
    nested = start < outerEnd ? nested + 1 : 0;
    outerEnd = Math.max(outerEnd, end ?? 0);
    if (end === null || nested > nestedMax) {
      // Where it ends programs don't agree on: to none of them is it a tag any more.
      yield { start, end: start + 1, replacement: '‹' };
      continue;
    }
    const written = text.slice(start, end);
    const target = strangeIn(written, isTrusted);
    if (target === null) continue;
    if (name === 'a') {
      const isClosed = leadsTo === null && end <= lastClosing;
      if (isClosed) leadsTo = target;
      const beside = /[\]!]/.test(text.charAt(start - 1)) ? ' ' : '';
      yield { start, end, replacement: isClosed ? beside : ` (${shownTarget(target)}) ` };
      tags.lastIndex = end;
    } else {
      const alt = name === 'img' || name === 'image' ? altOf(written) : null;
      const what =
        alt === null ? `embedded, from ${hostOf(target)}` : `image: ${alt}, from ${hostOf(target)}`;
      yield { start, end, replacement: `[${what}]${/[([:]/.test(text.charAt(end)) ? ' ' : ''}` };
      tags.lastIndex = end;
    }
  }
  for (const { index: start } of text.matchAll(embedded))
    yield { start, end: start + 1, replacement: '‹' };
  for (const { 0: written, index: start } of text.matchAll(anyTag))
    if (/style\s{0,16}=/i.test(written) && strangeIn(written, isTrusted) !== null)
      yield { start, end: start + 1, replacement: '‹' };
}

/** What stands within loads or runs without a tag of its own. */
const embedded = /<(?:script|style)(?=[\s/>])/gi;

/** Where the pattern is found next, asked with places that only grow: the text is searched once. */
function nextOf(text: string, pattern: RegExp): (from: number) => number {
  const search = new RegExp(pattern);
  let found = -1;
  return (from) => {
    if (found < from) {
      search.lastIndex = from;
      found = search.exec(text)?.index ?? Number.POSITIVE_INFINITY;
    }
    return found;
  };
}

/** As HTML ends it, with quotes; null: not within what a tag may take. */
function tagEnd(text: string, from: number): number | null {
  const limit = Math.min(text.length, from + tagUnitsMax);
  let quote = '';
  for (let at = from; at < limit; at += 1) {
    const unit = text.charAt(at);
    if (quote !== '') {
      if (unit === quote) quote = '';
    } else if (unit === '>') return at + 1;
    else if (unit === '"' || unit === "'") quote = unit;
  }
  return null;
}

function strangeIn(tag: string, isTrusted: IsTrusted): string | null {
  for (const [, name = '', double, single, bare] of tag.matchAll(attribute)) {
    const kind = name.toLowerCase();
    if (!loading.has(kind)) continue;
    const value = (double ?? single ?? bare ?? '').replace(/[\t\n\r]/g, '');
    for (const part of partsOf(kind, value)) {
      const target = strangeTarget(part, isTrusted);
      if (target !== null) return target;
    }
  }
  return null;
}

function partsOf(attributeName: string, value: string): readonly string[] {
  switch (attributeName) {
    case 'srcset':
      // A comma is a part of an address, and behind a size it is the end of one.
      return [...value.split(/,\s|\s+/), ...value.split(/[\s,]+/)];
    case 'content':
      return [...value.matchAll(/url\s*=\s*["']?([^"';]+)/gi)].map(([, url = '']) => url);
    case 'style':
      return [...value.matchAll(/(?:url\s*\(\s*|@import\s*)["']?([^"')]*)/gi)].map(
        ([, url = '']) => url,
      );
    default:
      return [value];
  }
}

function altOf(tag: string): string {
  for (const [, name = '', double, single, bare] of tag.matchAll(attribute))
    if (name.toLowerCase() === 'alt')
      return (double ?? single ?? bare ?? '').replace(/[[\]<>]/g, ' ');
  return '';
}
