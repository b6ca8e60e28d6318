/** Rows that come a page at a time, each page asked for by the last one's key: what is added meanwhile shifts nothing. */
import type { Page } from '../../src/edges/console/views.ts';

export type FetchPage<Row> = (cursor: string | null, signal: AbortSignal) => Promise<Page<Row>>;

export class KeysetList<Row> {
  readonly #fetch: FetchPage<Row>;
  readonly #changed: () => void;
  readonly #ended = new AbortController();
  readonly #key: (row: Row) => number | string;
  readonly #rows: Row[] = [];
  readonly #keys = new Set<number | string>();
  /** Told of while pages were still to come: they may be in one of them. */
  #late: Row[] = [];
  #next: string | null = null;
  #begun = false;
  #loading = false;
  #problem: string | null = null;

  constructor(fetch: FetchPage<Row>, key: (row: Row) => number | string, changed: () => void) {
    this.#fetch = fetch;
    this.#key = key;
    this.#changed = changed;
  }

  /** The same array all the time: it only grows. */
  get rows(): readonly Row[] {
    return this.#rows;
  }

  get loading(): boolean {
    return this.#loading;
  }

  get complete(): boolean {
    return this.#begun && this.#next === null;
  }

  /** Why the last page didn't come; `more` tries again. */
  get problem(): string | null {
    return this.#problem;
  }

  /** One page more. While one is under way, and after the last, it does nothing. */
  async more(): Promise<void> {
    if (this.#loading || this.complete || this.#ended.signal.aborted) return;
    this.#loading = true;
    this.#changed();
    try {
      const page = await this.#fetch(this.#next, this.#ended.signal);
      if (this.#ended.signal.aborted) return;
      this.#take(page.rows);
      // A page that leads to itself would be asked for without end.
      this.#next = page.next === this.#next ? null : page.next;
      this.#begun = true;
      this.#problem = null;
      this.#takeLate();
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      this.#problem = error instanceof Error ? error.message : 'the page did not come';
    } finally {
      this.#loading = false;
      if (!this.#ended.signal.aborted) this.#changed();
    }
  }

  /** Of a list whose end is now: what has just happened. */
  add(row: Row): void {
    this.#late.push(row);
    this.#takeLate();
    this.#changed();
  }

  /** Of such a list, after something may have been missed: what comes after the row of this key, as the server calls it. */
  async resume(cursor: string): Promise<void> {
    if (!this.complete) return;
    this.#next = cursor;
    await this.more();
  }

  #takeLate(): void {
    if (!this.complete) return;
    this.#take(this.#late);
    this.#late = [];
  }

  #take(rows: readonly Row[]): void {
    for (const row of rows) {
      const key = this.#key(row);
      if (this.#keys.has(key)) continue;
      this.#keys.add(key);
      this.#rows.push(row);
    }
  }

  /** What comes after this is for nobody: other filters, another page. */
  close(): void {
    this.#ended.abort();
  }
}
