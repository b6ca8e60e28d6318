import { isCommonWord } from './common-words.ts';
import { type Decoding, isBlank, rotatedUnit } from './decodings.ts';
import { hashBase, hashNext, mixed } from './hash.ts';
import { firstUnspaced, letterOf, separator, unspacedWeight } from './letters.ts';
import { rowOfThree } from './row.ts';
import { type FeatureSink, gramSeed, identifierDigitsMin, isLongWord } from './scan.ts';

/** What spells or orders the letters and words of a text in another way, and does nothing else to it. */
export type Turn = 'ROT13' | 'letters reversed' | 'words reversed';

const turns: ReadonlySet<Decoding> = new Set<Turn>(['ROT13', 'letters reversed', 'words reversed']);

export function isTurn(decoding: Decoding): decoding is Turn {
  return turns.has(decoding);
}

/** A text with its letters rotated, or read backwards, has the same words in another spelling and order. */
export interface Rewriting {
  /** The letters rotated, read backwards, or both. */
  readonly spelling: 0 | 1 | 2 | 3;
  readonly order: Order;
  readonly turned: ReadonlyMap<Turn, Rewriting>;
}

type Order = 'forward' | 'backward' | 'tokens backward' | 'within tokens backward';

function rewriting(
  spelling: Rewriting['spelling'],
  order: Order,
  turned: readonly (readonly [Turn, Rewriting])[] = [],
): Rewriting {
  return { spelling, order, turned: new Map(turned) };
}

export const asItStands: Rewriting = rewriting(0, 'forward', [
  ['ROT13', rewriting(1, 'forward', [['words reversed', rewriting(1, 'tokens backward')]])],
  [
    'letters reversed',
    rewriting(2, 'backward', [
      ['ROT13', rewriting(3, 'backward')],
      ['words reversed', rewriting(2, 'within tokens backward')],
    ]),
  ],
  ['words reversed', rewriting(0, 'tokens backward')],
]);

const spellings = 4;

/** Of a text without identifiers; nothing more is told to one that is done. */
export interface WordSink extends Omit<FeatureSink, 'identifier'> {
  readonly isDone: boolean;
}

/** What a letter of ASCII adds to the hash of its word, as it stands and turned by ROT13; 0: it is no letter. */
const ownHashes = new Int32Array(0x80);
const turnedHashes = new Int32Array(0x80);
for (let unit = 0; unit < 0x80; unit += 1) {
  const letter = letterOf(unit);
  if (letter < 0x30) continue;
  ownHashes[unit] = hashNext(0, letter);
  turnedHashes[unit] = hashNext(0, rotatedUnit(letter));
}

/** The words of a text in each spelling: read once, where reading each rewritten text takes seven times as long. */
export class WordOrders {
  /** Of each word, one after another; half of a text at most are words. */
  readonly #hashes: Int32Array;
  readonly #long: boolean[] = [];
  /** With which word each token begins: what stands between two blanks. */
  readonly #tokens: number[] = [];
  readonly #orders = new Map<Order, readonly number[]>();
  #digits = 0;

  private constructor(units: number) {
    this.#hashes = new Int32Array(spellings * ((units >>> 1) + 1));
  }

  /** Null: it has letters of a script without spaces, or beyond the basic plane. */
  static of(text: string): WordOrders | null {
    const words = new WordOrders(text.length);
    return words.#read(text) ? words : null;
  }

  /** Gives the sink what `scan` finds in the rewritten text; false: it could find more. */
  scan({ spelling, order }: Rewriting, rowsAlone: boolean, sink: WordSink): boolean {
    if (!rowsAlone && this.#digits >= identifierDigitsMin) return false;
    const numbers = this.#ordered(order);
    const hashes = this.#hashes;
    const long = this.#long;
    const count = long.length;
    let first = 0;
    let second = 0;
    for (let at = 0; at < count && !sink.isDone; at += 1) {
      const word = numbers?.[at] ?? (order === 'forward' ? at : count - 1 - at);
      const hash = hashes[word * spellings + spelling] ?? 0;
      if (at >= 2) sink.gram(rowOfThree(gramSeed, first, second, hash), 0, 0);
      if (long[word] === true && !isCommonWord(hash)) sink.word(hash, 0, 0);
      first = second;
      second = hash;
    }
    return true;
  }

  #read(text: string): boolean {
    const hashes = this.#hashes;
    let hash = 0;
    let rotated = 0;
    let reversed = 0;
    let both = 0;
    let power = 1;
    let length = 0;
    let digits = 0;
    let newToken = true;
    for (let at = 0; at <= text.length; at += 1) {
      const unit = at < text.length ? text.charCodeAt(at) : 0x20;
      let own = unit < 0x80 ? (ownHashes[unit] ?? 0) : 0;
      let turned = own === 0 ? 0 : (turnedHashes[unit] ?? 0);
      if (own === 0) {
        const letter = letterOf(unit);
        if (letter >= 0x30) {
          if (letter >= firstUnspaced && (isSurrogate(letter) || unspacedWeight(letter) > 0))
            return false;
          // ROT13 turns ASCII alone, whatever else looks like it.
          own = hashNext(0, letter);
          turned = own;
          if (letter <= 0x39) digits += 1;
        } else if (letter !== separator) continue;
      } else if (unit <= 0x39) digits += 1;
      if (own !== 0) {
        hash = (Math.imul(hash, hashBase) + own) | 0;
        rotated = (Math.imul(rotated, hashBase) + turned) | 0;
        reversed = (reversed + Math.imul(own, power)) | 0;
        both = (both + Math.imul(turned, power)) | 0;
        power = Math.imul(power, hashBase);
        length += 1;
        continue;
      }
      if (length > 0) {
        const word = this.#long.length;
        if (newToken) this.#tokens.push(word);
        newToken = false;
        const place = word * spellings;
        hashes[place] = mixed(hash);
        hashes[place + 1] = mixed(rotated);
        hashes[place + 2] = mixed(reversed);
        hashes[place + 3] = mixed(both);
        this.#long.push(isLongWord(length, digits));
        this.#digits += digits;
        hash = rotated = reversed = both = length = digits = 0;
        power = 1;
      }
      if (isBlank(unit)) newToken = true;
    }
    return true;
  }

  /** The numbers of the words as they are then read; null: all forward, or all backward. */
  #ordered(order: Order): readonly number[] | null {
    if (order === 'forward' || order === 'backward') return null;
    const known = this.#orders.get(order);
    if (known !== undefined) return known;
    const made: number[] = [];
    const tokens = this.#tokens.length;
    for (let at = 0; at < tokens; at += 1) {
      const token = order === 'tokens backward' ? tokens - 1 - at : at;
      const from = this.#tokens[token] ?? 0;
      const until = this.#tokens[token + 1] ?? this.#long.length;
      if (order === 'tokens backward')
        for (let word = from; word < until; word += 1) made.push(word);
      else for (let word = until - 1; word >= from; word -= 1) made.push(word);
    }
    this.#orders.set(order, made);
    return made;
  }
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
