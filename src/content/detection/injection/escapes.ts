/** Characters that are written as something else: HTML, URLs, and the strings of JSON, YAML and most languages. */

interface Escape {
  readonly point: number;
  readonly end: number;
  /** Nobody has to escape a letter or digit of ASCII: whoever does hides it. */
  readonly hidesLetter: boolean;
}

const names: ReadonlyMap<string, number> = new Map(
  Object.entries({
    amp: 0x26,
    lt: 0x3c,
    gt: 0x3e,
    quot: 0x22,
    apos: 0x27,
    nbsp: 0x20,
    shy: 0xad,
    zwj: 0x200d,
    zwnj: 0x200c,
    zerowidthspace: 0x200b,
    colon: 0x3a,
    excl: 0x21,
    period: 0x2e,
    comma: 0x2c,
    sol: 0x2f,
    lpar: 0x28,
    rpar: 0x29,
    lsqb: 0x5b,
    rsqb: 0x5d,
    num: 0x23,
    verbar: 0x7c,
    hyphen: 0x2d,
    ndash: 0x2d,
    mdash: 0x2d,
    ldquo: 0x22,
    rdquo: 0x22,
    lsquo: 0x27,
    rsquo: 0x27,
    auml: 0x61,
    ouml: 0x6f,
    uuml: 0x75,
    eacute: 0x65,
    newline: 0x0a,
    tab: 0x09,
  }),
);

const entity = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,14}));?/iy;
const backslashed = /\\(?:u([0-9a-f]{4})|u\{([0-9a-f]{1,6})\}|x([0-9a-f]{2}))/iy;

/** Of `&`, `%` or a backslash at this place; of one that escapes nothing, itself. */
export function escapeAt(text: string, at: number): Escape {
  const sign = text.charCodeAt(at);
  if (sign === 0x25) return percentAt(text, at);
  return sign === 0x26 ? entityAt(text, at) : backslashAt(text, at);
}

function entityAt(text: string, at: number): Escape {
  entity.lastIndex = at;
  const match = entity.exec(text);
  if (match === null) return itself(text, at);
  const [whole, decimal, hex, name] = match;
  const point =
    name === undefined
      ? Number.parseInt(decimal ?? hex ?? '', decimal === undefined ? 16 : 10)
      : names.get(name.toLowerCase());
  return point === undefined ? itself(text, at) : written(point, at + whole.length);
}

function backslashAt(text: string, at: number): Escape {
  const next = text.charCodeAt(at + 1);
  // Line ends and tabs, written out or folded by YAML.
  if (next === 0x6e || next === 0x72) return { point: 0x0a, end: at + 2, hidesLetter: false };
  if (next === 0x74) return { point: 0x09, end: at + 2, hidesLetter: false };
  if (next === 0x0a || next === 0x0d || next === 0x20)
    return { point: 0x20, end: at + 1, hidesLetter: false };
  backslashed.lastIndex = at;
  const match = backslashed.exec(text);
  if (match === null) return itself(text, at);
  const point = Number.parseInt(match[1] ?? match[2] ?? match[3] ?? '', 16);
  return written(point, at + match[0].length);
}

/** One character of UTF-8 in bytes of a URL. */
function percentAt(text: string, at: number): Escape {
  const first = byteAt(text, at);
  if (first < 0) return itself(text, at);
  if (first < 0x80) return written(first, at + 3);
  const following = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
  let point = following === 0 ? 0xfffd : first & (0x3f >> following);
  for (let count = 1; count <= following; count += 1) {
    const byte = byteAt(text, at + 3 * count);
    if (byte < 0x80 || byte > 0xbf) return written(0xfffd, at + 3);
    point = (point << 6) | (byte & 0x3f);
  }
  return written(point, at + 3 * (following + 1));
}

function byteAt(text: string, at: number): number {
  if (text.charCodeAt(at) !== 0x25) return -1;
  const high = digit(text.charCodeAt(at + 1));
  const low = digit(text.charCodeAt(at + 2));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function digit(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const small = unit | 0x20;
  return small >= 0x61 && small <= 0x66 ? small - 0x57 : -1;
}

function itself(text: string, at: number): Escape {
  return { point: text.charCodeAt(at), end: at + 1, hidesLetter: false };
}

function written(number: number, end: number): Escape {
  const point = number > 0x10ffff || number === 0 ? 0xfffd : number;
  return { point, end, hidesLetter: /^[a-z0-9]$/i.test(String.fromCodePoint(point)) };
}
