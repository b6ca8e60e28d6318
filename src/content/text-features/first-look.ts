import { runs, runsIn } from './byte-runs.ts';
import { type Decoding, isBlank } from './decodings.ts';
import {
  letterHash,
  numberSpellings,
  rowGapMax,
  spelledBackward,
  spelledForward,
  spelledRotated,
} from './number-words.ts';
import type { Turn } from './word-orders.ts';

const letter = 1;
const digit = 2;
const blank = 4;
/** May stand within a broken word. */
const breaking = 8;

const traits = Uint8Array.from({ length: 0x80 }, (_, unit) => {
  const sign = String.fromCharCode(unit);
  return (
    (/[A-Za-z]/.test(sign) ? letter : 0) |
    (/[0-9]/.test(sign) ? digit : 0) |
    (/[\t-\r ]/.test(sign) ? blank : 0) |
    (/[-_.*|~/\\+]/.test(sign) ? breaking : 0)
  );
});

/** Beyond ASCII, where it would take longer to tell, whatever may be a letter is taken for one. */
function traitsOf(unit: number): number {
  if (unit < 0x80) return traits[unit] ?? 0;
  if (unit === 0xb7) return breaking;
  return isBlank(unit) ? blank : letter;
}

/** Fewer are no numbers of characters. */
const codeDigitsMin = 8;
/** So many letters in a row, each of which stands alone, and so many signs between two of them. */
const spacedMin = 3;
const spacedGapMax = 2;
/** A hyphen and the end of a line. */
const brokenGapMax = 3;

/**
 * A text looked at once, for what it can be read as at all: each decoder would look through all of it, and finds nothing in
 * most. What is said not to be there isn't there; what may be there, the decoder says.
 */
export class FirstLook {
  readonly #text: string;
  /** `spelledForward` and so on, of rows that may have three digits. */
  #numbers = 0;
  /** How many digits the words may have wherever they stand: they are put in another order. */
  #numberWords = 0;
  #digits = 0;
  #mayBeSpaced = false;
  #mayBeBroken = false;
  #mayBeBraille = false;
  #runs: number | null = null;
  /** Where the last word of letters and digits ended, and how many of one letter there are in a row. */
  #wordEnd = 0;
  #singles = 0;
  /** Halves of pairs, which keep their order whatever is done to the text. */
  hasPairs = false;
  hasLetters = false;
  /** What stands between two blanks. */
  tokens = 0;
  #tokenUnits = 0;
  /** Units; -1: there is no token. */
  firstTokenLast = -1;
  lastTokenFirst = -1;

  constructor(text: string) {
    this.#text = text;
    this.#look(text);
    this.#lookForNumbers(text);
  }

  /** Of the tokens with one blank between two. */
  get lengthInTokens(): number {
    return this.#tokenUnits + Math.max(0, this.tokens - 1);
  }

  /** False: the decoder would find nothing. `turn`: the text is turned first, and hasn't to be written for it. */
  mayBeRead(decoding: Decoding, turn: Turn | null): boolean {
    switch (decoding) {
      case 'base64':
      case 'hexadecimal':
        return (this.#foundRuns() & runs[`${decoding}${suffixes[turn ?? 'none']}`]) !== 0;
      case 'base32':
        return (this.#foundRuns() & runs.base32) !== 0;
      case 'character codes':
        return this.#digits >= codeDigitsMin || this.#mayBeBraille;
      case 'number words':
        if (turn === 'words reversed') return this.#numberWords > 1;
        return (this.#numbers & spelledAs[turn ?? 'none']) !== 0;
      case 'spaced letters':
        return this.#mayBeSpaced;
      case 'broken words':
        return this.#mayBeBroken;
      default:
        return true;
    }
  }

  #foundRuns(): number {
    this.#runs ??= runsIn(this.#text);
    return this.#runs;
  }

  #look(text: string): void {
    let start = -1;
    let tokenStart = -1;
    for (let at = 0; at <= text.length; at += 1) {
      const unit = at < text.length ? text.charCodeAt(at) : 0x20;
      const trait = traitsOf(unit);
      if (tokenStart < 0 && (trait & blank) === 0) {
        tokenStart = at;
        this.lastTokenFirst = unit;
      }
      if ((trait & (letter | digit)) !== 0 && unit < 0x80) {
        if (start < 0) start = at;
        if (trait === digit) this.#digits += 1;
        continue;
      }
      if (start >= 0) this.#word(start, at);
      start = -1;
      if (trait === letter) this.#beyondAscii(unit, at);
      if (trait !== blank || tokenStart < 0) continue;
      this.tokens += 1;
      this.#tokenUnits += at - tokenStart;
      if (this.tokens === 1) this.firstTokenLast = text.charCodeAt(at - 1);
      tokenStart = -1;
    }
  }

  #beyondAscii(unit: number, at: number): void {
    if (unit >= 0xd800 && unit <= 0xdfff) {
      this.hasPairs = true;
      this.#mayBeSpaced = true;
    }
    if (unit >= 0x2800 && unit <= 0x28ff) this.#mayBeBraille = true;
    this.#word(at, at + 1);
  }

  /** Of letters and digits. */
  #word(start: number, end: number): void {
    const gap = start - this.#wordEnd;
    if (gap >= 1 && gap <= brokenGapMax) this.#mayBeBroken ||= this.#isBreak(this.#wordEnd, start);
    if (end - start > 1) this.#singles = 0;
    else {
      this.#singles = gap >= 1 && gap <= spacedGapMax ? this.#singles + 1 : 1;
      this.#mayBeSpaced ||= this.#singles >= spacedMin;
    }
    this.#wordEnd = end;
  }

  #isBreak(start: number, end: number): boolean {
    const text = this.#text;
    if ((traitsOf(text.charCodeAt(start)) & breaking) === 0) return false;
    const last = text.charCodeAt(end - 1);
    return last === 0x0a || (end - start <= 2 && (traitsOf(last) & breaking) !== 0);
  }

  /** Words that are numbers, as they are spelled in this text, and would be in it turned. */
  #lookForNumbers(text: string): void {
    const ends = [-rowGapMax - 1, -rowGapMax - 1, -rowGapMax - 1];
    let hash = 0;
    let start = -1;
    for (let at = 0; at <= text.length; at += 1) {
      const unit = at < text.length ? text.charCodeAt(at) : 0;
      if (unit < 0x80 && traits[unit] === letter) {
        if (start < 0) start = at;
        hash = letterHash(hash, unit);
        continue;
      }
      if (start < 0) continue;
      const spellings = numberSpellings(hash);
      if (spellings !== 0) this.#number(spellings, start, at, ends);
      this.hasLetters = true;
      start = -1;
      hash = 0;
    }
  }

  #number(spellings: number, start: number, end: number, ends: number[]): void {
    for (let spelling = 0; spelling < ends.length; spelling += 1) {
      const own = (spellings >>> (2 * spelling)) & 3;
      if (own === 0) continue;
      // One of hundreds has three digits; of others, it takes two in a row.
      if (own > 1 || start - (ends[spelling] ?? 0) <= rowGapMax)
        this.#numbers |= 1 << (2 * spelling);
      if (spelling === 0) this.#numberWords += own > 1 ? 2 : 1;
      ends[spelling] = end;
    }
  }
}

const suffixes = {
  none: '',
  ROT13: ' rotated',
  'letters reversed': ' backwards',
  'words reversed': '',
} as const;
const spelledAs = {
  none: spelledForward,
  ROT13: spelledRotated,
  'letters reversed': spelledBackward,
} as const;
