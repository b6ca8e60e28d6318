import { foldCase } from '../../../content/fold-case.ts';
import type { KindName } from '../../../content/kind.ts';
import { dayOf } from '../../../content/kinds/day.ts';
import { isFunctionWord } from '../../../content/text-features/function-words.ts';
import { type ReadFeatures, readFeatures } from '../../../content/text-features/read-features.ts';
import { linksInText } from '../../../content/values-in-text/links-in-text.ts';
import { valuesInText } from '../../../content/values-in-text/values-in-text.ts';
import {
  containsWhole,
  mayContainWhole,
  runsOf,
} from '../../../content/values-in-text/whole-token.ts';
import type { Policy } from '../../../policy/model.ts';
import { foldWords, withoutExtension } from '../../request/names.ts';
import { type Understanding, understand } from '../../request/understand.ts';

/** A trusted request, read once: a pure function of its text and the policy's words, so any run may use the same reading. */
export interface TrustedRequest {
  readonly text: string;
  readonly understood: Understanding;
  readonly features: ReadFeatures;
  /** Whether the request names a value of this kind at all. */
  readonly hasAny: (kind: KindName) => boolean;
  /** Whether it has exactly this value, whole. */
  readonly holds: (kind: KindName, key: string) => boolean;
  readonly links: ReadonlySet<string>;
  /** Whether somebody who has only the request could have written this text. */
  readonly says: (text: string) => boolean;
  /** Whether it is an id that the request gives as one. */
  readonly givesId: (id: string) => boolean;
  /** Whether it gives some id of the same form: `T-504`, of `T-495`. */
  readonly givesIdLike: (id: string) => boolean;
  /** Whether something that is called so may be meant: its name stands there, however plain, or one word of it that isn't in every request. */
  readonly speaksOf: (name: string) => boolean;
  /** Whether what names one thing may mean the other: alike but for signs, case and ending, unless it is spelled out. */
  readonly mayMeanBoth: (name: string, other: string) => boolean;
}

/** Requests of the gateway's recent runs; one is understood in about a millisecond. */
const requestsMax = 128;

const read = new WeakMap<Policy['actionWords'], Map<string, TrustedRequest>>();

export function readRequest(text: string, words: Policy['actionWords']): TrustedRequest {
  let requests = read.get(words);
  if (requests === undefined) {
    requests = new Map();
    read.set(words, requests);
  }
  const known = requests.get(text);
  if (known !== undefined) return known;
  const request = requestOf(text, words);
  const oldest = requests.keys().next();
  if (requests.size >= requestsMax && oldest.done !== true) requests.delete(oldest.value);
  requests.set(text, request);
  return request;
}

const valueKinds: Readonly<Record<string, readonly string[]>> = {
  recipient: ['recipient', 'phone'],
  url: ['url'],
  account: ['account'],
};

function requestOf(text: string, words: Policy['actionWords']): TrustedRequest {
  const understood = understand(text, words);
  const values = new Set<string>();
  const kinds = new Set<string>();
  for (const { kind, key } of valuesInText(text)) {
    values.add(`${kind} ${key}`);
    kinds.add(kind);
  }
  const folded = ` ${foldWords(text)} `;
  const wordSet = new Set(folded.split(' '));
  const lower = text.toLowerCase();
  const runs = runsOf(lower);
  const forms = new Set(Array.from(text.matchAll(idForms), ([, form = '']) => foldCase(form)));
  const called = callings();
  return {
    text,
    understood,
    features: readFeatures(text),
    hasAny: (kind) => (valueKinds[kind] ?? []).some((one) => kinds.has(one)),
    holds: (kind, key) => {
      const read = valueKinds[kind] ?? [];
      if (read.some((one) => values.has(`${one} ${key}`))) return true;
      // What has no form of its own: an account's number, a handle, a channel. A mail address or URL is read as such, or not.
      if (kind === 'url' || key.includes('@')) return false;
      return containsWhole(text, key) || (kind === 'recipient' && containsWhole(lower, key));
    },
    links: new Set(
      linksInText(text).flatMap(({ kind, key }) => (key === null ? [] : `${kind} ${key}`)),
    ),
    says: (said) => isSaid(said, understood, folded, wordSet),
    givesId: (id) =>
      understood.names(id) || understood.callsBare(id) || isGivenId(lower, runs, id.toLowerCase()),
    givesIdLike: (id) => {
      const form = idForm.exec(id)?.[1];
      return form !== undefined && forms.has(foldCase(form));
    },
    speaksOf: (name) => speaksOf(name, understood, folded),
    mayMeanBoth: (name, other) => {
      if (called(name) !== called(other)) return false;
      const spelled = (one: string): boolean => containsWhole(lower, one.trim().toLowerCase());
      return !spelled(name) || spelled(other);
    },
  };
}

