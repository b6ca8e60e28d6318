/**
 * The text that a reader would see: compatibility forms (full-width, ligatures, mathematical letters) are what they
 * stand for, invisible characters are gone, and what HTML, URLs and JSON escape is written out. Both sides of a
 * comparison go through it, so that an escape never tells them apart.
 */
export function plainText(text: string): string {
  if (!special.test(text)) return text;
  return unescaped(text).normalize('NFKD').replace(invisible, '');
}

const special = /[&%\\=]|[^\0-\x7f]/;

/** Formats, fillers, variation selectors and tags; of invisible marks only those that hide between letters. */
const invisible = /\p{Default_Ignorable_Code_Point}/gu;

/** Named ones that stand for letters would only matter where a model writes every letter of a secret by name. */
const named = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
  ['shy', ''],
  ['zwj', ''],
  ['zwnj', ''],
]);

const escapes =
  /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-z]{2,4}));|((?:%[0-9a-fA-F]{2})+)|\\(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|([nrt]))|(?:=\r?\n)|((?:=[0-9A-F]{2}){2,})/g;

const utf8 = new TextDecoder();

function unescaped(text: string): string {
  return text.replace(
    escapes,
    (
      written: string,
      decimal?: string,
      hex?: string,
      name?: string,
      percents?: string,
      unit?: string,
      point?: string,
      byte?: string,
      space?: string,
      quoted?: string,
    ) => {
      if (decimal !== undefined) return characterOf(Number.parseInt(decimal, 10));
      const code = hex ?? unit ?? point ?? byte;
      if (code !== undefined) return characterOf(Number.parseInt(code, 16));
      if (name !== undefined) return named.get(name) ?? written;
      if (space !== undefined) return ' ';
      const bytes = percents ?? quoted;
      return bytes === undefined ? '' : utf8.decode(bytesOf(bytes.replaceAll(/[%=]/g, '')));
    },
  );
}

function characterOf(code: number): string {
  if (code < 0x10000) return String.fromCharCode(code);
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, at) =>
    Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16),
  );
}
