/**
 * Numbers written in English words: `four one one one`, `forty-two`, `four hundred sixty-three thousand`. Words in a row
 * are one number, as they are read out.
 */
const values = new Map<string, number>([
  ...'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'
    .split(' ')
    .map((word, value) => [word, value] as const),
  ...'twenty thirty forty fifty sixty seventy eighty ninety'
    .split(' ')
    .map((word, tens) => [word, (tens + 2) * 10] as const),
  ['oh', 0],
  ['nought', 0],
  ['hundred', 100],
  ['thousand', 1_000],
  ['million', 1_000_000],
]);

const word = [...values.keys()].sort((a, b) => b.length - a.length).join('|');
const rows = new RegExp(
  `(?<![a-z])(?:${word})(?:[\\s,;.-]{1,3}(?:and\\s)?(?:${word}))*(?![a-z])`,
  'gi',
);

/** Fewer digits are how everybody writes small numbers. */
const digitsMin = 3;
/** What may stand between two words of a row: three signs, and `and `. */
export const rowGapMax = 7;

/**
 * How words that may be numbers are spelled, by their hash; others may share it. Each has two bits, of which the higher says that
 * one such word has three digits: of the others it takes two.
 */
export const spelledForward = 1;
export const spelledRotated = 4;
export const spelledBackward = 16;
const hundredOrMore = 2;
const spellingsByHash = new Uint8Array(0x1000);
for (const [spelled, value] of values) {
  const bits = value < 100 ? 1 : 1 | hundredOrMore;
  const add = (letters: readonly number[], spelling: number): void => {
    const place = letters.reduce(letterHash, 0) & 0xfff;
    spellingsByHash[place] = (spellingsByHash[place] ?? 0) | (spelling * bits);
  };
  const letters = Array.from(spelled, (letter) => letter.charCodeAt(0));
  add(letters, spelledForward);
  add(
    letters.map((letter) => (letter < 0x6e ? letter + 13 : letter - 13)),
    spelledRotated,
  );
  add(letters.toReversed(), spelledBackward);
}

/** Of a word of ASCII letters, one at a time, in either case. */
export function letterHash(hash: number, letter: number): number {
  return (Math.imul(hash, 0x2f) + (letter | 0x20)) | 0;
}

/** 0: it is none in any spelling. */
export function numberSpellings(hash: number): number {
  return spellingsByHash[hash & 0xfff] ?? 0;
}

/** The text with its numbers in digits; null: none has three of them. */
export function numbersFromWords(text: string): string | null {
  let found = false;
  const read = text.replace(rows, (row) => {
    const digits = digitsOf(row.toLowerCase().match(/[a-z]+/g) ?? []);
    found ||= digits.length >= digitsMin;
    return digits;
  });
  return found ? read : null;
}

function digitsOf(words: readonly string[]): string {
  let digits = '';
  /** The number that is being said, and its part below a thousand; null between numbers. */
  let total = 0;
  let part: number | null = null;
  const end = () => {
    if (part !== null) digits += `${total + part}`;
    total = 0;
    part = null;
  };
  for (const one of words) {
    const value = values.get(one);
    if (value === undefined) continue;
    if (value === 100) part = (part ?? 1) * 100;
    else if (value >= 1_000) {
      total += (part ?? 1) * value;
      part = 0;
    } else if (part === null) part = value;
    else if (continues(part, total, value)) part += value;
    else {
      end();
      part = value;
    }
  }
  end();
  return digits;
}

/** `forty` and `two` are one number, and so are `hundred` and anything below it; `four` and `one` are two digits. */
function continues(part: number, total: number, value: number): boolean {
  if (part % 100 === 0 && (part > 0 || total > 0)) return value > 0;
  return part % 100 >= 20 && part % 10 === 0 && value > 0 && value < 10;
}
