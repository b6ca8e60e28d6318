/**
 * What the arguments of a call say without any of them saying it: in Base64, in hexadecimal digits, in the escapes of URLs,
 * HTML and JSON, or in pieces that only whoever receives them puts together.
 */
import { base64, hexadecimal, readRuns } from '../content/text-features/bytes-in-text.ts';
import { plainText } from '../content/text-features/plain-text.ts';

export interface HiddenText {
  readonly text: string;
  /** The text of the arguments in which it stands, or begins. */
  readonly in: string;
  readonly written: 'base64' | 'hexadecimal' | 'escaped' | 'in pieces';
}

/** Shorter runs of the letters of Base64, or of hexadecimal digits, hide no credential. */
const lettersMin = 24;
const digitsMin = 32;
const letterOfBase64 = 1;
const digit = 2;
const betweenDigits = 4;
const ofPiece = 8;
const ofLongRun = 16;
const escapes = 32;
const dash = 64;
const meanings = Uint8Array.from({ length: 0x80 }, (_, unit) => {
  const sign = String.fromCharCode(unit);
  return (
    (/[A-Za-z0-9+/_-]/.test(sign) ? letterOfBase64 : 0) |
    (/[0-9a-fA-F]/.test(sign) ? digit : 0) |
    (/[\s:,-]/.test(sign) ? betweenDigits : 0) |
    (/[A-Za-z0-9+/=_.~-]/.test(sign) ? ofPiece : 0) |
    (/[A-Za-z0-9+=_~-]/.test(sign) ? ofLongRun : 0) |
    (/[%&\\=]/.test(sign) ? escapes : 0) |
    (sign === '-' ? dash : 0)
  );
});

const pieceUnitsMax = 4_096;
/** A credential has a stretch like this; names and paths side by side have none. */
const longRun = /[A-Za-z0-9+=_~-]{16}/;
const longRunUnits = 16;
const keyBegins = '-----BEGIN ';
const keyUnitsMax = 8_192;
/** Whoever cuts finer than this writes no arguments any more. */
const joinedMax = 64;

/** @param texts - as the arguments have them one after another. */
export function hiddenTexts(texts: readonly string[]): readonly HiddenText[] {
  if (!mayHide(texts)) return nothing;
  const pieces = [...joined(texts), ...keyInLines(texts)];
  return [
    ...pieces,
    ...pieces.flatMap((piece) => decodedTwice(piece.text, piece.in)),
    ...texts.flatMap((text) => decodedTwice(text, text)),
  ];
}

const nothing: readonly HiddenText[] = [];

/**
 * In one look, for every call has texts and hardly any hides something: whether anything below could find any. What is put
 * together of pieces stands in all the texts one behind the other, so without a long run there it has none.
 */
function mayHide(texts: readonly string[]): boolean {
  let run = 0;
  for (const text of texts) {
    let letters = 0;
    let digits = 0;
    let seen = 0;
    for (let at = 0; at < text.length; at += 1) {
      const meaning = meanings[text.charCodeAt(at)] ?? 0;
      seen |= meaning;
      run = (meaning & ofLongRun) === 0 ? 0 : run + 1;
      letters = (meaning & letterOfBase64) === 0 ? 0 : letters + 1;
      if ((meaning & digit) !== 0) digits += 1;
      else if ((meaning & betweenDigits) === 0) digits = 0;
      if (run >= longRunUnits || letters >= lettersMin || digits >= digitsMin) return true;
    }
    if ((seen & escapes) !== 0 && escaping.test(text)) return true;
    if ((seen & dash) !== 0 && text.includes(keyBegins)) return true;
  }
  return false;
}

/** What is longer is a file; whatever it says, detectors would have to look at it seven times. */
const twiceUnitsMax = 65_536;

/** `%62%32…` in a URL is Base64 once it has arrived. */
function decodedTwice(text: string, where: string): readonly HiddenText[] {
  const once = decoded(text, where);
  return text.length > twiceUnitsMax
    ? once
    : [...once, ...once.flatMap((one) => decoded(one.text, where))];
}

