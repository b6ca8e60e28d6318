/** What a verification found, in the order of the ledger, bounded however much was changed. */
export type LedgerProblemCode =
  | 'edited'
  | 'dropped'
  | 'reordered'
  | 'truncated'
  | 'wiped'
  | 'rolled_back'
  /** What lies here is in itself sound, and not what a checkpoint was signed over. */
  | 'rewritten'
  /** A column that queries go by says something else than the event, or they leave it out. */
  | 'mislabelled'
  | 'payload_missing'
  | 'payload_edited'
  /** A checkpoint, the ledger's own or the kept one, that its key didn't sign. */
  | 'checkpoint';

export interface LedgerProblem {
  readonly code: LedgerProblemCode;
  /** The event it is about, the first one when it is about many; null when no single event can be named. */
  readonly seq: number | null;
  readonly detail: string;
}

const problemsMax = 100;

/** Places where what was found isn't what was sealed: enough of them to tell a swap from an edit. */
const mismatchesMax = 10_000;

export class Findings {
  readonly #problems: LedgerProblem[] = [];
  readonly #mismatches: { seq: number; found: string; expected: string }[] = [];
  #count = 0;
  #mismatchCount = 0;

  add(code: LedgerProblemCode, seq: number | null, detail: string): void {
    this.#count += 1;
    if (this.#problems.length < problemsMax) this.#problems.push({ code, seq, detail });
  }

  /** The leaf at `seq` isn't the one that was sealed there. */
  mismatch(seq: number, found: Uint8Array, expected: Uint8Array): void {
    this.#mismatchCount += 1;
    if (this.#mismatches.length >= mismatchesMax) return;
    this.#mismatches.push({ seq, found: hex(found), expected: hex(expected) });
  }

  /** In the order of events, those about no single event last. */
  all(): { readonly problems: readonly LedgerProblem[]; readonly count: number } {
    const problems = [...this.#problems, ...this.#classified()]
      .sort((a, b) => (a.seq ?? Number.MAX_SAFE_INTEGER) - (b.seq ?? Number.MAX_SAFE_INTEGER))
      .slice(0, problemsMax);
    return { problems, count: this.#count + this.#mismatchCount };
  }

  #classified(): LedgerProblem[] {
    const found = new Set(this.#mismatches.map((mismatch) => mismatch.found));
    const expected = new Set(this.#mismatches.map((mismatch) => mismatch.expected));
    return this.#mismatches.slice(0, problemsMax).map((mismatch) => {
      const { seq } = mismatch;
      if (found.has(mismatch.expected)) {
        return { code: 'reordered', seq, detail: 'the event that was sealed here lies elsewhere' };
      }
      if (expected.has(mismatch.found)) {
        return {
          code: 'dropped',
          seq,
          detail: 'a later event lies here; the one sealed here is gone',
        };
      }
      return { code: 'edited', seq, detail: 'the event is not the one that was sealed' };
    });
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
