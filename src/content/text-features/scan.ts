import { calendarEnd } from './calendar.ts';
import { isCommonWord } from './common-words.ts';
import { hashBoth, hashNext, joinedLengthMax, mixed } from './hash.ts';
import {
  dropped,
  firstUnspaced,
  isPairedLetter,
  letterOf,
  separator,
  unspacedWeight,
  wordWeight,
} from './letters.ts';
import { Row } from './row.ts';

/** What a text is made of, in its order; `start` and `end` are its units. No hash is 0. */
export interface FeatureSink {
  identifier(hash: number, start: number, end: number): void;
  /** One for each word with which a row of them begins: the next one's begins a word later. */
  gram(hash: number, start: number, end: number): void;
  /** A long word, each time it stands there. */
  word(hash: number, start: number, end: number): void;
}

/** Fewer letters or digits tell no thing from another. */
const identifierLengthMin = 5;
export const identifierDigitsMin = 3;
/** Groups before the last one of an identifier: `AB-12-34-56`. Longer ones are found by their parts, and their digits. */
const earlierGroupsMax = 3;
/** What may stand between two groups of digits: `+1 (555) - 0100`. */
const groupGapMax = 3;
/** Any eight digits of a card or account, however they are grouped and whatever other number stands beside them. */
const digitsInARow = 8;

/** Three words; two rows, a word apart, are the four in a row that a leak needs. In Chinese they are five signs. */
const gramWeight = 3 * wordWeight;
/** Most words of English prose are shorter, and say little about what it is about. */
const longWordLettersMin = 7;
export const gramSeed = 0x67726d73;

/** Unless it is a common one. */
export function isLongWord(length: number, digits: number): boolean {
  return length - digits >= longWordLettersMin && digits < identifierDigitsMin;
}

/** What stands for a long word where there are no spaces: three ideographs, four kana, six letters of Thai. */
const longRunWeight = 2 * wordWeight;

// Lists of numbers: typed ones take longer to make than a short text takes to read.
const noGroups = (): number[] => [0, 0, 0];

/** One pass over a text; work is linear in its length, whatever it holds. */
export function scan(text: string, sink: FeatureSink): void {
  new Scan(text, sink).run();
}

class Scan {
  readonly #text: string;
  readonly #sink: FeatureSink;
  readonly #words: Row;
  /** Null: there was no letter yet of a script without spaces. */
  #runs: Row | null = null;

  /** The groups before this one that may make an identifier with it, oldest first: hash, length, digits and start. */
  #groups = 0;
  readonly #groupHash = noGroups();
  readonly #groupLength = noGroups();
  readonly #groupDigits = noGroups();
  readonly #groupStart = noGroups();
  #groupEnd = 0;
  #lastDigits = 0;

  /** The last digits of the chain as a number, and where each stood. */
  #digits = 0;
  #digitCount = 0;
  readonly #digitAt = [0, 0, 0, 0, 0, 0, 0, 0];
  /** Within a date or a time until here. */
  #calendarEnd = 0;

  constructor(text: string, sink: FeatureSink) {
    this.#text = text;
    this.#sink = sink;
    this.#words = new Row(gramWeight, gramSeed, sink, 'gram');
  }

  run(): void {
    const text = this.#text;
    let start = -1;
    let hash = 0;
    let length = 0;
    let digits = 0;
    for (let at = 0; at <= text.length; at += 1) {
      const unit = at < text.length ? text.charCodeAt(at) : 0x20;
      const letter = letterOf(unit);
      if (letter >= 0x30 && letter < firstUnspaced) {
        if (start < 0) {
          start = at;
          hash = 0;
          length = 0;
          digits = 0;
        }
        hash = hashNext(hash, letter);
        length += 1;
        if (letter <= 0x39) digits += 1;
        continue;
      }
      if (letter === dropped) continue;
      const paired = letter >= 0xd800 && letter <= 0xdfff;
      const ends = letter === separator || (paired && !isPairedLetter(text, at));
      const alone = ends ? 0 : unspacedWeight(letter);
      if (!ends && alone === 0) {
        if (start < 0) {
          start = at;
          hash = 0;
          length = 0;
          digits = 0;
        }
        hash = hashNext(hash, letter);
        length += 1;
        if (letter <= 0x39) digits += 1;
        continue;
      }
      if (start >= 0) {
        this.#word(start, at, hash, length, digits);
        start = -1;
      }
      if (alone === 0) continue;
      const end = paired ? at + 2 : at + 1;
      const own = mixed(paired ? (text.codePointAt(at) ?? 0) : letter);
      this.#words.add(own, alone, at, end);
      this.#runs ??= new Row(longRunWeight, 0x776f7264, this.#sink, 'word');
      this.#runs.add(own, alone, at, end);
      this.#groups = 0;
      this.#lastDigits = 0;
      at = end - 1;
    }
  }

