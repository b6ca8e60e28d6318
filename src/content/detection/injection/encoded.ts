import { type Alphabet, bytesIn, hexDigits, sixBits } from './bytes-in-letters.ts';

/** Text in letters of base64 or hexadecimal, in the numbers of its characters, or in characters that nobody sees. */
export interface EncodedRun {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Of a place in what it says, the place where it is written. */
  readonly placeOf: (at: number) => number;
  /** No program writes like this, and no person reads it. */
  readonly isInvisible: boolean;
}

/** Twelve bytes: what is shorter says nothing. */
const lettersMin = 16;
/** From one line of a run to the next: the line end, as such or written out, and what mails put before a line. */
const onNextLine = /(?:\r?\n|\\r\\n|\\n)[ \t>]{0,8}(?=[A-Za-z0-9+/_-]{4})/y;
const spacedHex =
  /(?:(?:0x)?[0-9A-Fa-f]{2}[ \t\r\n:,]{1,2}){8,}(?:0x)?[0-9A-Fa-f]{2}(?![0-9A-Za-z])/y;
const decimals = /(?:\d{2,3}[ \t\r\n,;]{1,3}){8,}\d{2,3}(?!\d)/y;
const tags = /[\u{e0020}-\u{e007e}]{2,}/gu;
const selectors = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]{4,}/gu;

export function encodedRuns(text: string): readonly EncodedRun[] {
  const runs: EncodedRun[] = [];
  for (let at = 0; at < text.length; at += 1) {
    if (!isLetter(text.charCodeAt(at))) continue;
    const start = at;
    at = lettersEnd(text, start);
    if (at - start >= lettersMin) at = addBlock(runs, text, start, at);
    else if (at - start <= 4) at = addNumbers(runs, text, start, at);
  }
  if (invisible.test(text)) addUnseen(runs, text);
  return runs;
}

const invisible = /\udb40|[\ufe00-\ufe0f]{4}/;

/** Of base64 in both alphabets; hexadecimal digits are among them. */
const isLetterOf = new Uint8Array(0x80);
for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_') {
  isLetterOf[letter.charCodeAt(0)] = 1;
}

function isLetter(unit: number): boolean {
  return unit < 0x80 && isLetterOf[unit] === 1;
}

function lettersEnd(text: string, start: number): number {
  let end = start;
  while (isLetter(text.charCodeAt(end))) end += 1;
  return end;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Letters, and those of the next lines: programs make lines of one length, but for the last. Each line is read by itself,
 * too: it may be a whole one that only stands below another. Returns where they end.
 */
function addBlock(runs: EncodedRun[], text: string, start: number, firstEnd: number): number {
  const lines: Span[] = [{ start, end: firstEnd }];
  const width = firstEnd - start;
  let last = width;
  let end = firstEnd;
  while (last === width) {
    onNextLine.lastIndex = end;
    if (!onNextLine.test(text)) break;
    const next = onNextLine.lastIndex;
    const nextEnd = lettersEnd(text, next);
    last = nextEnd - next;
    if (last > width) break;
    lines.push({ start: next, end: nextEnd });
    end = nextEnd;
  }
  while (text.charCodeAt(end) === padding) end += 1;
  if (lines.length === 1) addLetters(runs, text, lines, { start, end });
  else {
    for (const line of lines) addLetters(runs, text, [line], line);
    addLetters(runs, text, lines, { start, end });
  }
  return end;
}

const padding = 0x3d;

function addLetters(runs: EncodedRun[], text: string, lines: readonly Span[], span: Span): void {
  const letters = lines.map((line) => text.slice(line.start, line.end)).join('');
  if (letters.length < lettersMin) return;
  const places = new Int32Array(letters.length);
  let length = 0;
  for (const line of lines) {
    for (let at = line.start; at < line.end; at += 1) {
      places[length] = at;
      length += 1;
    }
  }
  addDecoded(runs, letters, places, span, sixBits);
  if (/^[0-9A-Fa-f]+$/.test(letters)) addDecoded(runs, letters, places, span, hexDigits);
}

function addDecoded(
  runs: EncodedRun[],
  letters: string,
  places: Int32Array,
  { start, end }: Span,
  alphabet: Alphabet,
): void {
  const known = new Set<string>();
  for (let shift = 0; shift < alphabet.shifts; shift += 1) {
    const { text, letterOf } = bytesIn(letters, shift, alphabet);
    if (text === '' || known.has(text)) continue;
    known.add(text);
    const placeOf = (at: number) => places[letterOf(at)] ?? end;
    runs.push({ start, end, text, placeOf, isInvisible: false });
  }
}

/** `69 67 6e`, `105, 103, 110`; two digits each may be either. Returns where they end. */
function addNumbers(runs: EncodedRun[], text: string, start: number, firstEnd: number): number {
  if (!isHexDigit(text.charCodeAt(start))) return firstEnd;
  let end = firstEnd;
  for (const [numbers, base] of bases) {
    numbers.lastIndex = start;
    if (!numbers.test(text)) continue;
    runs.push(byNumber(text.slice(start, numbers.lastIndex), start, base));
    end = Math.max(end, numbers.lastIndex);
  }
  return end;
}

const bases = [
  [spacedHex, 16],
  [decimals, 10],
] as const;

function isHexDigit(unit: number): boolean {
  const small = unit | 0x20;
  return (unit >= 0x30 && unit <= 0x39) || (small >= 0x61 && small <= 0x66);
}

function byNumber(written: string, start: number, base: 10 | 16): EncodedRun {
  let text = '';
  const places: number[] = [];
  for (const number of written.matchAll(
    base === 10 ? /\d+/g : /(?<=0x|[^0-9A-Za-z]|^)[0-9A-Fa-f]{2}/g,
  )) {
    const code = Number.parseInt(number[0], base);
    text += code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '\n';
    places.push(start + number.index);
  }
  const end = start + written.length;
  return { start, end, text, placeOf: (at) => places[at] ?? end, isInvisible: false };
}

/** A flag of a region is a black flag and up to six tags. */
const flagTagsMax = 6;

function addUnseen(runs: EncodedRun[], text: string): void {
  for (const match of text.matchAll(tags)) {
    const isFlag = match[0].length <= 2 * flagTagsMax && text.startsWith('🏴', match.index - 2);
    if (!isFlag) runs.push(unseen(match, (point) => point - 0xe0000));
  }
  for (const match of text.matchAll(selectors)) {
    runs.push(unseen(match, (point) => (point >= 0xe0100 ? point - 0xe0100 + 16 : point - 0xfe00)));
  }
}

const utf8 = new TextDecoder();

function unseen(match: RegExpExecArray, byteOf: (point: number) => number): EncodedRun {
  const bytes = Uint8Array.from(match[0], (character) => byteOf(character.codePointAt(0) ?? 0));
  const start = match.index;
  const end = start + match[0].length;
  return { start, end, text: utf8.decode(bytes), placeOf: () => start, isInvisible: true };
}
