/** What the arguments of a call that leaves carry, and for which the review has no need of a rule. */
import type { KindName } from '../../../content/kind.ts';
import { isOfType } from '../../../content/media-types.ts';
import { Phrases, type ReadText, readWords } from '../../../content/phrases-in-text.ts';
import type { JsonObject } from '../../../content/value.ts';
import type { OutboundReview } from '../../../policy/model.ts';
import { eachText, pointerOf } from '../../argument-texts.ts';
import { sighted } from '../../sighted.ts';
import { type Examined, kindsByPlace, placeOf, type ScannedText } from './examined.ts';

/** One reason to look: how much it weighs, and what a person is told of it. */
interface Factor {
  readonly score: number;
  readonly details: JsonObject;
}

export interface Leaving {
  readonly factors: readonly Factor[];
  /** As the policy writes them, each once. */
  readonly phrases: { readonly markers: readonly string[]; readonly tone: readonly string[] };
  /** Attachments that the policy doesn't list. */
  readonly attachments: readonly string[];
}

export function leavingWith(examined: Examined, review: OutboundReview): Leaving {
  const lists = phrasesOf(review);
  const texts = lists === null ? [] : examined.read.texts.written.map(readWords);
  const markers = hits(examined, texts, lists?.markers);
  const tone = hits(examined, texts, lists?.tone);
  const attachments = unlisted(examined, review.attachments);
  return {
    factors: [
      ...markers.map(({ phrase, at }) => stopping({ type: 'marker', marker: phrase, at })),
      ...tone.map(({ phrase, at }) => stopping({ type: 'tone', phrase, at })),
      ...attachments.map(({ at }) => stopping({ type: 'attachment', at })),
      ...orders(examined, review.at),
    ],
    phrases: { markers: phrasesIn(markers), tone: phrasesIn(tone) },
    attachments: attachments.map(({ value }) => value),
  };
}

function stopping(details: JsonObject): Factor {
  return { score: 1, details };
}

// ---- words -----------------------------------------------------------------------------------------------------

interface PhraseLists {
  readonly markers: Phrases;
  readonly tone: Phrases;
}

const known = new WeakMap<OutboundReview, PhraseLists>();

/** Null: the policy lists none. */
function phrasesOf(review: OutboundReview): PhraseLists | null {
  if (review.markers.length + review.tone.length === 0) return null;
  let phrases = known.get(review);
  if (phrases === undefined) {
    phrases = { markers: new Phrases(review.markers), tone: new Phrases(review.tone) };
    known.set(review, phrases);
  }
  return phrases;
}

interface Hit {
  readonly phrase: string;
  readonly at: string;
}

/** An address or an account's number says nothing to anybody: `confidential@company.example` is where it goes. */
const wordless: ReadonlySet<KindName> = new Set(['recipient', 'account']);

/** Each phrase where it stands first. */
function hits(
  examined: Examined,
  texts: readonly ReadText[],
  phrases: Phrases | undefined,
): readonly Hit[] {
  const { read } = examined;
  const found = new Map<string, readonly string[]>();
  for (const one of texts) {
    const said = phrases?.in(one) ?? [];
    if (said.length > 0) found.set(one.text, said);
  }
  if (found.size === 0) return [];
  const kinds = kindsByPlace(read);
  const first = new Map<string, Hit>();
  eachText(read, (text, path, isKey) => {
    const said = found.get(text);
    if (said === undefined) return;
    const of = isKey ? [] : (kinds.get(pointerOf(path)) ?? []);
    if (of.length > 0 && of.every((kind) => wordless.has(kind))) return;
    for (const phrase of said)
      if (!first.has(phrase)) first.set(phrase, { phrase, at: placeOf(examined, path) });
  });
  return [...first.values()];
}

function phrasesIn(found: readonly Hit[]): readonly string[] {
  return found.map(({ phrase }) => phrase);
}

// ---- attachments -----------------------------------------------------------------------------------------------

function unlisted(
  examined: Examined,
  listed: OutboundReview['attachments'],
): readonly { readonly value: string; readonly at: string }[] {
  if (listed === null) return [];
  return examined.read.values.flatMap(({ argument, pointer, kind, value }) => {
    if (kind !== 'attachment' || value.type === 'unparsable' || isOfType(value.key, listed))
      return [];
    return [{ value: value.key, at: placeOf(examined, [argument]) + pointer }];
  });
}

// ---- orders ----------------------------------------------------------------------------------------------------

/** What the screen and the model said; that they couldn't say anything weighs as much as the worst that they could. */
function orders(examined: Examined, from: number): readonly Factor[] {
  const factors = new Map<string, readonly Factor[]>();
  for (const one of examined.telling) {
    const own = ordersIn(one, from);
    if (own.length > 0) factors.set(one.text, [...(factors.get(one.text) ?? []), ...own]);
  }
  if (factors.size === 0) return [];
  const placed: Factor[] = [];
  eachText(examined.read, (text, path) => {
    for (const { score, details } of factors.get(text) ?? [])
      placed.push({ score, details: { ...details, at: placeOf(examined, path) } });
  });
  return placed;
}

function ordersIn({ scan }: ScannedText, from: number): readonly Factor[] {
  const { injection, model } = scan;
  const factors: Factor[] = [];
  if (injection !== null && injection.score >= from) {
    const [worst] = injection.sightings.toSorted((one, other) => other.score - one.score);
    const seen = worst === undefined ? {} : sighted('injection', '', worst);
    factors.push({
      score: injection.score,
      details: { ...seen, type: 'injection', seen: worst?.type ?? null, score: injection.score },
    });
  }
  if (injection?.complete === false) factors.push(stopping({ type: 'unread' }));
  if (model?.type === 'failed') factors.push(stopping({ type: 'unscored', reason: model.reason }));
  if (model?.type === 'scored' && model.score >= from)
    factors.push({ score: model.score, details: { type: 'model', score: model.score } });
  return factors;
}
