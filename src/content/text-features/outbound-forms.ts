import { readRuns } from './bytes-in-text.ts';
import { changedSpan } from './changed-parts.ts';
import { hiddenText } from './character-codes.ts';
import { alphabetOf, type Decoder, type Decoding, decodersBeneath } from './decodings.ts';
import { plainText } from './plain-text.ts';
import { type Reading, TurnedReading, WrittenReading } from './reading.ts';
import { type FeatureSink, scan } from './scan.ts';
import { isTurn } from './word-orders.ts';

/** A feature of a text that leaves: where it stands, so that a person is shown it. */
export interface Mark {
  readonly hash: number;
  readonly start: number;
  readonly end: number;
}

/** One of the text's rows of three words, each of which begins a word later; or of its different long words. */
export interface NumberedMark extends Mark {
  readonly number: number;
}

/** One way of reading a text that leaves. */
export interface OutboundForm {
  /** Outermost first; empty for the text as it stands. */
  readonly decodings: readonly Decoding[];
  readonly text: string;
  readonly identifiers: readonly Mark[];
  readonly grams: readonly NumberedMark[];
  /** Each long word once, by its first place. */
  readonly words: readonly NumberedMark[];
  /** How many `words` the text has; `words` may be narrowed to those that matter. */
  readonly wordCount: number;
  /** False: larger than the bounds, so that something of it hasn't been compared. */
  readonly complete: boolean;
}

/** What is beyond isn't read, and isn't let out either: more than this is a file, and no message. */
const charactersMax = 262_144;
/** Compatibility forms and accents take more characters once they are written out. */
const plainCharactersMax = 2 * charactersMax;
const formsMax = 64;
const allCharactersMax = 16 * plainCharactersMax;
const decodingsMax = 2;

/**
 * A text that is about to leave, read in every way that whoever receives it could read it: at most 64 of them, and two
 * decodings on top of one another. Whatever doesn't fit makes the first form incomplete, and `leak` a leak of it.
 */
export function outboundForms(text: string): readonly OutboundForm[] {
  return readingsOf(text).map((reading) => formOf(reading));
}

/** The same, before it is looked at what each of them is made of: most are nonsense of which nothing was ever read. */
export function readingsOf(text: string): readonly Reading[] {
  const all = plainText(text.slice(0, charactersMax));
  const plain = all.slice(0, plainCharactersMax);
  const first = new WrittenReading([], plain);
  const queue: Reading[] = [first];
  const known: Reading[] = [first];
  const hidden = hiddenText(text.slice(0, charactersMax));
  if (hidden !== null) queue.push(new WrittenReading(['hidden characters'], hidden));
  let characters = plain.length + (hidden?.length ?? 0);
  let complete = text.length <= charactersMax && all.length <= plainCharactersMax;
  for (let at = 0; at < queue.length; at += 1) {
    const above = queue[at];
    if (above === undefined || above.decodings.length >= decodingsMax) continue;
    const isLast = above.decodings.length === decodingsMax - 1;
    for (const [decoding, decoder] of decodersBeneath(above.decodings.at(-1))) {
      if (!above.mayBeRead(decoding)) continue;
      // What only rewrites its words and is read no further is judged by them, whatever else says the same.
      const isJudged = isLast && isTurn(decoding) && above.hasFor(decoding);
      const read = isJudged
        ? new TurnedReading(above, decoding, decoder)
        : decoded(above, decoding, decoder);
      if (read === null || (!isJudged && isKnown(read, above, known))) continue;
      characters += isJudged ? above.length : read.length;
      if (queue.length >= formsMax || characters > allCharactersMax) {
        complete = false;
        break;
      }
      if (!isJudged) known.push(read);
      queue.push(read);
    }
  }
  if (!complete) queue[0] = new WrittenReading([], plain, false);
  return queue;
}

/** Null: nothing can be read that way. */
function decoded(above: Reading, decoding: Decoding, decoder: Decoder): Reading | null {
  if (above instanceof WrittenReading && isTurn(decoding) && !above.look.hasPairs)
    return new TurnedReading(above, decoding, decoder);
  const decodings = [...above.decodings, decoding];
  const alphabet = alphabetOf.get(decoding);
  if (alphabet === undefined) {
    const text = decoder(above.text);
    if (text === null) return null;
    const spans = [changedSpan(text, above.text)];
    return new WrittenReading(decodings, text, true, { above, spans });
  }
  const read = readRuns(above.text, alphabet);
  if (read === null) return null;
  return new WrittenReading(decodings, read.text, true, { above, spans: read.spans });
}

/** Hardly any two begin and end alike, so that most needn't be written to be compared. */
function isKnown(read: Reading, above: Reading, known: readonly Reading[]): boolean {
  return isSame(read, above) || known.some((other) => isSame(read, other));
}

function isSame(one: Reading, other: Reading): boolean {
  return (
    one.length === other.length &&
    one.first === other.first &&
    one.last === other.last &&
    one.text === other.text
  );
}

/** @param matters - of a feature, by its hash: it is left out of the form without. */
export function formOf(
  reading: Pick<Reading, 'decodings' | 'text' | 'complete'>,
  matters: ((hash: number) => boolean) | null = null,
): OutboundForm {
  const { decodings, text, complete } = reading;
  const marking = new Marking(matters);
  scan(text, marking);
  const { identifiers, grams } = marking;
  const form = { decodings, text, complete, grams };
  if (hasRowsAlone(reading)) return { ...form, identifiers: [], words: [], wordCount: 0 };
  const { words, wordCount } = marking;
  return { ...form, identifiers, words, wordCount };
}

/** Another order makes other rows of the same words; the numbers that now stand side by side are of nobody's making. */
export function hasRowsAlone({ decodings }: Pick<Reading, 'decodings'>): boolean {
  return decodings.at(-1) === 'words reversed';
}

class Marking implements FeatureSink {
  readonly identifiers: Mark[] = [];
  readonly grams: NumberedMark[] = [];
  readonly words: NumberedMark[] = [];
  readonly #matters: ((hash: number) => boolean) | null;
  readonly #words = new Set<number>();
  #rows = 0;

  constructor(matters: ((hash: number) => boolean) | null) {
    this.#matters = matters;
  }

  get wordCount(): number {
    return this.#words.size;
  }

  identifier(hash: number, start: number, end: number): void {
    if (this.#keeps(hash)) this.identifiers.push({ hash, start, end });
  }

  gram(hash: number, start: number, end: number): void {
    const number = this.#rows;
    this.#rows += 1;
    if (this.#keeps(hash)) this.grams.push({ hash, start, end, number });
  }

  word(hash: number, start: number, end: number): void {
    const number = this.#words.size;
    if (this.#words.add(hash).size > number && this.#keeps(hash))
      this.words.push({ hash, start, end, number });
  }

  #keeps(hash: number): boolean {
    return this.#matters === null || this.#matters(hash);
  }
}
