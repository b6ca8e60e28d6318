/**
 * Finds thousands of literals in one pass over a text (Aho and Corasick, "Efficient string matching", CACM 18, 1975):
 * what detectors put before their patterns, which then see only the windows around a hit. Time is linear in the text,
 * whatever is in it.
 */
export class Literals<Meaning> {
  /** Those of ASCII alone, and the others: their many letters would widen each row of the first ones' table. */
  readonly #plain: Automaton<Meaning>;
  readonly #other: Automaton<Meaning> | null;

  /** @param literals - matched in any ASCII case; other letters as they stand. */
  constructor(literals: Iterable<readonly [literal: string, meaning: Meaning]>) {
    const entries = [...literals].map(
      ([literal, meaning]) => [smallLetters(literal), meaning] as const,
    );
    const others = entries.filter(([literal]) => beyondAscii.test(literal));
    this.#plain = automatonOf(entries.filter(([literal]) => !beyondAscii.test(literal)));
    this.#other = others.length === 0 ? null : automatonOf(others);
  }

  /** Calls `found` for each occurrence, overlapping ones too, in the order of their ends. */
  scan(text: string, found: (start: number, end: number, meaning: Meaning) => void): void {
    const plain = this.#plain;
    const other = this.#other !== null && beyondAscii.test(text) ? this.#other : null;
    let state = 0;
    let otherState = 0;
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      state = stepped(plain, state, unit);
      const ends = plain.ends[state];
      if (ends !== undefined) tell(ends, at + 1, found);
      if (other === null) continue;
      otherState = stepped(other, otherState, unit);
      const otherEnds = other.ends[otherState];
      if (otherEnds !== undefined) tell(otherEnds, at + 1, found);
    }
  }
}

const beyondAscii = /[^\p{ASCII}]/u;

interface End<Meaning> {
  readonly length: number;
  readonly meaning: Meaning;
}

interface Automaton<Meaning> {
  /** Of each UTF-16 unit, its column in the table; capitals stand in the column of their small letter. */
  readonly columnOf: Uint16Array;
  readonly columns: number;
  /** Row by state, column by unit: the next state. */
  readonly next: Uint16Array | Int32Array;
  /** Of each state, what ends there; undefined: nothing. */
  readonly ends: readonly (readonly End<Meaning>[] | undefined)[];
}

/** Whatever occurs in no literal. */
const otherColumn = 0;

function stepped<Meaning>(
  { next, columns, columnOf }: Automaton<Meaning>,
  state: number,
  unit: number,
): number {
  return next[state * columns + (columnOf[unit] ?? otherColumn)] ?? 0;
}

function tell<Meaning>(
  ends: readonly End<Meaning>[],
  end: number,
  found: (start: number, end: number, meaning: Meaning) => void,
): void {
  for (const { length, meaning } of ends) found(end - length, end, meaning);
}

function automatonOf<Meaning>(
  entries: readonly (readonly [literal: string, meaning: Meaning])[],
): Automaton<Meaning> {
  const literals = entries.map(([literal]) => literal);
  const { columnOf, columns } = columnsOf(literals);
  const states = 1 + literals.reduce((sum, literal) => sum + literal.length, 0);
  const next = new Int32Array(states * columns).fill(-1);
  const ends: End<Meaning>[][] = [[]];
  for (const [literal, meaning] of entries) {
    let state = 0;
    for (let at = 0; at < literal.length; at += 1) {
      const edge = state * columns + (columnOf[literal.charCodeAt(at)] ?? otherColumn);
      const known = next[edge] ?? -1;
      state = known === -1 ? ends.push([]) - 1 : known;
      next[edge] = state;
    }
    ends[state]?.push({ length: literal.length, meaning });
  }
  complete(next, columns, ends);
  const used = next.subarray(0, ends.length * columns);
  return {
    columnOf,
    columns,
    next: ends.length <= 0xffff ? Uint16Array.from(used) : used.slice(),
    ends: ends.map((ended) => (ended.length === 0 ? undefined : ended)),
  };
}

function columnsOf(literals: readonly string[]): Pick<Automaton<never>, 'columnOf' | 'columns'> {
  const columnOf = new Uint16Array(65_536);
  let columns = 1;
  for (const literal of literals) {
    for (let at = 0; at < literal.length; at += 1) {
      const unit = literal.charCodeAt(at);
      if (columnOf[unit] !== otherColumn) continue;
      columnOf[unit] = columns;
      if (unit >= 0x61 && unit <= 0x7a) columnOf[unit - 0x20] = columns;
      columns += 1;
    }
  }
  return { columnOf, columns };
}

/** Fills what has no edge of its own with where the longest proper suffix goes on, nearest states first. */
function complete<Meaning>(next: Int32Array, columns: number, ends: End<Meaning>[][]): void {
  const suffixOf = new Int32Array(ends.length);
  const queue: number[] = [];
  for (let column = 0; column < columns; column += 1) {
    const state = next[column] ?? -1;
    if (state === -1) next[column] = 0;
    else queue.push(state);
  }
  for (const state of queue) {
    const suffix = suffixOf[state] ?? 0;
    ends[state]?.push(...(ends[suffix] ?? []));
    for (let column = 0; column < columns; column += 1) {
      const edge = state * columns + column;
      const follower = next[edge] ?? -1;
      const bySuffix = next[suffix * columns + column] ?? 0;
      if (follower === -1) {
        next[edge] = bySuffix;
      } else {
        suffixOf[follower] = bySuffix;
        queue.push(follower);
      }
    }
  }
}

function smallLetters(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
