/** Parts of a text that are pointed at: offsets in UTF-16, as Sallyport records them. */

export interface Mark<As extends string = string> {
  readonly start: number;
  readonly end: number;
  readonly as: As;
}

export interface Piece<As extends string> {
  readonly text: string;
  /** Everything it is marked as, in the order of the marks. */
  readonly as: readonly As[];
}

/** The text in order, cut where a mark begins or ends. Marks may overlap, and may lie beyond the text. */
export function piecesOf<As extends string>(
  text: string,
  marks: readonly Mark<As>[],
): readonly Piece<As>[] {
  const cuts = new Set([0, text.length]);
  for (const { start, end } of marks) {
    for (const at of [start, end]) if (at > 0 && at < text.length) cuts.add(wholeAt(text, at));
  }
  const places = [...cuts].sort((one, other) => one - other);
  return places.slice(0, -1).map((from, index) => {
    const to = places[index + 1] ?? text.length;
    const as = marks.flatMap((mark) => (mark.start < to && mark.end > from ? [mark.as] : []));
    return { text: text.slice(from, to), as: [...new Set(as)] };
  });
}

/** Never between the halves of a character. */
function wholeAt(text: string, at: number): number {
  return /[\udc00-\udfff]/.test(text.charAt(at)) && /[\ud800-\udbff]/.test(text.charAt(at - 1))
    ? at - 1
    : at;
}
