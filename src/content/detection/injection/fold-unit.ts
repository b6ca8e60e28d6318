/** What one character is read as. Facts of Unicode, found once each. */

const cached: (string | undefined)[] = [];

/** Nothing, a letter, or the few that a ligature stands for. */
export function foldedUnit(point: number): string {
  if (point < 0x10000) {
    const known = cached[point];
    if (known !== undefined) return known;
    const folded = find(point);
    cached[point] = folded;
    return folded;
  }
  return isFolded(point) ? find(point) : String.fromCodePoint(point);
}

export function isAsciiAlphanumeric(unit: number): boolean {
  const small = unit | 0x20;
  return (small >= 0x61 && small <= 0x7a) || (unit >= 0x30 && unit <= 0x39);
}

/** Beyond the basic plane: mathematical and enclosed letters, and what nobody sees. The rest are signs of their own. */
function isFolded(point: number): boolean {
  return (
    (point >= 0x1d400 && point <= 0x1d7ff) ||
    (point >= 0x1f100 && point <= 0x1f1ff) ||
    (point >= 0xe0000 && point <= 0xe0fff)
  );
}

/** Letters of other scripts that look like Latin ones, in small letters. */
const lookAlikes: ReadonlyMap<string, string> = new Map(
  Object.entries({
    a: 'аɑα',
    b: 'ьβƅ',
    c: 'сϲᴄ',
    d: 'ԁɗᴅ',
    e: 'еєεҽᴇ',
    g: 'ɡց',
    h: 'һհн',
    i: 'іıιӏɩ',
    j: 'јϳ',
    k: 'кκᴋ',
    l: 'ⅼǀ',
    m: 'мⅿᴍ',
    n: 'ոηռ',
    o: 'оοօøᴏ',
    p: 'рρ',
    q: 'ԛգ',
    r: 'ᴦɼг',
    s: 'ѕꜱ',
    t: 'тτᴛ',
    u: 'υսᴜ',
    v: 'νѵᴠ',
    w: 'ԝωшᴡ',
    x: 'хχ',
    y: 'уγү',
    z: 'ζᴢ',
    '"': '“”„‟«»「」『』″',
    "'": '‘’‚‛‹›′ʼ＇',
    '-': '‐‑‒–—―−',
    '.': '。·․',
    ',': '、',
    '/': '⁄∕',
    ':': '：ː∶',
  }).flatMap(([letter, alikes]) => Array.from(alikes, (alike) => [alike, letter] as const)),
);

/** What a ligature stands for at most; longer ones are signs that stand for a phrase. */
const lettersMax = 4;

function find(point: number): string {
  const character = String.fromCodePoint(point);
  if (point >= 0xd800 && point <= 0xdfff) return character;
  if (/\p{Default_Ignorable_Code_Point}|[\u200b-\u200f\u202a-\u202e\u2060-\u206f]/u.test(character))
    return '';
  // Syllables of Hangul would only fall into their parts.
  if (point >= 0xac00 && point <= 0xd7a3) return character;
  const enclosed = (point - 0x1f130) % 0x20;
  if (point >= 0x1f130 && point <= 0x1f189 && enclosed < 26)
    return String.fromCharCode(0x61 + enclosed);
  const lower = (lookAlikes.get(character) ?? character).toLowerCase();
  const plain = lower
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mn}/gu, '');
  if (plain.length > lettersMax) return lower;
  return Array.from(plain, (letter) => lookAlikes.get(letter) ?? letter).join('');
}
