/**
 * Sums over sliding windows, exact to the millisecond.
 *
 * The rows are the truth. For keys in use, the draws of the newest window lie in memory with a cursor at the window's
 * start, so that a rate of a hundred thousand a day costs no more to check than one of ten a minute: the cursor only
 * walks over the draws that left the window since the last look.
 *
 * Both threads keep such windows: the writing one decides by its own, the other answers what decisions ask beforehand.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { numberOf } from './rows.ts';

/** Least recently loaded keys go first; a key that is needed again is read from its rows. */
const keysInMemoryMax = 4_096;

/** Draws before the cursor are let go when there are more than this, and more than those that count. */
const idleDrawsMax = 1_024;

/** Where it was read from the rows, what commits with an earlier event drew is in it already. */
interface AsOf {
  readonly eventCount: number;
}

interface Window extends AsOf {
  /** Every draw later than this is in `draws`, in the order of time. */
  loadedSinceMs: number;
  draws: { readonly atMs: number; amount: number }[];
  /** Draws from here on make up `sum`. */
  cursor: number;
  sum: number;
}

interface Total extends AsOf {
  amount: number;
}

/** What a commit drew, or gave back when the amount is negative. */
export interface Drawn {
  readonly key: string;
  readonly atMs: number;
  readonly amount: number;
  /** The first event of that commit. */
  readonly seq: number;
}

export class DrawWindows {
  readonly #windows = new Map<string, Window>();
  readonly #totals = new Map<string, Total>();
  readonly #later: StatementSync;
  readonly #total: StatementSync;
  readonly #eventCount: StatementSync;

  constructor(db: DatabaseSync) {
    this.#later = db.prepare(
      'SELECT at_ms, amount FROM draws WHERE key = ? AND at_ms > ? ORDER BY at_ms',
    );
    this.#total = db.prepare('SELECT coalesce(sum(amount), 0) AS total FROM draws WHERE key = ?');
    this.#eventCount = db.prepare('SELECT coalesce(max(seq) + 1, 0) AS count FROM events');
  }

  /** Sum of what was drawn later than `sinceMs` (null: ever). Inside a transaction, when others write. */
  sum(key: string, sinceMs: number | null): number {
    if (sinceMs === null) return this.#sumEver(key);
    let window = this.#windows.get(key);
    if (window === undefined || sinceMs < window.loadedSinceMs) window = this.#load(key, sinceMs);
    moveTo(window, sinceMs);
    return window.sum;
  }

  /** Whether `sum` would answer without reading rows. */
  knows(key: string, sinceMs: number | null): boolean {
    if (sinceMs === null) return this.#totals.has(key);
    const window = this.#windows.get(key);
    return window !== undefined && sinceMs >= window.loadedSinceMs;
  }

  /** In the order of commits, whose times never decrease. */
  add({ key, atMs, amount, seq }: Drawn): void {
    const window = this.#windows.get(key);
    if (window !== undefined && seq >= window.eventCount) {
      if (amount < 0) giveBack(window, atMs, -amount);
      else {
        window.draws.push({ atMs, amount });
        window.sum += amount;
      }
    }
    const total = this.#totals.get(key);
    if (total !== undefined && seq >= total.eventCount) total.amount += amount;
  }

  #sumEver(key: string): number {
    let total = this.#totals.get(key);
    if (total === undefined) {
      total = {
        amount: numberOf(this.#total.get(key) ?? {}, 'total'),
        eventCount: this.#countEvents(),
      };
      makeRoom(this.#totals);
      this.#totals.set(key, total);
    }
    return total.amount;
  }

  #load(key: string, sinceMs: number): Window {
    const draws = this.#later.all(key, sinceMs).map((row) => ({
      atMs: numberOf(row, 'at_ms'),
      amount: numberOf(row, 'amount'),
    }));
    const sum = draws.reduce((total, draw) => total + draw.amount, 0);
    const eventCount = this.#countEvents();
    const window = { loadedSinceMs: sinceMs, draws, cursor: 0, sum, eventCount };
    makeRoom(this.#windows);
    this.#windows.set(key, window);
    return window;
  }

  #countEvents(): number {
    return numberOf(this.#eventCount.get() ?? {}, 'count');
  }
}

function moveTo(window: Window, sinceMs: number): void {
  const { draws } = window;
  for (let next = draws[window.cursor]; next !== undefined && next.atMs <= sinceMs; ) {
    window.sum -= next.amount;
    window.cursor += 1;
    next = draws[window.cursor];
  }
  // Back again, when a longer window on the same key is asked for.
  for (let last = draws[window.cursor - 1]; last !== undefined && last.atMs > sinceMs; ) {
    window.sum += last.amount;
    window.cursor -= 1;
    last = draws[window.cursor - 1];
  }
  const left = draws[window.cursor - 1];
  if (left !== undefined && window.cursor > Math.max(idleDrawsMax, draws.length / 2)) {
    window.draws = draws.slice(window.cursor);
    window.loadedSinceMs = left.atMs;
    window.cursor = 0;
  }
}

function giveBack(window: Window, atMs: number, amount: number): void {
  const index = window.draws.findLastIndex((draw) => draw.atMs === atMs && draw.amount === amount);
  const draw = window.draws[index];
  if (draw === undefined) return;
  draw.amount = 0;
  if (index >= window.cursor) window.sum -= amount;
}

function makeRoom(map: Map<string, unknown>): void {
  if (map.size < keysInMemoryMax) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
