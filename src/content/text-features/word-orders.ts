import { isCommonWord } from './common-words.ts';
import { type Decoding, isBlank } from './decodings.ts';
import { hashBase, hashNext, mixed } from './hash.ts';
import { firstUnspaced, letterOf, unspacedWeight } from './letters.ts';
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

/** The words of a text in each spelling: read once, where reading each rewritten text takes seven times as long. */
export class WordOrders {
  readonly #hashes: number[] = [];
  readonly #long: boolean[] = [];
  /** With which word each token begins: what stands between two blanks. */
  readonly #tokens: number[] = [];
  readonly #orders = new Map<Order, readonly number[]>();
  #digits = 0;

  /** Null: it has letters of a script without spaces, or beyond the basic plane. */
  static of(text: string): WordOrders | null {
    const words = new WordOrders();
    return words.#read(text) ? words : null;
  }

  /** Gives the sink what `scan` finds in the rewritten text; false: it could find more. */
  scan({ spelling, order }: Rewriting, rowsAlone: boolean, sink: WordSink): boolean {
    if (!rowsAlone && this.#digits >= identifierDigitsMin) return false;
    const numbers = this.#ordered(order);
    let first = 0;
    let second = 0;
    for (let at = 0; at < numbers.length && !sink.isDone; at += 1) {
      const word = numbers[at] ?? 0;
      const hash = this.#hashes[word * spellings + spelling] ?? 0;
      if (at >= 2) sink.gram(rowOfThree(gramSeed, first, second, hash), 0, 0);
      if (this.#long[word] === true && !isCommonWord(hash)) sink.word(hash, 0, 0);
      first = second;
      second = hash;
    }
    return true;
  }

  #read(text: string): boolean {
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
      const letter = letterOf(unit);
      if (letter >= 0x30) {
        if (letter >= firstUnspaced && (isSurrogate(letter) || unspacedWeight(letter) > 0))
          return false;
        // ROT13 turns ASCII alone, whatever else looks like it.
        const isTurned = unit < 0x80 && letter >= 0x61;
        const turned = !isTurned ? letter : letter < 0x6e ? letter + 13 : letter - 13;
        hash = hashNext(hash, letter);
        rotated = hashNext(rotated, turned);
        reversed = (reversed + Math.imul(hashNext(0, letter), power)) | 0;
        both = (both + Math.imul(hashNext(0, turned), power)) | 0;
        power = Math.imul(power, hashBase);
        length += 1;
        if (letter <= 0x39) digits += 1;
        continue;
      }
      if (letter !== 0) continue;
      if (length > 0) {
        if (newToken) this.#tokens.push(this.#long.length);
        newToken = false;
        this.#hashes.push(mixed(hash), mixed(rotated), mixed(reversed), mixed(both));
        this.#long.push(isLongWord(length, digits));
        this.#digits += digits;
        hash = rotated = reversed = both = length = digits = 0;
        power = 1;
      }
      if (isBlank(unit)) newToken = true;
    }
    return true;
  }

  /** The numbers of the words as they are then read. */
  #ordered(order: Order): readonly number[] {
    const known = this.#orders.get(order);
    if (known !== undefined) return known;
    const made: number[] = [];
    const count = this.#long.length;
    if (order === 'forward') for (let word = 0; word < count; word += 1) made.push(word);
    else if (order === 'backward') for (let word = count - 1; word >= 0; word -= 1) made.push(word);
    else {
      const tokens = this.#tokens.length;
      for (let at = 0; at < tokens; at += 1) {
        const token = order === 'tokens backward' ? tokens - 1 - at : at;
        const from = this.#tokens[token] ?? 0;
        const until = this.#tokens[token + 1] ?? count;
        if (order === 'tokens backward')
          for (let word = from; word < until; word += 1) made.push(word);
        else for (let word = until - 1; word >= from; word -= 1) made.push(word);
      }
    }
    this.#orders.set(order, made);
    return made;
  }
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
