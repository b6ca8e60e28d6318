/** A text that is written character by character: by its numbers, or by characters that nobody sees. */

/** `72 101 108`, as prompts write it; shorter ones are a table's cells. */
const decimals = /(?<![\p{L}\p{N}])\d{2,3}(?:[ \t\r\n,;]{1,3}\d{2,3}){3,}/gu;
/** `01001000 01100101`, with or without breaks. */
const bits = /(?<![\p{L}\p{N}])[01]{8}(?:[ \t\r\n,]{0,3}[01]{8}){3,}/gu;
/** A sign of Braille for each byte. */
const dots = /[\u2800-\u28ff]{4,}/g;

export function fromCodes(text: string): string {
  return text
    .replace(bits, (run) =>
      characters(run.match(/[01]{8}/g) ?? [], (eight) => Number.parseInt(eight, 2)),
    )
    .replace(decimals, (run) => characters(run.match(/\d+/g) ?? [], Number))
    .replace(dots, (run) => characters(run.split(''), (sign) => sign.charCodeAt(0) - 0x2800));
}

function characters(codes: readonly string[], codeOf: (code: string) => number): string {
  return codes
    .map((code) => {
      const value = codeOf(code);
      return value < 0x20 || value > 0x3ff ? ' ' : String.fromCharCode(value);
    })
    .join('');
}

const tags = /[\u{e0020}-\u{e007e}]|[\u{e0100}-\u{e01ef}]|[\ufe00-\ufe0f]/gu;
const utf8 = new TextDecoder();

/**
 * What a text says in tags, one for each letter, or in variation selectors, one for each byte. Whoever reads it sees
 * nothing; a program that receives it reads it all. Null: there is nothing of the sort.
 */
export function hiddenText(text: string): string | null {
  const found = text.match(tags) ?? [];
  if (found.length < hiddenMin) return null;
  const bytes = found.map((character) => byteOf(character.codePointAt(0) ?? 0));
  return utf8.decode(Uint8Array.from(bytes));
}

/** A flag takes up to seven, and an emoji one. */
const hiddenMin = 4;

function byteOf(code: number): number {
  if (code >= 0xe0100) return code - 0xe0100 + 16;
  return code >= 0xe0000 ? code - 0xe0000 : code - 0xfe00;
}
