import { parseKind, plainKind } from '../kinds.ts';
import { coveredBy } from './covered.ts';
import { readingsOf } from './decoded-text.ts';
import type { FoundLink, Span } from './found-value.ts';
import { hasKnownEnd, hostRunsIn, isWww } from './host-names.ts';
import { type Destination, destinationsIn } from './link-destinations.ts';
import { reachOf, urlSpan } from './url-reach.ts';
import { goesOn, isBesideAt, schemelessKey, schemeStart } from './web-places.ts';

type Target = Pick<FoundLink, 'kind' | 'key'>;

const url = plainKind('url');
const recipient = plainKind('recipient');

/** No URL's kind reads a longer one. */
const destinationLengthMax = 8_192;

/**
 * Greedy: what a text that leaves *demands*. Every place that a mail client, a chat, or a renderer of Markdown or HTML
 * turns into a link or loads: written out with a scheme or without, in Markdown, attributes and styles, with entities or
 * backslashes in it. A file's name like `report.md` is one too, because mail clients make one of it. A place that
 * programs may read differently has the key null, and equals nothing. One stretch may be several links. In the order in
 * which they begin; linear in the text (but for putting them in order).
 */
export function linksInText(text: string): readonly FoundLink[] {
  if (!mayHoldLink.test(text)) return [];
  const found = new Map<string, FoundLink>();
  for (const reading of readingsOf(text)) {
    for (const { target, start, end } of linksOf(reading.text)) {
      const [from, to] = [reading.placeOf(start), reading.placeOf(end)];
      const id = `${from} ${target.kind} ${target.key}`;
      if (!found.has(id))
        found.set(id, { ...target, start: from, end: to, written: text.slice(from, to) });
    }
  }
  return [...found.values()].sort((one, other) => one.start - other.start);
}

/** Without one of these there is no scheme, host, markup or escape: most texts that leave are plain. */
const mayHoldLink = /mailto:|[\\/&<=@(\]]|\.\S|[^\0-\x7f]/i;

interface LinkIn extends Span {
  readonly target: Target;
}

function* linksOf(text: string): Generator<LinkIn> {
  for (const destination of destinationsIn(text)) {
    const target = targetOf(text, destination);
    if (target !== null) yield { target, start: destination.start, end: destination.end };
  }
  const spans: Span[] = [];
  for (const link of schemedLinks(text)) {
    spans.push(link);
    if (link.target !== null) yield { ...link, target: link.target };
  }
  yield* mailLinks(text);
  yield* bareLinks(text, coveredBy(spans));
}

