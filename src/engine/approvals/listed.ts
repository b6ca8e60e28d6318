/** The values of a held call that a person is shown one by one. */
import { escapeSegment } from '../../content/pointer.ts';
import { isHighSurrogate } from '../../content/utf8.ts';
import { isJsonArray, type JsonValue } from '../../content/value.ts';
import type { ArgumentValue, ReadCall } from '../call.ts';
import { limits } from '../limits.ts';

export interface Listed extends ArgumentValue {
  /** RFC 6901, into the arguments. */
  readonly place: string;
  /** As far as it is shown. */
  readonly shown: JsonValue;
  /** Its text, or that of its number; null: it has none. */
  readonly text: string | null;
  readonly cut: number;
}

/** @returns in the order of the policy, and how many were left out. */
export function listed(read: ReadCall): {
  readonly values: readonly Listed[];
  readonly omitted: number;
} {
  const values = read.values.flatMap(wordByWord);
  const kept =
    values.length <= limits.heldValuesMax
      ? values
      : // Nobody may hide whom a message reaches behind three hundred paragraphs.
        values
          .map((value, at) => ({ value, at, says: saysLast(value) }))
          .sort((a, b) => a.says - b.says || a.at - b.at)
          .slice(0, limits.heldValuesMax)
          .sort((a, b) => a.at - b.at)
          .map(({ value }) => value);
  return { values: kept.map(listedOne), omitted: values.length - kept.length };
}

/** A command may be the list of its words. */
function wordByWord(one: ArgumentValue): readonly ArgumentValue[] {
  const { written, pointer } = one;
  if (!isJsonArray(written)) return [one];
  return written.map((word, at) => ({
    ...one,
    pointer: `${pointer}/${at}`,
    written: word,
    value: { type: 'text', key: String(word) },
  }));
}

const first: ReadonlySet<string> = new Set([
  ...['recipient', 'url', 'account', 'amount', 'command', 'path'],
]);
const last: ReadonlySet<string> = new Set(['content', 'flag', 'number', 'title']);

function saysLast({ kind }: ArgumentValue): number {
  return first.has(kind) ? 0 : last.has(kind) ? 2 : 1;
}

function listedOne(value: ArgumentValue): Listed {
  const { written } = value;
  const place = `/${escapeSegment(value.argument)}${value.pointer}`;
  if (typeof written === 'string') {
    const text = beginning(written.toWellFormed(), limits.heldTextUnitsMax);
    return { ...value, place, shown: text, text, cut: written.length - text.length };
  }
  return {
    ...value,
    place,
    shown: written,
    text: typeof written === 'number' ? String(written) : null,
    cut: 0,
  };
}

/** Never half of a character. */
export function beginning(text: string, unitsMax: number): string {
  if (text.length <= unitsMax) return text;
  return text.slice(0, isHighSurrogate(text.charCodeAt(unitsMax - 1)) ? unitsMax - 1 : unitsMax);
}
