import type { SecretType } from './secret-types.ts';

/** Where a secret stands in a folded text, and how sure its finder is. */
export interface Place {
  readonly type: SecretType;
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

/** What looks at a text around one occurrence of a literal: only at so much of it that floods of the literal cost little. */
export type Finder = (text: string, start: number, end: number) => Place | null;

/** Letters and digits: with one of them before it, a prefix is part of a word. */
export function isAlphanumericAt(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return (
    (unit >= 0x30 && unit <= 0x39) ||
    (unit >= 0x41 && unit <= 0x5a) ||
    (unit >= 0x61 && unit <= 0x7a)
  );
}

/** Nothing that belongs to the value stands before it. Letters of an escape don't: `\nAKIA…`, `%3Dghp_…`, `\u003dghp_…`. */
export function beginsValue(text: string, start: number): boolean {
  if (start === 0 || !isAlphanumericAt(text, start - 1)) return true;
  const before = text.slice(Math.max(0, start - 6), start);
  return /(?:\\[nrtbf]|%[0-9a-f]{2}|\\u[0-9a-f]{4}|\\x[0-9a-f]{2})$/i.test(before);
}
