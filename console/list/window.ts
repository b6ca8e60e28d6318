/** Which rows of a long list there need to be: those in sight, and some on both sides. */

export interface ListPlace {
  readonly rowPx: number;
  readonly count: number;
  /** Of the list that has gone above the window's edge; negative: the list begins below it. */
  readonly abovePx: number;
  readonly windowPx: number;
}

export interface RowsShown {
  readonly first: number;
  /** The first one that isn't there. */
  readonly end: number;
  readonly beforePx: number;
  readonly afterPx: number;
}

const spareRows = 12;

export function rowsShown({ rowPx, count, abovePx, windowPx }: ListPlace): RowsShown {
  const within = (row: number) => Math.max(0, Math.min(count, row));
  const first = within(Math.floor(abovePx / rowPx) - spareRows);
  const end = within(Math.ceil((abovePx + windowPx) / rowPx) + spareRows);
  return { first, end, beforePx: first * rowPx, afterPx: (count - end) * rowPx };
}
