/**
 * A stranger's text, cut into what a reader sees as it is and what they would not see, or see in another place than it
 * stands: that is shown by its name. Whoever wrote the text wants an approver to read something else.
 */

export type Token =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'unseen';
      /** `U+202E`. */
      readonly code: string;
      /** `right-to-left override`; the code again where the character has no common name. */
      readonly name: string;
      readonly times: number;
    };

const names = new Map<number, string>([
  [0x09, 'tab'],
  [0x0a, 'line break'],
  [0x0d, 'carriage return'],
  [0x1b, 'escape'],
  [0x7f, 'delete'],
  [0xa0, 'no-break space'],
  [0xad, 'soft hyphen'],
  [0x034f, 'grapheme joiner'],
  [0x061c, 'Arabic letter mark'],
  [0x115f, 'Hangul filler'],
  [0x1160, 'Hangul filler'],
  [0x180e, 'Mongolian vowel separator'],
  [0x200b, 'zero-width space'],
  [0x200c, 'zero-width non-joiner'],
  [0x200d, 'zero-width joiner'],
  [0x200e, 'left-to-right mark'],
  [0x200f, 'right-to-left mark'],
  [0x2028, 'line separator'],
  [0x2029, 'paragraph separator'],
  [0x202a, 'left-to-right embedding'],
  [0x202b, 'right-to-left embedding'],
  [0x202c, 'end of direction'],
  [0x202d, 'left-to-right override'],
  [0x202e, 'right-to-left override'],
  [0x202f, 'narrow no-break space'],
  [0x2060, 'word joiner'],
  [0x2066, 'left-to-right isolate'],
  [0x2067, 'right-to-left isolate'],
  [0x2068, 'first strong isolate'],
  [0x2069, 'end of isolate'],
  [0x2800, 'blank Braille pattern'],
  [0x3000, 'wide space'],
  [0x3164, 'Hangul filler'],
  [0xfe0f, 'variation selector'],
  [0xfeff, 'byte order mark'],
  [0xffa0, 'Hangul filler'],
]);

/** Controls, formats, separators, spaces but the ordinary one, lone surrogates, nothing's letters, and a sixth accent on one letter. */
const unseen =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}|(?<=\p{M}{5})\p{M}/gu;

/** What makes one picture of several is a picture's own. */
const pictures =
  /(?<=\p{Extended_Pictographic})\ufe0f|(?<=\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]?)\u200d(?=\p{Extended_Pictographic})/gu;

/** @param lines - whether line breaks and tabs stay what they are: in a block of text, not in a line. */
export function tokensOf(text: string, lines: boolean): readonly Token[] {
  const kept = new Set(Array.from(text.matchAll(pictures), ({ index }) => index));
  const tokens: Token[] = [];
  let shownUntil = 0;
  const show = (end: number) => {
    if (end > shownUntil) tokens.push({ type: 'text', text: text.slice(shownUntil, end) });
  };
  for (const { 0: character, index } of text.matchAll(unseen)) {
    if (kept.has(index) || (lines && (character === '\n' || character === '\t'))) continue;
    show(index);
    shownUntil = index + character.length;
    const point = character.codePointAt(0) ?? 0;
    const code = codeOf(point);
    const last = tokens.at(-1);
    if (last?.type === 'unseen' && last.code === code)
      tokens[tokens.length - 1] = { ...last, times: last.times + 1 };
    else tokens.push({ type: 'unseen', code, name: nameOf(point) ?? code, times: 1 });
  }
  show(text.length);
  return tokens;
}

export function codeOf(point: number): string {
  return `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
}

function nameOf(point: number): string | null {
  // A copy of ASCII that nobody sees, and models read.
  if (point > 0xe0020 && point < 0xe007f)
    return `invisible ${String.fromCharCode(point - 0xe0000)}`;
  return names.get(point) ?? null;
}
