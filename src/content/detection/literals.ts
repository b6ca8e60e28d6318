/**
 * Finds thousands of literals in one pass over a text (Aho and Corasick, "Efficient string matching", CACM 18, 1975):
 * what detectors put before their patterns, which then see only the windows around a hit. Time is linear in the text,
 * whatever is in it.
 */

/** Whatever occurs in no literal. */
const otherColumn = 0;

export class Literals<Meaning> {
  /** Of each UTF-16 unit, its column in the table; capitals stand in the column of their small letter. */
  readonly #columnOf = new Uint16Array(65_536);
  readonly #columns: number;
  /** Row by state, column by unit: the next state. */
  readonly #next: Int32Array;
  /** Of each state, what ends there. */
  readonly #ends: readonly (readonly { readonly length: number; readonly meaning: Meaning }[])[];

  /** @param literals - matched in any ASCII case; other letters as they stand. */
  constructor(literals: Iterable<readonly [literal: string, meaning: Meaning]>) {
    const entries = [...literals].map(
      ([literal, meaning]) => [smallLetters(literal), meaning] as const,
    );
    this.#columns = this.#assignColumns(entries.map(([literal]) => literal));
    const states = 1 + entries.reduce((sum, [literal]) => sum + literal.length, 0);
    const next = new Int32Array(states * this.#columns).fill(-1);
    const ends: { length: number; meaning: Meaning }[][] = [[]];
    for (const [literal, meaning] of entries) {
      let state = 0;
      for (let at = 0; at < literal.length; at += 1) {
        const edge = state * this.#columns + this.#columnAt(literal, at);
        const known = next[edge] ?? -1;
        state = known === -1 ? ends.push([]) - 1 : known;
        next[edge] = state;
      }
      ends[state]?.push({ length: literal.length, meaning });
    }
    this.#next = next.slice(0, ends.length * this.#columns);
    this.#ends = this.#completed(ends);
  }

  /** Calls `found` for each occurrence, overlapping ones too, in the order of their ends. */
  scan(text: string, found: (start: number, end: number, meaning: Meaning) => void): void {
    const next = this.#next;
    const columnOf = this.#columnOf;
    const columns = this.#columns;
    let state = 0;
    for (let at = 0; at < text.length; at += 1) {
      state = next[state * columns + (columnOf[text.charCodeAt(at)] ?? otherColumn)] ?? 0;
      const ends = this.#ends[state];
      if (ends === undefined || ends.length === 0) continue;
      for (const { length, meaning } of ends) found(at + 1 - length, at + 1, meaning);
    }
  }

  #columnAt(text: string, at: number): number {
    return this.#columnOf[text.charCodeAt(at)] ?? otherColumn;
  }

  #assignColumns(literals: readonly string[]): number {
    let columns = 1;
    for (const literal of literals) {
      for (let at = 0; at < literal.length; at += 1) {
        const unit = literal.charCodeAt(at);
        if (this.#columnOf[unit] !== otherColumn) continue;
        this.#columnOf[unit] = columns;
        if (unit >= 0x61 && unit <= 0x7a) this.#columnOf[unit - 0x20] = columns;
        columns += 1;
      }
    }
    return columns;
  }

  /** Fills what has no edge of its own with where the longest proper suffix goes on, nearest states first. */
  #completed(
    ends: { length: number; meaning: Meaning }[][],
  ): readonly (readonly { readonly length: number; readonly meaning: Meaning }[])[] {
    const next = this.#next;
    const suffixOf = new Int32Array(ends.length);
    const queue: number[] = [];
    for (let column = 0; column < this.#columns; column += 1) {
      const state = next[column] ?? -1;
      if (state === -1) next[column] = 0;
      else queue.push(state);
    }
    for (const state of queue) {
      const suffix = suffixOf[state] ?? 0;
      ends[state]?.push(...(ends[suffix] ?? []));
      for (let column = 0; column < this.#columns; column += 1) {
        const edge = state * this.#columns + column;
        const follower = next[edge] ?? -1;
        const bySuffix = next[suffix * this.#columns + column] ?? 0;
        if (follower === -1) {
          next[edge] = bySuffix;
        } else {
          suffixOf[follower] = bySuffix;
          queue.push(follower);
        }
      }
    }
    return ends;
  }
}

function smallLetters(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
