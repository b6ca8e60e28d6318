/**
 * Parts of a text that a person who reads it doesn't see, sees in another place, or takes for other letters. They are told
 * where they stand, in the text as it is: whoever decides about a text has to see what is in it.
 */
import { foldedUnit } from './detection/injection/fold-unit.ts';

export type Disguise = {
  /** Half-open, in UTF-16 units, at the borders of characters. */
  readonly start: number;
  readonly end: number;
  readonly as: 'invisible' | 'bidi' | 'confusable';
};

/** More of them than this are one thing to whoever looks. */
const disguisesMax = 256;

const nothing: readonly Disguise[] = [];

/** Text of printable ASCII has none, and most is. */
const plain = /^[\t\n\x20-\x7e]*$/;

/** In order, none within another; the first `disguisesMax` of them. Linear in the text. */
export function disguisesIn(text: string): readonly Disguise[] {
  if (plain.test(text)) return nothing;
  const found = [...unseenIn(text), ...confusablesIn(text)].sort((a, b) => a.start - b.start);
  const joined: Disguise[] = [];
  for (const one of found) {
    const last = joined.at(-1);
    if (last !== undefined && one.start < last.end) continue;
    if (last?.as === one.as && one.start === last.end)
      joined[joined.length - 1] = { ...last, end: one.end };
    else if (joined.length === disguisesMax) break;
    else joined.push(one);
  }
  return joined;
}

const directions = '\\u200e\\u200f\\u061c\\u202a-\\u202e\\u2066-\\u2069';
/**
 * Controls but for tab and the ends of lines, formats (zero width, tags), separators that break a line unseen, fillers and
 * variation selectors, what is no character, and half a pair.
 */
const hidden =
  '(?![\\t\\n\\r])[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Co}\\p{Cn}\\p{Default_Ignorable_Code_Point}]';
const unseen = new RegExp(`[${directions}]|${hidden}|\\r(?!\\n)`, 'gu');
const direction = new RegExp(`[${directions}]`);

function* unseenIn(text: string): Generator<Disguise> {
  for (const { 0: character, index } of text.matchAll(unseen)) {
    const end = index + character.length;
    if (direction.test(character)) yield { start: index, end, as: 'bidi' };
    else if (!isPartOfSign(text, index, character)) yield { start: index, end, as: 'invisible' };
  }
}

const joinsLetters = /^[\u200c\u200d]$/;
const scriptWithJoiners =
  /[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Mongolian}]$/u;
const pictureBefore =
  /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}#*0-9]\ufe0f?$/u;
const pictureAfter = /^\p{Extended_Pictographic}/u;
/** What stands before, as far as the patterns above look. */
const beforeUnits = 4;

/** What makes one sign of an emoji, or shapes a letter where scripts are written so: it hides nothing. */
function isPartOfSign(text: string, at: number, character: string): boolean {
  const before = text.slice(Math.max(0, at - beforeUnits), at);
  if (character === '\ufe0f') return pictureBefore.test(before);
  if (!joinsLetters.test(character)) return false;
  if (scriptWithJoiners.test(before.replace(/\p{M}+$/u, ''))) return true;
  return (
    character === '\u200d' &&
    pictureBefore.test(before) &&
    pictureAfter.test(text.slice(at + 1, at + 1 + beforeUnits))
  );
}

/** Alphabets with letters that look like Latin ones. Signs of mathematics are Latin letters in another dress. */
const foreign =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}\u{1d400}-\u{1d7cb}]/u;
const mathematical = /^[\u{1d400}-\u{1d7cb}]$/u;
const greek = /^\p{Script=Greek}$/u;
const latin = /^\p{Script=Latin}$/u;
const word = /[\p{L}\p{M}]+/gu;
const foldsToLatin = /^[a-z]/;

/**
 * Letters of another script within a word of Latin ones, or Latin ones in a word of another script: whichever are fewer.
 * Of Greek, only those that look like a Latin letter: `Δt` is read as it is written.
 */
function* confusablesIn(text: string): Generator<Disguise> {
  if (!foreign.test(text)) return;
  for (const { 0: letters, index } of text.matchAll(word)) {
    if (!foreign.test(letters)) continue;
    const own: Disguise[] = [];
    const other: Disguise[] = [];
    let at = index;
    for (const letter of letters) {
      const place = { start: at, end: at + letter.length, as: 'confusable' } as const;
      at += letter.length;
      if (mathematical.test(letter)) yield place;
      else if (latin.test(letter)) own.push(place);
      else if (isForeign(letter)) other.push(place);
    }
    if (own.length > 0 && other.length > 0) yield* own.length < other.length ? own : other;
  }
}

function isForeign(letter: string): boolean {
  if (!foreign.test(letter)) return false;
  return !greek.test(letter) || foldsToLatin.test(foldedUnit(letter.codePointAt(0) ?? 0));
}
