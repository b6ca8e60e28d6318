import { withoutAllowed } from './leak.ts';
import type { Mark, OutboundForm } from './outbound-forms.ts';
import type { ReadFeatures } from './read-features.ts';

const bitsMin = 1 << 16;
/** 2 MiB, however much was read; fuller, it narrows less, and loses nothing. */
const bitsMax = 1 << 24;
/** One in eight bits set: seven in eight features that nobody has read are known for it at once. */
const bitsPerFeature = 8;

/**
 * Everything that one run has read, as a sieve: with fifty results behind it, most of what leaves is in none of them, and
 * the few features that are in some are all that has to be looked up in each.
 *
 * It belongs to one run; a sieve that two shared would let one change what the other may do.
 */
export class SeenFeatures {
  readonly #records: ReadFeatures[] = [];
  #bits: Uint32Array = new Uint32Array(bitsMin >>> 5);
  #count = 0;
  #complete = true;

  add(record: ReadFeatures): void {
    this.#records.push(record);
    this.#count += record.hashes.length;
    this.#complete &&= record.complete;
    const bits = this.#bits.length << 5;
    if (this.#count * bitsPerFeature <= bits || bits >= bitsMax) {
      this.#set(record);
      return;
    }
    this.#bits = new Uint32Array(this.#bits.length * 4);
    for (const earlier of this.#records) this.#set(earlier);
  }

  /**
   * The same forms with only those features that some record may have, and that may not be passed on. With the same
   * `allowed`, the evidence for any record that was added is the same as without; forms of none are left out.
   */
  narrowed(
    outbound: readonly OutboundForm[],
    allowed: readonly ReadFeatures[],
  ): readonly OutboundForm[] {
    const forms = this.#complete ? this.#sifted(outbound) : outbound;
    return withoutAllowed(forms, allowed).filter(
      ({ identifiers, grams, words, complete }) =>
        !complete || identifiers.length + grams.length + words.length > 0,
    );
  }

  #sifted(outbound: readonly OutboundForm[]): readonly OutboundForm[] {
    return outbound.flatMap((form) => {
      const identifiers = form.identifiers.filter(this.#has);
      const grams = form.grams.filter(this.#has);
      const words = form.words.filter(this.#has);
      const empty = identifiers.length + grams.length + words.length === 0;
      return empty && form.complete ? [] : [{ ...form, identifiers, grams, words }];
    });
  }

  readonly #has = ({ hash }: Mark): boolean => {
    const bit = hash & ((this.#bits.length << 5) - 1);
    return ((this.#bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
  };

  #set(record: ReadFeatures): void {
    const mask = (this.#bits.length << 5) - 1;
    for (const hash of record.hashes) {
      const bit = hash & mask;
      this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] ?? 0) | (1 << (bit & 31));
    }
  }
}
