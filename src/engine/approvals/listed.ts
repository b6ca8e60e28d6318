/** The values of a held call that a person is shown one by one. */
import { escapeSegment } from '../../content/pointer.ts';
import { isHighSurrogate } from '../../content/utf8.ts';
import { isJsonArray, type JsonValue } from '../../content/value.ts';
import type { Tool } from '../../policy/model.ts';
import type { ArgumentValue, ReadCall } from '../call.ts';
import { limits } from '../limits.ts';
import { type Redacting, redactedText } from './redacting.ts';

export interface Listed extends ArgumentValue {
  /** RFC 6901, into the arguments. */
  readonly place: string;
  /** The same as it is written down: an agent may have chosen the keys of a map. */
  readonly shownPlace: string;
  /** Its text, or that of its number, as far as it is shown; null: it has none. */
  readonly text: string | null;
  /** What is written down of it, and shown. */
  readonly recorded: JsonValue;
  /** False: something of it was taken out. What stood in it has no place in what is shown. */
  readonly isWhole: boolean;
  /** UTF-16 units at the end of what is written down. */
  readonly cut: number;
}

/** @returns in the order of the policy, and how many were left out. */
export function listed(
  read: ReadCall,
  redaction: Redacting,
): { readonly values: readonly Listed[]; readonly omitted: number } {
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
  return {
    values: kept.map((value) => listedOne(value, read.tool, redaction)),
    omitted: values.length - kept.length,
  };
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

const placeUnitsMax = 256;

function listedOne(value: ArgumentValue, tool: Tool, redaction: Redacting): Listed {
  const { written, argument, pointer } = value;
  const place = `/${escapeSegment(argument)}${pointer}`;
  const whole = typeof written === 'string' ? written.toWellFormed() : written;
  // Before it is cut: of a secret that stands across the cut a half would be left.
  const recorded = isSecret(tool, argument) ? '[redacted]' : redaction.value(whole);
  const shown =
    typeof recorded === 'string' ? beginning(recorded, limits.heldTextUnitsMax) : recorded;
  return {
    ...value,
    place,
    shownPlace: beginning(redactedText(redaction, place), placeUnitsMax),
    text: textOf(whole),
    recorded: shown,
    isWhole: recorded === whole,
    cut:
      typeof recorded === 'string' && typeof shown === 'string'
        ? recorded.length - shown.length
        : 0,
  };
}

function textOf(value: JsonValue): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? beginning(value, limits.heldTextUnitsMax) : null;
}

/** As recorded arguments are: one secret part makes the whole argument nobody's to read. */
function isSecret(tool: Tool, argument: string): boolean {
  return tool.args.get(argument)?.parts.some((part) => part.kind.name === 'secret') === true;
}

/** Never half of a character. */
export function beginning(text: string, unitsMax: number): string {
  if (text.length <= unitsMax) return text;
  return text.slice(0, isHighSurrogate(text.charCodeAt(unitsMax - 1)) ? unitsMax - 1 : unitsMax);
}
