import { hiddenText } from './character-codes.ts';
import { type Decoding, decodersBeneath, mayRewrite } from './decodings.ts';
import { plainText } from './plain-text.ts';
import { type FeatureSink, scan } from './scan.ts';

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
  return readingsOf(text).map(formOf);
}

/** The same, before it is looked at what each of them is made of: most are nonsense of which nothing was ever read. */
export function readingsOf(text: string): readonly Reading[] {
  const all = plainText(text.slice(0, charactersMax));
  const plain = all.slice(0, plainCharactersMax);
  const queue: Reading[] = [new Reading([], () => plain)];
  const known = new Set([plain]);
  const hidden = hiddenText(text.slice(0, charactersMax));
  if (hidden !== null) queue.push(new Reading(['hidden characters'], () => hidden));
  let characters = plain.length + (hidden?.length ?? 0);
  let complete = text.length <= charactersMax && all.length <= plainCharactersMax;
  for (let at = 0; at < queue.length; at += 1) {
    const reading = queue[at];
    if (reading === undefined || reading.decodings.length >= decodingsMax) continue;
    const isLast = reading.decodings.length === decodingsMax - 1;
    for (const [decoding, decoder] of decodersBeneath(reading.decodings.at(-1))) {
      const above = reading.text;
      // What only rewrites its words and is read no further needn't be written to be judged.
      const isJudgedUnwritten = isLast && mayRewrite(decoding, above);
      const read = isJudgedUnwritten ? above : decoder(above);
      if (read === null || (!isJudgedUnwritten && known.has(read))) continue;
      characters += read.length;
      if (queue.length >= formsMax || characters > allCharactersMax) {
        complete = false;
        break;
      }
      if (!isJudgedUnwritten) known.add(read);
      const write = isJudgedUnwritten ? () => decoder(above) ?? above : () => read;
      queue.push(new Reading([...reading.decodings, decoding], write));
    }
  }
  if (!complete) queue[0] = new Reading([], () => plain, false);
  return queue;
}

/** Of a text that leaves; written out when somebody asks what it says. */
export class Reading {
  readonly decodings: readonly Decoding[];
  readonly complete: boolean;
  readonly #write: () => string;
  #text: string | null = null;

  constructor(decodings: readonly Decoding[], write: () => string, complete = true) {
    this.decodings = decodings;
    this.#write = write;
    this.complete = complete;
  }

  get text(): string {
    this.#text ??= this.#write();
    return this.#text;
  }
}

export function formOf(reading: Reading): OutboundForm {
  const { decodings, text, complete } = reading;
  const marking = new Marking();
  scan(text, marking);
  const { identifiers, grams } = marking;
  const form = { decodings, text, complete, grams };
  if (hasRowsAlone(reading)) return { ...form, identifiers: [], words: [], wordCount: 0 };
  const words = [...marking.words.values()];
  return { ...form, identifiers, words, wordCount: words.length };
}

/** Another order makes other rows of the same words; the numbers that now stand side by side are of nobody's making. */
export function hasRowsAlone({ decodings }: Pick<Reading, 'decodings'>): boolean {
  return decodings.at(-1) === 'words reversed';
}

class Marking implements FeatureSink {
  readonly identifiers: Mark[] = [];
  readonly grams: NumberedMark[] = [];
  readonly words: Map<number, NumberedMark> = new Map();

  identifier(hash: number, start: number, end: number): void {
    this.identifiers.push({ hash, start, end });
  }

  gram(hash: number, start: number, end: number): void {
    this.grams.push({ hash, start, end, number: this.grams.length });
  }

  word(hash: number, start: number, end: number): void {
    if (this.words.has(hash)) return;
    this.words.set(hash, { hash, start, end, number: this.words.size });
  }
}
