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
