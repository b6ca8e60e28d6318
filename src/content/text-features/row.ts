import { mixed } from './hash.ts';
import type { FeatureSink } from './scan.ts';

/** A row of the lightest letters is the longest: nine of weight 2 for a gram, and the one that completes it. */
const rowMask = 15;
// Lists of numbers: typed ones take longer to make than a short text takes to read.
const noRow = (): number[] => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/** The shortest rows of neighbours that weigh enough, each from another one on. */
export class Row {
  readonly #weightMin: number;
  readonly #seed: number;
  readonly #sink: FeatureSink;
  readonly #kind: 'gram' | 'word';
  readonly #hash = noRow();
  readonly #weight = noRow();
  readonly #start = noRow();
  #first = 0;
  #count = 0;
  #sum = 0;

  constructor(weightMin: number, seed: number, sink: FeatureSink, kind: 'gram' | 'word') {
    this.#weightMin = weightMin;
    this.#seed = seed;
    this.#sink = sink;
    this.#kind = kind;
  }

  add(hash: number, weight: number, start: number, end: number): void {
    const at = (this.#first + this.#count) & rowMask;
    this.#hash[at] = hash;
    this.#weight[at] = weight;
    this.#start[at] = start;
    this.#count += 1;
    this.#sum += weight;
    while (this.#sum >= this.#weightMin) {
      const first = this.#first;
      let row = this.#seed;
      for (let member = 0; member < this.#count; member += 1)
        row = rowNext(row, this.#hash[(first + member) & rowMask] ?? 0);
      const from = this.#start[first] ?? 0;
      if (this.#kind === 'gram') this.#sink.gram(mixed(row), from, end);
      else this.#sink.word(mixed(row), from, end);
      this.#sum -= this.#weight[first] ?? 0;
      this.#first = (first + 1) & rowMask;
      this.#count -= 1;
    }
  }

  clear(): void {
    this.#count = 0;
    this.#sum = 0;
  }
}

function rowNext(row: number, hash: number): number {
  const next = Math.imul(row ^ hash, 0x9e3779b1);
  return next ^ (next >>> 15);
}

/** What a row of these three is given to a sink as. */
export function rowOfThree(seed: number, first: number, second: number, third: number): number {
  return mixed(rowNext(rowNext(rowNext(seed, first), second), third));
}
