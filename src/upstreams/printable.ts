/**
 * Text of an upstream as a terminal may show it: control and direction characters written out, so that it can neither
 * move the cursor, nor repaint what a person is reviewing, nor show letters in another order than they have.
 */
export function printable(text: string, charactersMax: number): string {
  const cut = text.length > charactersMax ? `${text.slice(0, charactersMax)}…` : text;
  return cut
    .toWellFormed()
    .replace(hidden, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Controls save tab, format characters (directions, zero width, tags), line and paragraph separators, private use. */
const hidden = /(?!\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu;
