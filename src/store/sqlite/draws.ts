/**
 * Sums over sliding windows, exact to the millisecond.
 *
 * The rows are the truth. For keys in use, the draws of the newest window lie in memory with a cursor at the window's
 * start, so that a rate of a hundred thousand a day costs no more to check than one of ten a minute: the cursor only
 * walks over the draws that left the window since the last look.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { numberOf, textOf } from './rows.ts';

/** Least recently loaded keys go first; a key that is needed again is read from its rows. */
const keysInMemoryMax = 4_096;

/** Draws before the cursor are let go when there are more than this, and more than those that count. */
const idleDrawsMax = 1_024;

interface Window {
  /** Every draw later than this is in `draws`, in the order of time. */
  loadedSinceMs: number;
  draws: { readonly atMs: number; amount: number }[];
  /** Draws from here on make up `sum`. */
  cursor: number;
  sum: number;
}

export class Draws {
  readonly #windows = new Map<string, Window>();
  readonly #totals = new Map<string, number>();
  readonly #later: StatementSync;
  readonly #total: StatementSync;
  readonly #insert: StatementSync;
  readonly #ofCall: StatementSync;
  readonly #deleteOfCall: StatementSync;

  constructor(db: DatabaseSync) {
    this.#later = db.prepare(
      'SELECT at_ms, amount FROM draws WHERE key = ? AND at_ms > ? ORDER BY at_ms',
    );
    this.#total = db.prepare('SELECT coalesce(sum(amount), 0) AS total FROM draws WHERE key = ?');
    this.#insert = db.prepare('INSERT INTO draws (key, at_ms, amount, call) VALUES (?, ?, ?, ?)');
    this.#ofCall = db.prepare('SELECT key, at_ms, amount FROM draws WHERE call = ?');
    this.#deleteOfCall = db.prepare('DELETE FROM draws WHERE call = ?');
  }

  /** Sum of what was drawn later than `sinceMs` (null: ever). */
  sum(key: string, sinceMs: number | null): number {
    if (sinceMs === null) return this.#sumEver(key);
    let window = this.#windows.get(key);
    if (window === undefined || sinceMs < window.loadedSinceMs) window = this.#load(key, sinceMs);
    moveTo(window, sinceMs);
    return window.sum;
  }

  /** `atMs` must not lie before an earlier draw's: the caller's clock never decreases. */
  add(key: string, atMs: number, amount: number, call: string | null): void {
    this.#insert.run(key, atMs, amount, call);
    const window = this.#windows.get(key);
    if (window !== undefined) {
      window.draws.push({ atMs, amount });
      window.sum += amount;
    }
    this.#bump(key, amount);
  }

  giveBack(call: string): void {
    for (const row of this.#ofCall.all(call)) {
      const key = textOf(row, 'key');
      const amount = numberOf(row, 'amount');
      const window = this.#windows.get(key);
      if (window !== undefined) forget(window, numberOf(row, 'at_ms'), amount);
      this.#bump(key, -amount);
    }
    this.#deleteOfCall.run(call);
  }

  #sumEver(key: string): number {
    let total = this.#totals.get(key);
    if (total === undefined) {
      total = numberOf(this.#total.get(key) ?? {}, 'total');
      makeRoom(this.#totals);
      this.#totals.set(key, total);
    }
    return total;
  }

  #bump(key: string, amount: number): void {
    const total = this.#totals.get(key);
    if (total !== undefined) this.#totals.set(key, total + amount);
  }

  #load(key: string, sinceMs: number): Window {
    const draws = this.#later.all(key, sinceMs).map((row) => ({
      atMs: numberOf(row, 'at_ms'),
      amount: numberOf(row, 'amount'),
    }));
    const sum = draws.reduce((total, draw) => total + draw.amount, 0);
    const window = { loadedSinceMs: sinceMs, draws, cursor: 0, sum };
    makeRoom(this.#windows);
    this.#windows.set(key, window);
    return window;
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

function forget(window: Window, atMs: number, amount: number): void {
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