const callingsMax = 4_096;

/** What names come down to; of the longest things that are names, a listing holds thousands, and each is asked about again. */
function callings(): (name: string) => string {
  const known = new Map<string, string>();
  return (name) => {
    // Longer than any name is nobody's namesake.
    if (name.length > saidUnitsMax) return name;
    let calling = known.get(name);
    if (calling === undefined) {
      calling = foldWords(withoutExtension(name));
      if (known.size >= callingsMax) known.clear();
      known.set(name, calling);
    }
    return calling;
  };
}

/** Longer ones are texts, which no request spells out word by word. */
const saidUnitsMax = 1_000;

/**
 * Words alone could be anybody's: it takes two in a row that mean something, or one that isn't in every request, so that a
 * search for "meeting" isn't what a request about a meeting asked for.
 */
function isSaid(
  said: string,
  understood: Understanding,
  folded: string,
  words: ReadonlySet<string>,
): boolean {
  if (said.length > saidUnitsMax) return false;
  const day = dayOf(said);
  if (day !== null) return understood.dateFits(day) ?? understood.dates.relative;
  const phrase = foldWords(said);
  if (phrase === '') return false;
  if (understood.names(said)) return true;
  const parts = phrase.split(' ');
  const long = parts.filter((word) => word.length > 3 && !isFunctionWord(word));
  if (folded.includes(` ${phrase} `)) return long.length > 1;
  return (
    parts.every((word) => words.has(word) || words.has(`${word}s`)) &&
    parts.some((word) => understood.names(word))
  );
}

const idUnitsMax = 200;

/** Letters, perhaps a sign, and a number: what is counted under one name. */
const idForm = /^(\p{L}{1,8}[-_#]?)\d{2,12}$/u;
const idForms = /(?<![\p{L}\p{N}])(\p{L}{1,8}[-_#]?)\d{2,12}(?![\p{L}\p{N}])/gu;

/**
 * An id is a word with digits (`T-512`) or a name with signs in it (`bill-march.txt`), whole; a plain word only where
 * nothing but a name can stand, or whoever makes a thing could give it an id that every request holds. A number alone is
 * a day, an hour or an amount as often, and has to be said to be one: `ID 24`, `#24`.
 */
function isGivenId(text: string, runs: ReadonlySet<string>, id: string): boolean {
  if (id.length > idUnitsMax || !mayContainWhole(runs, id) || !containsWhole(text, id))
    return false;
  if (/^\p{L}+[-_#:/.]?\d/u.test(id) || /^[\p{L}\d]{2,}[-_./:][\p{L}\d]{2}/u.test(id)) return true;
  const escaped = id.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const marked = `(?:\\bids?|\\bnumber|\\bno\\.?|#)\\s*[:=]?\\s*["'\`]?${escaped}(?![\\p{L}\\p{N}])`;
  return new RegExp(marked, 'iu').test(text);
}

function speaksOf(name: string, understood: Understanding, folded: string): boolean {
  const phrase = foldWords(withoutExtension(name.slice(0, saidUnitsMax)));
  if (phrase === '') return false;
  if (phrase.includes(' ') && folded.includes(` ${phrase} `)) return true;
  return phrase.split(' ').some((word) => word.length > 3 && understood.names(word));
}