/** What a program goes to from a destination; null for a place of the same document or site, or a part of the same mail. */
function targetOf(text: string, { start, end, how, isClear }: Destination): Target | null {
  const written = cleaned(text.slice(start, Math.min(end, start + destinationLengthMax + 1)));
  // Escapes in a style: `\\68 ttps:` is a scheme to CSS alone.
  if (!isClear && written.includes('\\')) return { kind: 'url', key: null };
  const clear = (target: Target): Target => (isClear ? target : { ...target, key: null });
  // Browsers take backslashes for slashes here, and as many as there are.
  if (/^[/\\]{2}/.test(written))
    return clear({
      kind: 'url',
      key: /^\/\/[^/\\]/.test(written) ? schemelessKey(written.slice(2)) : null,
    });
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(written) ?? [];
  if (scheme === '' || rest === '') {
    const name = /^[^/\\?#:]*/.exec(written)?.[0] ?? '';
    return isWww(name) ? clear({ kind: 'url', key: schemelessKey(written) }) : null;
  }
  switch (scheme.toLowerCase()) {
    case 'mailto':
      return clear({ kind: 'recipient', key: mailKey(rest) });
    case 'tel':
      return clear({ kind: 'phone', key: phoneKey(rest) });
    case 'cid':
    case 'mid':
      return null;
  }
  if (/^\/\//.test(rest)) return clear({ kind: 'url', key: keyOf(written) });
  return how === 'link' || loads.test(scheme) ? { kind: 'url', key: null } : null;
}

/** Schemes by which something is loaded or run without two slashes. `note:` in front of a text is none. */
const loads =
  /^(?:https?|ftps?|wss?|file|javascript|vbscript|livescript|data|blob|filesystem|view-source|jar|mhtml|mocha|res|intent)$/i;

/** As a browser reads an attribute: no line breaks or tabs anywhere, nothing invisible around it. */
function cleaned(written: string): string {
  const joined = written.replace(/[\t\n\r]/g, '');
  let start = 0;
  while (start < joined.length && joined.charCodeAt(start) <= 0x20) start += 1;
  let end = joined.length;
  while (end > start && joined.charCodeAt(end - 1) <= 0x20) end -= 1;
  return joined.slice(start, end);
}

/** Everything with a scheme and two slashes, or what browsers take for slashes. Null: nobody makes a link of it. */
function* schemedLinks(text: string): Generator<Span & { readonly target: Target | null }> {
  const pattern = /:[/\\]{2}/g;
  let reach = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const start = linkedFrom(text, match.index);
    if (start === null) continue;
    reach = Math.max(reach, reachOf(text, Math.max(match.index, reach)));
    const span = urlSpan(text, start, reach);
    const end = Math.max(span.end, pattern.lastIndex);
    const written = text.slice(start, end);
    const isNone = span.end <= pattern.lastIndex || /^hxxps?:/i.test(written);
    yield { start, end, target: isNone ? null : { kind: 'url', key: keyOf(written) } };
    pattern.lastIndex = end;
  }
}

/** A network's scheme is seen also where other letters stand before it. */
function linkedFrom(text: string, colon: number): number | null {
  const start = schemeStart(text, colon, 0);
  const before = text.slice(start, colon);
  const [network] = /(?:https?|ftps?|wss?)$/i.exec(before) ?? [];
  if (network !== undefined) return colon - network.length;
  const letters = before.search(/[a-z]/i);
  return letters === -1 || before.length - letters < 2 ? null : start + letters;
}

/** `mailto:` in running text. */
function* mailLinks(text: string): Generator<LinkIn> {
  const pattern = /mailto:/gi;
  let reach = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    reach = Math.max(reach, reachOf(text, Math.max(match.index, reach)));
    const span = urlSpan(text, match.index, reach);
    const end = Math.max(span.end, pattern.lastIndex);
    const key = mailKey(text.slice(pattern.lastIndex, end));
    yield { start: match.index, end, target: { kind: 'recipient', key } };
    pattern.lastIndex = end;
  }
}

/** `company.com/help`, wherever it isn't a part of a mail address, a path or another link. */
function* bareLinks(text: string, covered: (at: number) => boolean): Generator<LinkIn> {
  let end = 0;
  let reach = 0;
  for (const run of hostRunsIn(text)) {
    if (run.start < end || covered(run.start) || isBesideAt(text, run)) continue;
    const name = text.slice(run.start, run.end);
    if (!isWww(name) && (!hasKnownEnd(name) || isPartOfPath(text, run.start))) continue;
    reach = Math.max(reach, reachOf(text, Math.max(run.end, reach)));
    const span = goesOn(text, run.end) ? urlSpan(text, run.start, reach) : run;
    end = Math.max(span.end, run.end);
    yield {
      start: run.start,
      end,
      target: { kind: 'url', key: schemelessKey(text.slice(run.start, end)) },
    };
  }
}

/** `docs/report.md` is a path; `//company.com` is not. */
function isPartOfPath(text: string, start: number): boolean {
  return /(?:^|[^/\\])[/\\]$/.test(text.slice(Math.max(0, start - 2), start));
}

function keyOf(written: string): string | null {
  const parsed = parseKind(url, written);
  return parsed.type === 'url' ? parsed.key : null;
}

/** One address; null for several, an encoded one, or one with others in its headers. */
function mailKey(rest: string): string | null {
  const [, address = '', headers = ''] = /^([^?]*)(.*)$/s.exec(rest) ?? [];
  const parsed = parseKind(recipient, address);
  return parsed.type === 'unparsable' || /(?:to|cc|%)[^&]*=/i.test(headers) ? null : parsed.key;
}

function phoneKey(rest: string): string | null {
  const parsed = parseKind({ ...recipient, form: 'phone' }, rest);
  return parsed.type === 'unparsable' ? null : parsed.key;
}
