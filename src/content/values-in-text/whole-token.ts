/** Longer ones are texts, not values: they are nobody's account number. */
const valueLengthMax = 8_192;

/**
 * Conservative and exact: whether `value` stands in the text, unit for unit, as a whole: not as a part of a longer word,
 * number, address or path. For accounts, ids and names that have no form of their own. Linear in both.
 */
export function containsWhole(text: string, value: string): boolean {
  if (value === '' || value.length > valueLengthMax || !value.isWellFormed()) return false;
  const borders = bordersOf(value);
  let matched = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    while (matched > 0 && value.charCodeAt(matched) !== unit) matched = borders[matched - 1] ?? 0;
    if (value.charCodeAt(matched) === unit) matched += 1;
    if (matched < value.length) continue;
    if (standsAlone(text, at + 1 - value.length, at + 1)) return true;
    matched = borders[matched - 1] ?? 0;
  }
  return false;
}

/** The runs of letters and digits of a text: what stands in it as a whole is made of them. */
export function runsOf(text: string): ReadonlySet<string> {
  return new Set(text.match(run));
}

/**
 * Whether a text of these runs may contain the value as a whole. Of thousands of values that it doesn't, this tells nearly all
 * without reading the text for each.
 */
export function mayContainWhole(runs: ReadonlySet<string>, value: string): boolean {
  return (value.match(run) ?? []).every((one) => runs.has(one));
}

const run = /[\p{L}\p{N}]+/gu;

/** Knuth, Morris and Pratt's: how much of a match is left when it fails. A plain search is quadratic in hostile texts. */
function bordersOf(value: string): Uint16Array {
  const borders = new Uint16Array(value.length);
  let length = 0;
  for (let at = 1; at < value.length; at += 1) {
    while (length > 0 && value.charCodeAt(at) !== value.charCodeAt(length))
      length = borders[length - 1] ?? 0;
    if (value.charCodeAt(at) === value.charCodeAt(length)) length += 1;
    borders[at] = length;
  }
  return borders;
}

/** Letters, digits, marks, invisible characters and money: right beside a value they make another one of it. */
const partOfWord = /[\p{L}\p{N}\p{M}\p{C}\p{Sc}_@/\\%]/u;
const joins = /[.\-'’+#&~$:=*\u2010-\u2015\u2212\uff0d\u3002\uff0e]/u;

/** Whether what stands there is a whole, as above. */
export function standsAlone(text: string, start: number, end: number): boolean {
  return mayPrecede(text, start) && mayFollow(text, end);
}

function mayPrecede(text: string, start: number): boolean {
  const [before, further] = [characterBefore(text, start), characterBefore(text, start - 1)];
  if (before === '' || /[\n\r\t]/.test(before)) return true;
  // `@ann`: a mention; `/ann` and `+49…` are other values.
  if (before === '@') return further === '' || /\s/.test(further);
  if (partOfWord.test(before) || before === '+' || before === '-') return false;
  // `account:4711`, `id=4711`, against `12:30`.
  if (before === ':' || before === '=') return !/[^\p{L}\s"'*]/u.test(further);
  if (before === '.' && isDigit(text.charAt(start))) return false;
  // `4,711` is a number; `4711,acct_1` a list.
  if (before === ',') return !(isDigit(further) && isDigit(text.charAt(start)));
  return !joins.test(before) || !continues(further);
}

function mayFollow(text: string, end: number): boolean {
  const [after, further] = [characterAt(text, end), characterAt(text, end + 1)];
  if (after === '' || /[\n\r\t]/.test(after)) return true;
  if (partOfWord.test(after)) return false;
  if ((after === "'" || after === '’') && further === 's')
    return !continues(characterAt(text, end + 2));
  if (after === ',') return !(isDigit(further) && isDigit(text.charAt(end - 1)));
  return !joins.test(after) || !continues(further);
}

function isDigit(character: string): boolean {
  return /^\p{N}$/u.test(character);
}

function continues(character: string): boolean {
  return character !== '' && !/[\n\r\t]/.test(character) && partOfWord.test(character);
}

function characterAt(text: string, at: number): string {
  const point = text.codePointAt(at);
  return point === undefined ? '' : String.fromCodePoint(point);
}

function characterBefore(text: string, at: number): string {
  const last = text.charAt(at - 1);
  return /[\udc00-\udfff]/.test(last) ? characterAt(text, at - 2) : last;
}
