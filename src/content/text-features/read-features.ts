import { plainText } from './plain-text.ts';
import { type FeatureSink, scan } from './scan.ts';
import { sortHashes } from './sort-hashes.ts';

/**
 * What is remembered of the text of one record, so that it is recognised when it leaves: hashes, no piece of the text.
 * A list keeps 4 bytes a feature, each feature once: some 13 kB for 16 kB of prose, 100 kB where they are
 * all numbers, and at most 1 MiB.
 */
export interface ReadFeatures {
  /** Three parts, each in ascending order: identifiers, rows of three words, long words. */
  readonly hashes: Int32Array;
  readonly gramsFrom: number;
  readonly wordsFrom: number;
  /**
   * False: the text was larger than the bounds. As a record it then holds whatever anybody asks for, so that nothing
   * leaves that wasn't allowed; as something allowed it holds only what was read of it.
   */
  readonly complete: boolean;
}

/** What stays of a record beyond this is taken for everything. */
const charactersMax = 1_048_576;
const hashesMax = 262_144;

/** Of one record that a run was shown, or of a text that it may pass on. Linear in the text; the text isn't kept. */
export function readFeatures(text: string): ReadFeatures {
  const plain = plainText(text.slice(0, charactersMax));
  const read = new Reading(Math.min(plain.length, charactersMax));
  scan(plain.slice(0, charactersMax), read);
  return read.features(text.length <= charactersMax && plain.length <= charactersMax);
}

/** The parts of `ReadFeatures`, and what a text that leaves is compared by. */
export type FeaturePart = 'identifiers' | 'grams' | 'words';

/** For what may be passed on: only what was read of it. */
export function holds(features: ReadFeatures, part: FeaturePart, hash: number): boolean {
  const { hashes, gramsFrom, wordsFrom } = features;
  let low = part === 'identifiers' ? 0 : part === 'grams' ? gramsFrom : wordsFrom;
  let high = part === 'identifiers' ? gramsFrom : part === 'grams' ? wordsFrom : hashes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const there = hashes[middle] ?? 0;
    if (there === hash) return true;
    if (there < hash) low = middle + 1;
    else high = middle;
  }
  return false;
}

/** What of a record isn't known already. */
export function without(features: ReadFeatures, known: ReadFeatures): ReadFeatures {
  const { hashes, gramsFrom, wordsFrom, complete } = features;
  const isNew = (part: FeaturePart) => (hash: number) => !holds(known, part, hash);
  const identifiers = hashes.subarray(0, gramsFrom).filter(isNew('identifiers'));
  const grams = hashes.subarray(gramsFrom, wordsFrom).filter(isNew('grams'));
  const words = hashes.subarray(wordsFrom).filter(isNew('words'));
  return {
    hashes: joined([identifiers, grams, words]),
    gramsFrom: identifiers.length,
    wordsFrom: identifiers.length + grams.length,
    complete,
  };
}

function joined(parts: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

class Reading implements FeatureSink {
  readonly #identifiers: Hashes;
  readonly #grams: Hashes;
  readonly #words: Hashes;

  constructor(characters: number) {
    this.#identifiers = new Hashes(16);
    this.#grams = new Hashes(characters >>> 2);
    this.#words = new Hashes(characters >>> 4);
  }

  identifier(hash: number): void {
    this.#identifiers.add(hash);
  }

  gram(hash: number): void {
    this.#grams.add(hash);
  }

  word(hash: number): void {
    this.#words.add(hash);
  }

  features(readAll: boolean): ReadFeatures {
    const identifiers = this.#identifiers.distinct(hashesMax);
    const grams = this.#grams.distinct(hashesMax - identifiers.length);
    const words = this.#words.distinct(hashesMax - identifiers.length - grams.length);
    const gramsFrom = identifiers.length;
    const wordsFrom = gramsFrom + grams.length;
    const hashes = joined([identifiers, grams, words]);
    return { hashes, gramsFrom, wordsFrom, complete: readAll && hashes.length < hashesMax };
  }
}

/** Sorted at the end: a table would let whoever writes the text choose hashes that all meet in one place of it. */
class Hashes {
  #list: Int32Array;
  #count = 0;

  constructor(room: number) {
    this.#list = new Int32Array(Math.max(16, room));
  }

  add(hash: number): void {
    if (this.#count === this.#list.length) {
      const larger = new Int32Array(this.#count * 2);
      larger.set(this.#list);
      this.#list = larger;
    }
    this.#list[this.#count] = hash;
    this.#count += 1;
  }

  distinct(countMax: number): Int32Array {
    const list = sortHashes(this.#list.subarray(0, this.#count));
    let kept = 0;
    for (let at = 0; at < list.length; at += 1) {
      const hash = list[at] ?? 0;
      if (kept > 0 && list[kept - 1] === hash) continue;
      list[kept] = hash;
      kept += 1;
    }
    return list.subarray(0, Math.min(kept, countMax));
  }
}
