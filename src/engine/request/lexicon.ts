import type { Language } from './language.ts';
import { type Phrase, parsePhrase } from './phrases.ts';
import type { Token } from './tokens.ts';

/** A language with its lists made ready for looking up. */
export interface Lexicon {
  readonly language: Language;
  readonly is: (list: WordList, word: string | undefined) => boolean;
  readonly particles: ReadonlySet<string>;
  readonly abbreviations: ReadonlySet<string>;
  readonly stopWords: ReadonlySet<string>;
  /** Verbs that act, and verbs that ask for an answer, by their first word. */
  readonly acting: ReadonlyMap<string, readonly Phrase[]>;
  readonly answering: ReadonlyMap<string, readonly Phrase[]>;
  /** Verbs of the policy's own words, by their first word. */
  readonly extra: ReadonlyMap<string, readonly Phrase[]>;
  /** From a gerund to its verb. */
  readonly gerunds: ReadonlyMap<string, string>;
  /** From a participle to its verb. */
  readonly participles: ReadonlyMap<string, string>;
  /** Noun phrases by their first word, the longest first. */
  readonly nouns: ReadonlyMap<string, readonly NounPhrase[]>;
  /** Lists that hold several words to an entry, by first word. */
  readonly begins: (list: WordList, tokens: readonly Token[], at: number) => number;
}

interface NounPhrase {
  readonly words: readonly string[];
  readonly objects: readonly string[];
}

type WordList = {
  [Key in keyof Language]: Language[Key] extends readonly string[] ? Key : never;
}[keyof Language];

const made = new WeakMap<Language, Lexicon>();

export function lexiconOf(language: Language): Lexicon {
  const known = made.get(language);
  if (known !== undefined) return known;
  const lexicon = makeLexicon(language);
  made.set(language, lexicon);
  return lexicon;
}

function makeLexicon(language: Language): Lexicon {
  const sets = new Map<WordList, ReadonlySet<string>>();
  const sequences = new Map<WordList, ReadonlyMap<string, readonly (readonly string[])[]>>();
  const particles = new Set(language.particles);
  const acting = byFirstWord(
    Object.values(language.actions).flatMap((family) => [...family.verbs, ...family.general]),
    particles,
  );
  const answering = byFirstWord(language.readVerbs, particles);
  const gerunds = new Map<string, string>();
  const participles = new Map<string, string>();
  for (const verb of [...acting.keys(), ...answering.keys()]) {
    for (const form of language.gerund(verb)) gerunds.set(form, verb);
    for (const form of language.participle(verb)) participles.set(form, verb);
  }
  return {
    language,
    particles,
    abbreviations: new Set(language.abbreviations),
    stopWords: new Set(language.stopWords),
    acting,
    answering,
    extra: new Map(),
    gerunds,
    participles,
    nouns: nounsOf(language),
    is: (list, word) => {
      let set = sets.get(list);
      if (set === undefined) {
        set = new Set(language[list]);
        sets.set(list, set);
      }
      return word !== undefined && set.has(word);
    },
    begins: (list, tokens, at) => {
      let index = sequences.get(list);
      if (index === undefined) {
        index = sequencesOf(language[list]);
        sequences.set(list, index);
      }
      const first = tokens[at]?.fold;
      const candidates = first === undefined ? undefined : index.get(first);
      const hit = candidates?.find((words) =>
        words.every((word, offset) => tokens[at + offset]?.fold === word),
      );
      return hit === undefined ? 0 : hit.length;
    },
  };
}

/** Every distinct phrase under its first word. */
export function byFirstWord(
  texts: readonly string[],
  particles: ReadonlySet<string>,
): ReadonlyMap<string, readonly Phrase[]> {
  const index = new Map<string, Phrase[]>();
  for (const text of new Set(texts)) {
    const phrase = parsePhrase(text, particles);
    for (const first of phrase.words[0] ?? []) {
      const known = index.get(first);
      if (known === undefined) index.set(first, [phrase]);
      else known.push(phrase);
    }
  }
  return index;
}

function sequencesOf(
  texts: readonly string[],
): ReadonlyMap<string, readonly (readonly string[])[]> {
  const index = new Map<string, (readonly string[])[]>();
  for (const text of texts) {
    const words = text.split(' ');
    const first = words[0] ?? '';
    index.set(first, [...(index.get(first) ?? []), words]);
  }
  for (const known of index.values()) known.sort((a, b) => b.length - a.length);
  return index;
}

function nounsOf(language: Language): ReadonlyMap<string, readonly NounPhrase[]> {
  const objectsByNoun = new Map<string, Set<string>>();
  for (const [object, family] of Object.entries(language.objects)) {
    for (const noun of family.nouns) {
      for (const form of nounForms(language, noun)) {
        const known = objectsByNoun.get(form);
        if (known === undefined) objectsByNoun.set(form, new Set([object]));
        else known.add(object);
      }
    }
  }
  const index = new Map<string, NounPhrase[]>();
  for (const [noun, objects] of objectsByNoun) {
    const words = noun.split(' ');
    const first = words[0] ?? '';
    index.set(first, [...(index.get(first) ?? []), { words, objects: [...objects] }]);
  }
  for (const known of index.values()) known.sort((a, b) => b.words.length - a.words.length);
  return index;
}

/** A noun as it is and in the plural. */
export function nounForms(language: Language, noun: string): readonly string[] {
  const cut = noun.lastIndexOf(' ') + 1;
  return [noun, `${noun.slice(0, cut)}${language.plural(noun.slice(cut))}`];
}
