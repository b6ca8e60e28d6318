import { isCommonWord } from './common-words.ts';
import { type Decoding, isBlank } from './decodings.ts';
import { hashBase, hashNext, mixed } from './hash.ts';
import { firstUnspaced, letterOf, unspacedWeight } from './letters.ts';
import { rowOfThree } from './row.ts';
import { type FeatureSink, gramSeed, identifierDigitsMin, isLongWord } from './scan.ts';

/** A text with its letters rotated, or read backwards, has the same words in another spelling and order. */
const rewriting: ReadonlyMap<string, Rewriting> = new Map<string, Rewriting>([
  ['', { spelling: 0, order: 'forward' }],
  ['ROT13', { spelling: 1, order: 'forward' }],
  ['letters reversed', { spelling: 2, order: 'backward' }],
  ['letters reversed+ROT13', { spelling: 3, order: 'backward' }],
  ['words reversed', { spelling: 0, order: 'tokens backward' }],
  ['ROT13+words reversed', { spelling: 1, order: 'tokens backward' }],
  ['letters reversed+words reversed', { spelling: 2, order: 'within tokens backward' }],
]);

interface Rewriting {
  readonly spelling: 0 | 1 | 2 | 3;
  readonly order: Order;
}

type Order = 'forward' | 'backward' | 'tokens backward' | 'within tokens backward';

const rewritings: ReadonlySet<Decoding> = new Set<Decoding>([
  'ROT13',
  'letters reversed',
  'words reversed',
]);

/** How many of the decodings, from the last one, only rewrite the words. */
export function rewritesOf(decodings: readonly Decoding[]): number {
  let count = 0;
  while (
    count < decodings.length &&
    rewritings.has(decodings[decodings.length - 1 - count] ?? 'escapes')
  )
    count += 1;
  return count;
}

const spellings = 4;

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
  scan(
    decodings: readonly Decoding[],
    rowsAlone: boolean,
    sink: Omit<FeatureSink, 'identifier'>,
  ): boolean {
    const how = rewriting.get(decodings.join('+'));
    if (how === undefined || (!rowsAlone && this.#digits >= identifierDigitsMin)) return false;
    const { spelling } = how;
    const order = this.#ordered(how.order);
    for (let at = 0; at < order.length; at += 1) {
      const word = order[at] ?? 0;
      const hash = this.#hashes[word * spellings + spelling] ?? 0;
      if (at >= 2) {
        const first = this.#hashes[(order[at - 2] ?? 0) * spellings + spelling] ?? 0;
        const second = this.#hashes[(order[at - 1] ?? 0) * spellings + spelling] ?? 0;
        sink.gram(rowOfThree(gramSeed, first, second, hash), 0, 0);
      }
      if (this.#long[word] === true && !isCommonWord(hash)) sink.word(hash, 0, 0);
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
