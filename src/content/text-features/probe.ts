import { mayTellByWords } from './leak.ts';
import type { FeatureSink } from './scan.ts';
import type { Sieve } from './sieve.ts';
import type { WordSink } from './word-orders.ts';

/** What of a text may have been read, as far as it can be evidence. */
export type Find = 'nothing' | 'too few words' | 'enough';

/**
 * Whether an identifier, two rows side by side, or enough words for `telling` may have been read; for a query, one row or an
 * identifier.
 */
export class Probe implements FeatureSink, WordSink {
  readonly #sieve: Sieve;
  readonly #rowsCount: boolean;
  readonly #rowsAlone: boolean;
  #row = 0;
  #last = -2;
  #known = 0;
  readonly #words: number[] = [];
  /** It is found: nothing else has to be. */
  isDone = false;

  constructor(sieve: Sieve, rowsCount: boolean, rowsAlone: boolean) {
    this.#sieve = sieve;
    this.#rowsCount = rowsCount;
    this.#rowsAlone = rowsAlone;
  }

  identifier(hash: number): void {
    this.isDone ||= !this.#rowsAlone && this.#sieve.mayHave(hash);
  }

  gram(hash: number): void {
    this.#row += 1;
    if (this.isDone || !this.#sieve.mayHave(hash)) return;
    this.isDone = this.#rowsCount || this.#last === this.#row - 1;
    this.#last = this.#row;
  }

  word(hash: number): void {
    if (this.#rowsAlone || this.isDone) return;
    this.#words.push(hash);
    if (this.#sieve.mayHave(hash)) this.#known += 1;
  }

  get find(): Find {
    if (this.isDone) return 'enough';
    if (this.#known === 0) return 'nothing';
    return mayTellByWords(this.#known, this.#words) ? 'enough' : 'too few words';
  }
}