  #word(start: number, end: number, hash: number, length: number, digits: number): void {
    const own = mixed(hash);
    this.#words.add(own, wordWeight, start, end);
    this.#runs?.clear();
    if (isLongWord(length, digits) && !isCommonWord(own)) this.#sink.word(own, start, end);
    this.#identify(start, end, hash, length, digits);
  }

  #identify(start: number, end: number, hash: number, length: number, digits: number): void {
    if (start < this.#calendarEnd) return;
    if (digits > 0 && digits === length && (length === 4 || length <= 2)) {
      const calendar = calendarEnd(this.#text, start);
      if (calendar > 0) {
        // On its own, and joined with nothing: the hour beside a date would make another number of it.
        this.#calendarEnd = calendar;
        this.#groups = 0;
        this.#lastDigits = 0;
        return;
      }
    }
    const near = digits > 0 && this.#lastDigits > 0 && start - this.#groupEnd <= groupGapMax;
    if (!near) this.#digitCount = 0;
    if (!this.#joins(start, near)) this.#groups = 0;
    if (digits > 0 || this.#groups > 0) this.#offer(start, end, hash, length, digits);
    if (digits > 0) this.#addDigits(start, end);
    this.#push(start, end, hash, length, digits);
  }

  /**
   * One sign joins groups of an identifier; a blank or a bracket only those of digits. The ends of sentences, members of
   * a list and lines make no number of their neighbours: `May 15, 2024`, `in 2024. 1. Welcome`.
   */
  #joins(start: number, near: boolean): boolean {
    const text = this.#text;
    const gap = start - this.#groupEnd;
    const sign = text.charCodeAt(start - 1);
    if (gap === 1) return joining[sign] === 1 || (near && sign !== 0x0a && sign !== 0x3b);
    return near && bracketed.test(text.slice(this.#groupEnd, start));
  }

  /** This group, and it with one, two or three before it: the neighbours of an identifier mustn't hide it. */
  #offer(start: number, end: number, hash: number, length: number, digits: number): void {
    let first = start;
    let all = hash;
    let allLength = length;
    let allDigits = digits;
    for (let before = this.#groups - 1; ; before -= 1) {
      if (
        allLength >= identifierLengthMin &&
        allDigits >= identifierDigitsMin &&
        allLength <= joinedLengthMax
      ) {
        this.#sink.identifier(mixed(all ^ 0x69640000), first, end);
      }
      if (before < 0 || allLength > joinedLengthMax) return;
      all = hashBoth(this.#groupHash[before] ?? 0, all, allLength);
      allLength += this.#groupLength[before] ?? 0;
      allDigits += this.#groupDigits[before] ?? 0;
      first = this.#groupStart[before] ?? 0;
    }
  }

  #push(start: number, end: number, hash: number, length: number, digits: number): void {
    if (this.#groups === earlierGroupsMax) {
      forgetFirst(this.#groupHash);
      forgetFirst(this.#groupLength);
      forgetFirst(this.#groupDigits);
      forgetFirst(this.#groupStart);
      this.#groups -= 1;
    }
    this.#groupHash[this.#groups] = hash;
    this.#groupLength[this.#groups] = length;
    this.#groupDigits[this.#groups] = digits;
    this.#groupStart[this.#groups] = start;
    this.#groupEnd = end;
    this.#lastDigits = digits;
    this.#groups += 1;
  }

  #addDigits(start: number, end: number): void {
    for (let at = start; at < end; at += 1) {
      const letter = letterOf(this.#text.charCodeAt(at));
      if (letter < 0x30 || letter > 0x39) continue;
      this.#digits = (this.#digits * 10 + letter - 0x30) % 10 ** digitsInARow;
      this.#digitAt[this.#digitCount % digitsInARow] = at;
      this.#digitCount += 1;
      if (this.#digitCount < digitsInARow) continue;
      const first = this.#digitAt[this.#digitCount % digitsInARow] ?? at;
      this.#sink.identifier(mixed(this.#digits ^ 0x64670000), first, at + 1);
    }
  }
}

const bracketed = /^[- ().+/]*[-()/][- ().+/]*$/;
const joining = new Uint8Array(0x80);
for (const sign of '-_./:@#+=~&') joining[sign.charCodeAt(0)] = 1;

function forgetFirst(groups: number[]): void {
  groups[0] = groups[1] ?? 0;
  groups[1] = groups[2] ?? 0;
}
