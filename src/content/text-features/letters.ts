/**
 * What a UTF-16 unit is to the comparison of texts. Texts that a reader sees as the same must give the same letters,
 * whoever spells them: a model that carries something out writes full-width, with accents, or with the Cyrillic `а`.
 */

/** Ends a word. */
export const separator = 0;
/** Isn't there: a reader doesn't see it, or only as a stroke on a letter. It ends no word. */
export const dropped = 1;

/** The letter or digit that a unit is read as, in lower case; or `separator`; or `dropped`. */
export function letterOf(unit: number): number {
  if (unit < 0x80) return ascii[unit] ?? separator;
  const known = beyondAscii[unit] ?? 0;
  if (known !== 0) return known - 1;
  const letter = findLetter(unit);
  beyondAscii[unit] = letter + 1;
  return letter;
}

/**
 * How much one letter of a script that writes no spaces is worth, where a word is worth `wordWeight`; 0 for the others.
 * Two signs of Chinese are about a word; in Thai an alphabet's letters stand without spaces.
 */
export function unspacedWeight(letter: number): number {
  if (letter < firstUnspaced) return 0;
  if (letter <= 0x0eff) return 2;
  if (letter >= 0x1000 && letter <= 0x109f) return 2;
  if (letter >= 0x1780 && letter <= 0x17ff) return 2;
  if (letter >= 0x3040 && letter <= 0x30ff) return 3;
  if (letter >= 0x3400 && letter <= 0x9fff) return 4;
  // A pair of surrogates: what is a letter there is an ideograph, but for scripts that hardly anyone writes.
  return letter >= 0xd800 && letter <= 0xdbff ? 4 : 0;
}

export const wordWeight = 6;
export const firstUnspaced = 0x0e00;

/** Joins the halves of a word on both sides alike, so `company's` stays one. */
const apostrophe = 0x27;

const ascii = Uint8Array.from({ length: 0x80 }, (_, unit) => {
  const character = String.fromCharCode(unit);
  if (/[0-9a-z]/.test(character)) return unit;
  if (/[A-Z]/.test(character)) return unit + 0x20;
  if (unit === apostrophe || /[^\s -~]/.test(character)) return dropped;
  return separator;
});

/** Facts of Unicode, found once: the letter and one, or 0 where nobody has asked yet. */
const beyondAscii = new Uint16Array(0x10000);

/** Letters of other scripts that look like Latin ones, as they are written in lower case. */
const lookAlikes = new Map<string, string>(
  [
    ['аɑα', 'a'],
    ['вβ', 'b'],
    ['сϲ', 'c'],
    ['ԁđ', 'd'],
    ['еєε', 'e'],
    ['һнη', 'h'],
    ['іıι', 'i'],
    ['ј', 'j'],
    ['кκ', 'k'],
    ['ӏł', 'l'],
    ['мμ', 'm'],
    ['оοօø', 'o'],
    ['рρ', 'p'],
    ['ԛ', 'q'],
    ['ѕ', 's'],
    ['тτ', 't'],
    ['υս', 'u'],
    ['νѵ', 'v'],
    ['ԝω', 'w'],
    ['хχ', 'x'],
    ['уγ', 'y'],
    ['ζ', 'z'],
    ['ς', 'σ'],
  ].flatMap(([alike = '', letter = '']) => Array.from(alike, (one) => [one, letter] as const)),
);

function findLetter(unit: number): number {
  // The first half of a pair stands for both: which letter it is, the second half says, and `isPairedLetter`.
  if (unit >= 0xd800 && unit <= 0xdfff) return unit;
  const character = String.fromCharCode(unit);
  if (character === '’' || character === 'ʼ') return dropped;
  if (/[\p{Cf}\p{Default_Ignorable_Code_Point}]/u.test(character)) return dropped;
  // Strokes and accents on letters; the marks of Indic and other scripts are vowels, and stay.
  if (/[\p{Script=Inherited}\u0483-\u0489]/u.test(character) && /\p{M}/u.test(character)) {
    return dropped;
  }
  if (/\p{Nd}/u.test(character)) return 0x30 + digitOf(unit);
  if (!/[\p{L}\p{N}\p{M}]/u.test(character)) return separator;
  const lower = character.toLowerCase();
  const letter = (lookAlikes.get(lower) ?? lower).charCodeAt(0);
  return letter > dropped ? letter : separator;
}

/** Every script's ten digits stand in a row. */
function digitOf(unit: number): number {
  let digit = 0;
  while (digit < 9 && /\p{Nd}/u.test(String.fromCharCode(unit - digit - 1))) digit += 1;
  return digit;
}

const letterBeyond = /[\p{L}\p{N}]/u;

/** Whether the pair of surrogates at this place is a letter; half a pair isn't. */
export function isPairedLetter(text: string, at: number): boolean {
  const point = text.codePointAt(at) ?? 0;
  if (point < 0x10000) return false;
  return (point >= 0x20000 && point <= 0x323af) || letterBeyond.test(String.fromCodePoint(point));
}
