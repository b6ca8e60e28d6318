/** A text as some program shows it, and where each of its places stands in the text as written. */
export interface DecodedText {
  readonly text: string;
  readonly placeOf: (at: number) => number;
}

/** Those of HTML's names that stand for ASCII, or for nothing one sees: no other can be a part of a scheme or plain host. */
const names: ReadonlyMap<string, string> = new Map(
  Object.entries({
    Tab: '\t',
    NewLine: '\n',
    excl: '!',
    quot: '"',
    QUOT: '"',
    num: '#',
    dollar: '$',
    percnt: '%',
    amp: '&',
    AMP: '&',
    apos: "'",
    lpar: '(',
    rpar: ')',
    ast: '*',
    midast: '*',
    plus: '+',
    comma: ',',
    period: '.',
    sol: '/',
    colon: ':',
    semi: ';',
    lt: '<',
    LT: '<',
    equals: '=',
    gt: '>',
    GT: '>',
    quest: '?',
    commat: '@',
    lsqb: '[',
    lbrack: '[',
    bsol: '\\',
    rsqb: ']',
    rbrack: ']',
    Hat: '^',
    lowbar: '_',
    UnderBar: '_',
    grave: '`',
    DiacriticalGrave: '`',
    lcub: '{',
    lbrace: '{',
    verbar: '|',
    vert: '|',
    VerticalLine: '|',
    rcub: '}',
    rbrace: '}',
    fjlig: 'fj',
    nbsp: '\u00a0',
    shy: '\u00ad',
    ZeroWidthSpace: '\u200b',
    zwnj: '\u200c',
    zwj: '\u200d',
  }),
);

/** These are read without their semicolon too. */
const bareNames = new Set(['amp', 'AMP', 'lt', 'LT', 'gt', 'GT', 'quot', 'QUOT']);

const entity = /&(?:#x0*([0-9a-f]{1,6})|#0*([0-9]{1,7})|([a-z]{2,16}))(;?)/gi;
const entityOrEscape = new RegExp(`${entity.source}|\\\\([!-/:-@[-\`{-~])`, 'gi');

/**
 * The text as it is written, as HTML shows it, and as Markdown does (which undoes backslashes as well). A link may be one
 * in any of them.
 */
export function readingsOf(text: string): readonly DecodedText[] {
  const written: DecodedText = { text, placeOf: (at) => at };
  const shown = text.includes('&') ? decoded(text, entity) : written;
  const marked = text.includes('\\') ? decoded(text, entityOrEscape) : shown;
  return [...new Set([written, shown, marked])];
}

function decoded(text: string, pattern: RegExp): DecodedText {
  const parts: string[] = [];
  // Of each replacement: where what follows it stands in the decoded text, and in the written one.
  const shownAt: number[] = [];
  const writtenAt: number[] = [];
  let length = 0;
  let done = 0;
  for (const match of text.matchAll(pattern)) {
    const character = characterOf(match);
    if (character === null) continue;
    const end = match.index + match[0].length;
    parts.push(text.slice(done, match.index), character);
    length += match.index - done + character.length;
    done = end;
    shownAt.push(length);
    writtenAt.push(end);
  }
  parts.push(text.slice(done));
  return { text: parts.join(''), placeOf: placeFinder(shownAt, writtenAt) };
}

function placeFinder(
  shownAt: readonly number[],
  writtenAt: readonly number[],
): (at: number) => number {
  return (at) => {
    let low = 0;
    let high = shownAt.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((shownAt[middle] ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return at - (shownAt[low - 1] ?? 0) + (writtenAt[low - 1] ?? 0);
  };
}

function characterOf([, hex, decimal, name, semicolon, escaped]: RegExpExecArray): string | null {
  if (escaped !== undefined) return escaped;
  if (name !== undefined)
    return semicolon === ';' || bareNames.has(name) ? (names.get(name) ?? null) : null;
  const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : null;
}
