/**
 * A text as a reader sees it, for detectors that know plain letters and digits: invisible characters are left out, and
 * full-width, mathematical and other scripts' forms of what ASCII has stand as ASCII. `４１１１` and a zero-width space in
 * a number hide it from a pattern and from nobody else.
 */
export interface FoldedText {
  readonly text: string;
  /** Of a stretch of the folded text, where it stands in the text that it was made from. */
  readonly spanOf: (start: number, end: number) => { readonly start: number; readonly end: number };
}

/** Text of which nothing has to be folded costs one search for any of these. */
const foldable =
  /[\u00a0\u00ad\u061c\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u180e\u2000-\u2015\u2028-\u202f\u205f-\u2069\u2212\u3000\ufe58\ufe63\ufeff\uff01-\uff5e]|[\ufe00-\ufe0f\u034f\u20e3]|\ud835[\udfce-\udfff]|\udb40[\udc00-\udfff]/;

const left = -1;
const unitsAtOnce = 4096;

export function foldText(text: string): FoldedText {
  const first = text.search(foldable);
  if (first === -1) return { text, spanOf: unfolded };
  const units = new Uint16Array(text.length);
  const ends = new Uint32Array(text.length);
  const starts = new Uint32Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; ) {
    const unit = text.charCodeAt(at);
    const isPair = unit === 0xd835 || unit === 0xdb40;
    const from = at;
    const folded = isPair ? foldPair(text, at) : unit < 0xa0 ? unit : foldUnit(unit);
    at += isPair && folded !== unit ? 2 : 1;
    if (folded === left) continue;
    units[length] = folded;
    starts[length] = from;
    ends[length] = at;
    length += 1;
  }
  return {
    text: stringOf(units.subarray(0, length)),
    spanOf: (start, end) => ({ start: starts[start] ?? 0, end: ends[end - 1] ?? 0 }),
  };
}

function unfolded(start: number, end: number): { readonly start: number; readonly end: number } {
  return { start, end };
}

function stringOf(units: Uint16Array): string {
  let text = '';
  for (let at = 0; at < units.length; at += unitsAtOnce)
    text += String.fromCharCode(...units.subarray(at, at + unitsAtOnce));
  return text;
}

/** What one UTF-16 unit reads as; `left`: nothing. */
function foldUnit(unit: number): number {
  if (unit >= 0xff01 && unit <= 0xff5e) return unit - 0xfee0;
  if (unit >= 0x660 && unit <= 0x669) return unit - 0x660 + 0x30;
  if (unit >= 0x6f0 && unit <= 0x6f9) return unit - 0x6f0 + 0x30;
  if (unit >= 0x966 && unit <= 0x96f) return unit - 0x966 + 0x30;
  if (isBlank(unit)) return 0x20;
  if ((unit >= 0x2010 && unit <= 0x2015) || unit === 0x2212 || unit === 0xfe58 || unit === 0xfe63)
    return 0x2d;
  return isInvisible(unit) ? left : unit;
}

/** Mathematical digits, and tags, that show nothing. A unit that is no such pair reads as itself. */
function foldPair(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  const low = text.charCodeAt(at + 1);
  if (unit === 0xdb40 && low >= 0xdc00 && low <= 0xdfff) return left;
  if (unit === 0xd835 && low >= 0xdfce && low <= 0xdfff) return 0x30 + ((low - 0xdfce) % 10);
  return unit;
}

function isBlank(unit: number): boolean {
  return (
    unit === 0xa0 ||
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x202f ||
    unit === 0x205f ||
    unit === 0x3000
  );
}

function isInvisible(unit: number): boolean {
  return (
    unit === 0xad ||
    unit === 0x34f ||
    unit === 0x61c ||
    unit === 0x180e ||
    unit === 0x20e3 ||
    unit === 0xfeff ||
    (unit >= 0x200b && unit <= 0x200f) ||
    (unit >= 0x202a && unit <= 0x202e) ||
    (unit >= 0x2060 && unit <= 0x2069) ||
    (unit >= 0xfe00 && unit <= 0xfe0f)
  );
}
