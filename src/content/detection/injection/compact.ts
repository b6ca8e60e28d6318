import { Literals } from '../literals.ts';
import { english } from './families/english.ts';
import { isLetterAt, type Match } from './match.ts';
import { joinedPhraseOf, type Phrase } from './phrase.ts';

/**
 * A text of which only the letters are left: `i.g.n.o.r.e`, `1gn0r3 4ll`, `igno real lpre viou s`, `ignoreallprevious` all
 * read alike then. What is found so counts only where the text is really written like that; in ordinary writing the
 * same letters are found with their blanks, or meet by chance across words.
 */
export function findJoined(
  text: string,
  isShownAs: (start: number, end: number) => string,
): readonly Match[] {
  const { letters, places } = lettersOf(text);
  const matches: Match[] = [];
  literals.scan(letters, (start, end, phrases) => {
    if (isPlain(text, places[start] ?? 0, places[end - 1] ?? 0, end - start)) return;
    for (const { pattern, family, weight } of phrases) {
      const wording = pattern();
      wording.lastIndex = start;
      if (!wording.test(letters)) continue;
      const from = places[start] ?? 0;
      const to = (places[wording.lastIndex - 1] ?? 0) + 1;
      if (isOddlyWritten(isShownAs(from, to)))
        matches.push({ family, weight, start: from, end: to });
    }
  });
  return matches;
}

function openings(): ReadonlyMap<string, readonly Phrase[]> {
  const all = new Map<string, Phrase[]>();
  for (const wording of english) {
    const phrase = joinedPhraseOf(wording);
    if (phrase === null) continue;
    for (const opening of new Set(phrase.openings)) {
      const known = all.get(opening);
      if (known === undefined) all.set(opening, [phrase]);
      else known.push(phrase);
    }
  }
  return all;
}

const literals = new Literals(openings());

/** Digits and signs by the letters they imitate; `l` and `1` by `i`, since they are written for one another. */
const readAs = new Uint8Array(0x80);
for (let unit = 0x61; unit <= 0x7a; unit += 1) readAs[unit] = unit === 0x6c ? 0x69 : unit;
for (const [sign, letter] of Object.entries({
  0: 'o',
  1: 'i',
  2: 'z',
  3: 'e',
  4: 'a',
  5: 's',
  6: 'g',
  7: 't',
  8: 'b',
  9: 'g',
  '@': 'a',
  $: 's',
})) {
  readAs[sign.charCodeAt(0)] = letter.charCodeAt(0);
}

/** More blanks and signs in a row than anybody puts between two letters of a word. */
const gapMax = 4;
const utf8 = new TextDecoder();

function lettersOf(text: string): { readonly letters: string; readonly places: Int32Array } {
  const units = new Uint8Array(text.length * 2);
  const places = new Int32Array(text.length * 2);
  let length = 0;
  let gap = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    const letter = unit < 0x80 ? (readAs[unit] ?? 0) : 0;
    if (letter === 0) {
      gap += 1;
      if (gap !== gapMax + 1) continue;
      units[length] = 0x20;
    } else {
      gap = 0;
      units[length] = letter;
    }
    places[length] = at;
    length += 1;
  }
  return { letters: utf8.decode(units.subarray(0, length)), places };
}

/** The opening stands there as a word of its own, in letters: whatever follows, it is ordinary writing. */
function isPlain(text: string, first: number, last: number, length: number): boolean {
  if (last - first + 1 !== length) return false;
  if (isLetterAt(text, first - 1) || isLetterAt(text, last + 1)) return false;
  for (let at = first; at <= last; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x61 || unit > 0x7a) return false;
  }
  return true;
}

const longWord = /[a-z0-9]{18}/;
const digitWithin = /(?:[a-z]\d|\d[a-z])/g;

/** @param written - with its capitals: `ignoreAllPrevious` is a name in a program. */
function isOddlyWritten(written: string): boolean {
  const parts = written.replaceAll(/([a-z])(?=[A-Z])/g, '$1 ').toLowerCase();
  if (longWord.test(parts)) return true;
  const words = parts.split(/[^a-z0-9]+/).filter(Boolean);
  const single = words.filter((word) => word.length === 1).length;
  if (words.length >= 6 && single >= words.length * 0.7) return true;
  const mixed = words.filter((word) => word.search(digitWithin) >= 0).length;
  return mixed >= 2 && mixed >= words.length * 0.3;
}