const escaping = /%[0-9a-f]{2}|&#|\\[ux]|(?:=[0-9A-F]{2}){2}/i;

function decoded(text: string, where: string): readonly HiddenText[] {
  const hidden: HiddenText[] = [];
  if (escaping.test(text)) {
    const plain = plainText(text);
    if (plain !== text) hidden.push({ text: plain, in: where, written: 'escaped' });
  }
  if (!mayBeEncoded(text)) return hidden;
  for (const [written, alphabet] of [
    ['base64', base64],
    ['hexadecimal', hexadecimal],
  ] as const) {
    const read = readRuns(text, alphabet);
    if (read !== null) hidden.push({ text: read.text, in: where, written });
  }
  return hidden;
}

/** In one look: hardly any text is, and every call has some. */
function mayBeEncoded(text: string): boolean {
  let letters = 0;
  let digits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const meaning = meanings[text.charCodeAt(at)] ?? 0;
    letters = (meaning & letterOfBase64) === 0 ? 0 : letters + 1;
    if ((meaning & digit) !== 0) digits += 1;
    else if ((meaning & betweenDigits) === 0) digits = 0;
    if (letters >= lettersMin || digits >= digitsMin) return true;
  }
  return false;
}

/** `ghp_16C7e42F` in one argument, `292c6912E7710c838347Ae178B4a` in the next. */
function joined(texts: readonly string[]): readonly HiddenText[] {
  const hidden = new Map<string, HiddenText>();
  let pieces: Piece[] = [];
  let units = 0;
  const end = (): void => {
    for (const one of together(pieces)) if (hidden.size < joinedMax) hidden.set(one.text, one);
    pieces = [];
    units = 0;
  };
  for (const text of texts) {
    const next = pieces.length === 0 ? '' : nextPiece(text);
    if (next !== '') {
      pieces.push({ text: next, in: text });
      units += next.length;
      // A text that is a piece as a whole may be the middle of something.
      if (next === text && units < pieceUnitsMax) continue;
    }
    end();
    const first = firstPiece(text);
    if (first === '') continue;
    pieces = [{ text: first, in: text }];
    units = first.length;
  }
  end();
  return [...hidden.values()];
}

/** What it begins with. */
function nextPiece(text: string): string {
  let end = 0;
  while (end < text.length && end < pieceUnitsMax && isOfPiece(text, end)) end += 1;
  return text.slice(0, end);
}

/** A key's file, each of its lines a text of its own. */
function keyInLines(texts: readonly string[]): readonly HiddenText[] {
  const begin = texts.findIndex((text) => text.includes(keyBegins) && !text.includes('\n'));
  const first = texts[begin];
  if (first === undefined) return [];
  const text = texts
    .slice(begin, begin + joinedMax)
    .join('\n')
    .slice(0, keyUnitsMax);
  return [{ text, in: first, written: 'in pieces' }];
}

/** What it ends with. Read backwards: a pattern would try each of a million places. */
function firstPiece(text: string): string {
  let start = text.length;
  while (start > 0 && text.length - start < pieceUnitsMax && isOfPiece(text, start - 1)) start -= 1;
  return text.slice(start);
}

function isOfPiece(text: string, at: number): boolean {
  return ((meanings[text.charCodeAt(at)] ?? 0) & ofPiece) !== 0;
}

type Piece = Pick<HiddenText, 'text' | 'in'>;

/** From each on: what comes before it, and what comes after two or three, may belong to something else. */
function together(pieces: readonly Piece[]): readonly HiddenText[] {
  return pieces.slice(0, joinedMax).flatMap((first, at) => {
    const rest = pieces.slice(at, at + joinedMax);
    const lengths = new Set(
      [2, 3, rest.length].filter((count) => count > 1 && count <= rest.length),
    );
    return [...lengths].flatMap((count): HiddenText[] => {
      const text = rest
        .slice(0, count)
        .map((piece) => piece.text)
        .join('');
      return longRun.test(text) ? [{ text, in: first.in, written: 'in pieces' }] : [];
    });
  });
}
