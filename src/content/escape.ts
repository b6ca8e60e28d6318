/** Longer text is no line of a log, and no name that a person reads. */
const charactersMaxDefault = 4_096;

/**
 * Text that others wrote, as a terminal or a log may show it: what could move the cursor, repaint what a person is
 * reviewing, begin a line that we didn't write, or show letters in another order or not at all, is written out.
 * A tab becomes a space; half a surrogate pair U+FFFD.
 */
export function printable(text: string, charactersMax: number = charactersMaxDefault): string {
  const cut = text.length > charactersMax ? `${text.slice(0, charactersMax)}…` : text;
  return cut.toWellFormed().replace(hostile, written);
}

/** Lines of ours with others' words in them: the lines stay, whatever else a terminal would act on is written out. */
export function printableLines(text: string): string {
  return text
    .split('\n')
    .map((line) => printable(line, Number.POSITIVE_INFINITY))
    .join('\n');
}

/**
 * The same JSON, in characters that a terminal shows and nothing else. JSON itself only has to escape below U+0020: the
 * eight-bit controls and the directions of letters would pass.
 */
export function printableJson(json: string): string {
  return json.replace(hostile, (character) =>
    character === '\n' ? character : escaped(character),
  );
}

/** As JSON writes it: a pair of surrogates beyond U+FFFF. */
function escaped(character: string): string {
  let units = '';
  for (let at = 0; at < character.length; at += 1) {
    units += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }
  return units;
}

function written(character: string): string {
  if (character === '\t') return ' ';
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/**
 * Controls; formats (directions, zero width, tags); separators of lines and paragraphs; private use and unassigned; and
 * what is invisible although it is a letter or a mark (fillers, variation selectors), save the one that emoji end in.
 */
const hostile =
  /(?!\ufe0f)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}]/gu;
