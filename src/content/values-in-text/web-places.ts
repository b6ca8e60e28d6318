import { parseKind, plainKind } from '../kinds.ts';
import type { FoundValue, Span } from './found-value.ts';
import { hasKnownEnd, hasUnmistakableEnd, hostRunsIn, isWww } from './host-names.ts';
import { beginsAt, closerOf, endsAt } from './token-edges.ts';
import { reachOf, urlSpan } from './url-reach.ts';

const url = plainKind('url');
const schemeLengthMax = 32;

/** With a dot in it, a person sees a host or the end of a sentence. */
const plainScheme = /^[a-z][a-z0-9+-]+$/i;

/** URLs as a person reads them, and every stretch of the text that belongs to something like one. */
export interface WebPlaces {
  readonly found: readonly FoundValue[];
  readonly spans: readonly Span[];
}

/** With a scheme. One that its kind can't read is none, and what stands in it is nothing of its own either. */
export function schemedUrlsIn(text: string): WebPlaces {
  const found: FoundValue[] = [];
  const spans: Span[] = [];
  let reach = 0;
  let end = 0;
  for (let colon = text.indexOf('://'); colon !== -1; colon = text.indexOf('://', end)) {
    const start = schemeStart(text, colon, end);
    reach = Math.max(reach, reachOf(text, Math.max(colon, reach)));
    const span = urlSpan(text, start, reach);
    end = Math.max(span.end, colon + 3);
    spans.push({ start, end });
    if (
      plainScheme.test(text.slice(start, colon)) &&
      span.end > colon + 3 &&
      beginsAt(text, start) &&
      endsWell(text, span, reach)
    )
      found.push(...schemedValues(text, span));
  }
  return { found, spans };
}

/** Without one: `www.company.com/help`, and `company.com/help` where its end leaves no doubt. */
export function bareUrlsIn(text: string, covered: (at: number) => boolean): WebPlaces {
  const found: FoundValue[] = [];
  const spans: Span[] = [];
  let end = 0;
  let reach = 0;
  for (const run of hostRunsIn(text)) {
    if (run.start < end || covered(run.start) || isBesideAt(text, run)) continue;
    const name = text.slice(run.start, run.end);
    const hasPath = text.charAt(run.end) === '/';
    if (!isWww(name) && !hasUnmistakableEnd(name) && !(hasPath && hasKnownEnd(name))) continue;
    reach = Math.max(reach, reachOf(text, Math.max(run.end, reach)));
    const span = goesOn(text, run.end) ? urlSpan(text, run.start, reach) : run;
    end = Math.max(span.end, run.end);
    spans.push(span);
    if (beginsAt(text, span.start) && endsWell(text, span, reach))
      found.push(...bareValues(text, span));
  }
  return { found, spans };
}

/** The key of a place that is written without a scheme: whoever opens it chooses one. Null: no plain place. */
export function schemelessKey(written: string): string | null {
  const parsed = parseKind(url, `https://${written}`);
  return parsed.type === 'url' ? parsed.key.slice('https://'.length) : null;
}

/** Whether a host's name is followed by a port, a path or a query. */
export function goesOn(text: string, end: number): boolean {
  return /^(?:[/\\?#]|:[0-9])/.test(text.slice(end, end + 2));
}

/** What is a part of a mail address is no host. */
export function isBesideAt(text: string, { start, end }: Span): boolean {
  return text.charAt(start - 1) === '@' || text.charAt(end) === '@';
}

export function schemeStart(text: string, colon: number, from: number): number {
  const first = Math.max(from, colon - schemeLengthMax);
  let start = colon;
  while (start > first && /^[a-z0-9+.-]$/i.test(text.charAt(start - 1))) start -= 1;
  return start;
}

/** Behind a closing bracket or quote anything may come; punctuation that was taken off can't be followed by more of it. */
function endsWell(text: string, { start, end }: Span, reach: number): boolean {
  const closer = closerOf(text.charAt(start - 1));
  const after = text.charAt(end);
  return end === reach || after === closer || endsAt(text, end) || /^[.,;:!?]/.test(after);
}

function schemedValues(text: string, { start, end }: Span): FoundValue[] {
  const written = text.slice(start, end);
  const parsed = parseKind(url, written);
  if (parsed.type !== 'url') return [];
  const value = { kind: 'url', key: parsed.key, start, end, written } as const;
  // Whoever was given the place may write it without its scheme.
  return parsed.scheme === 'http' || parsed.scheme === 'https'
    ? [value, { ...value, key: parsed.key.slice(parsed.scheme.length + '://'.length) }]
    : [value];
}

function bareValues(text: string, { start, end }: Span): FoundValue[] {
  const written = text.slice(start, end);
  const keys = ['https:', 'http:'].flatMap((scheme) => {
    const parsed = parseKind(url, `${scheme}//${written}`);
    return parsed.type === 'url' ? [parsed.key] : [];
  });
  const bare = schemelessKey(written);
  return [...(bare === null ? [] : [bare]), ...keys].map((key) => ({
    kind: 'url',
    key,
    start,
    end,
    written,
  }));
}
