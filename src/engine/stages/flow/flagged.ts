/**
 * What a text that gives orders wants done is no question for a person: it is what somebody who must not choose has
 * chosen. A detector only tightens here: it makes a denial of a hold, and says nothing where it saw nothing.
 */
import { printable } from '../../../content/escape.ts';
import type { KindName } from '../../../content/kind.ts';
import { isJsonArray, isJsonObject, type JsonObject } from '../../../content/value.ts';
import { containsWhole } from '../../../content/values-in-text/whole-token.ts';
import type { ArgumentValue } from '../../call.ts';
import type { FindingCode } from '../../codes.ts';
import type { Finding } from '../../decision.ts';
import { languages } from '../../request/languages.ts';
import type { Inquiry } from './inquiry.ts';
import type { Past, SeenExchange } from './past.ts';
import { stands } from './provided.ts';
import { loose, spelled } from './sources.ts';
import { dataOf, leavesOf, pointed, textOf } from './texts.ts';

/** Holds that ask whether somebody else has chosen what the call names. */
const asked: ReadonlySet<FindingCode> = new Set([
  'flow.destination',
  'flow.object',
  'flow.title',
  'flow.date',
  'flow.unrequested',
  'flow.link',
]);

/** A number of lines or a flag stands in every text. */
const common: ReadonlySet<KindName> = new Set(['number', 'flag', 'amount', 'secret']);
/** Shorter values stand in every text, too, but for destinations and ids. */
const tellingUnitsMin = 4;
const named: ReadonlySet<string> = new Set(['recipient', 'url', 'account']);

const fieldUnits = 200;

/** The findings, with denials for those holds whose values a text that gives orders names. */
export function orderedByTexts(inquiry: Inquiry, findings: readonly Finding[]): readonly Finding[] {
  if (!findings.some(isAsked)) return findings;
  const sources = flaggedSources(inquiry.past);
  if (sources.length === 0) return findings;
  return findings.map((finding) => {
    if (!isAsked(finding)) return finding;
    const ordered = orderedIn(inquiry, finding, sources);
    return ordered === null
      ? finding
      : { ...finding, verdict: 'deny', details: { ...finding.details, ordered } };
  });
}

function isAsked({ verdict, code }: Finding): boolean {
  return verdict === 'hold' && asked.has(code);
}

function orderedIn(
  inquiry: Inquiry,
  { code, details }: Finding,
  sources: readonly FlaggedSource[],
): JsonObject | null {
  const { argument, links } = details;
  if (code === 'flow.link') {
    const written = (isJsonArray(links) ? links.filter(isJsonObject) : []).map(({ link }) =>
      typeof link === 'string' ? loose(link) : '',
    );
    const source = sources.find(({ looseText }) =>
      written.some((link) => link !== '' && looseText.includes(link)),
    );
    return source === undefined ? null : described(source);
  }
  if (code === 'flow.unrequested') {
    const source = sources.find((one) => speaksOfIt(inquiry, one));
    if (source !== undefined) return described(source);
  }
  for (const value of inquiry.read.values) {
    if (argument !== undefined && `${value.argument}${value.pointer}` !== argument) continue;
    for (const source of sources) if (names(inquiry, source, value)) return described(source);
  }
  return null;
}

/** An action that the user didn't ask for, and a text that gives orders speaks of by one of its words. */
function speaksOfIt({ context, tool }: Inquiry, { orders }: FlaggedSource): boolean {
  const { action, operation } = tool;
  const words = [
    action,
    operation.split(/[^\p{L}\p{N}]+|(?<=\p{Ll})(?=\p{Lu})/u)[0] ?? '',
    ...(context.policy.actionWords.get(action) ?? []),
    ...languages.flatMap(({ actions }) => {
      const family = Object.hasOwn(actions, action) ? actions[action] : undefined;
      return family === undefined ? [] : [...family.verbs, ...family.general, ...family.nouns];
    }),
  ];
  return words.some((word) => word !== '' && containsWhole(orders, loose(word)));
}

/** What the request says itself, nobody else has chosen. */
function names(
  { context }: Inquiry,
  { text, looseText }: FlaggedSource,
  { kind, value }: ArgumentValue,
): boolean {
  if (value.type === 'unparsable' || common.has(kind)) return false;
  const { key } = value;
  if (stands(context.run.request, key)) return false;
  if (named.has(kind)) return looseText.includes(spelled(kind, key));
  if (kind.startsWith('object.')) return containsWhole(text, key);
  return key.length >= tellingUnitsMin && looseText.includes(loose(key));
}

interface FlaggedSource {
  readonly seen: SeenExchange;
  readonly field: string;
  /** Of the flagged place alone. */
  readonly orders: string;
  /** Of the record around it: an attacker who writes a mail writes its subject as well. */
  readonly text: string;
  readonly looseText: string;
}

const sources = new WeakMap<SeenExchange, readonly FlaggedSource[]>();

function flaggedSources(past: Past): readonly FlaggedSource[] {
  return past.seen.flatMap((seen) => {
    if ((seen.exchange.shown.flagged?.length ?? 0) === 0) return [];
    const known = sources.get(seen);
    if (known !== undefined) return known;
    const made = sourcesIn(seen);
    sources.set(seen, made);
    return made;
  });
}

function sourcesIn(seen: SeenExchange): readonly FlaggedSource[] {
  const { exchange } = seen;
  const { result, shown } = exchange;
  if (result === null) return [];
  const data = dataOf(exchange);
  const textAt = (place: string): string => {
    const part = place === '' || data === null ? undefined : pointed(data, place);
    if (part === undefined) return textOf(result);
    return leavesOf(part)
      .map(({ value }) => value)
      .join('\n');
  };
  return (shown.flagged ?? []).map((place) => {
    const field = recordAround(seen, place);
    const text = textAt(field);
    return { seen, field, orders: loose(textAt(place)), text, looseText: loose(text) };
  });
}

/** The nearest record, or the place itself where none is around it. */
function recordAround({ exchange }: SeenExchange, place: string): string {
  let around: string | null = null;
  for (const { at } of exchange.shown.records)
    if (at !== '' && place.startsWith(`${at}/`) && at.length > (around?.length ?? 0)) around = at;
  return around ?? place;
}

function described({ seen: { exchange, ordinal }, field }: FlaggedSource): JsonObject {
  return {
    call: exchange.past.call,
    tool: exchange.past.tool,
    result: ordinal,
    field: printable(field, fieldUnits),
    why: 'the text that names it was found to give orders',
  };
}
