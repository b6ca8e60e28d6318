/** Replacing stretches of a text, and knowing afterwards where the rest of it went. */

export interface Edit {
  /** Half-open, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

export interface Edited {
  readonly text: string;
  /** Where a place of the old text is now; of one within an edit, that edit's start or its end. */
  readonly placeOf: (at: number, side: 'start' | 'end') => number;
}

/** @param edits - in order, none within or across another. */
export function applyEdits(text: string, edits: readonly Edit[]): Edited {
  if (edits.length === 0) return { text, placeOf: unmoved };
  let written = '';
  let from = 0;
  /** Of each edit, where its replacement begins in the new text. */
  const starts: number[] = [];
  for (const { start, end, replacement } of edits) {
    written += text.slice(from, start);
    starts.push(written.length);
    written += replacement;
    from = end;
  }
  const placeOf = (at: number, side: 'start' | 'end'): number => {
    const index = lastBefore(edits, at);
    const edit = edits[index];
    const start = starts[index];
    if (edit === undefined || start === undefined) return at;
    const end = start + edit.replacement.length;
    if (at >= edit.end) return end + at - edit.end;
    return side === 'start' ? start : end;
  };
  return { text: written + text.slice(from), placeOf };
}

function unmoved(at: number): number {
  return at;
}

/** The last edit that begins before a place, by halves; -1: none does. */
function lastBefore(edits: readonly Edit[], at: number): number {
  let low = 0;
  let high = edits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edits[middle]?.start ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** What touches, or has at most `gap` units between, becomes one. */
export function merged(stretches: readonly Stretch[], gap: number = 0): readonly Stretch[] {
  const inOrder = stretches
    .filter(({ start, end }) => start < end)
    .toSorted((a, b) => a.start - b.start);
  const result: Stretch[] = [];
  for (const { start, end } of inOrder) {
    const last = result.at(-1);
    if (last !== undefined && start <= last.end + gap)
      result[result.length - 1] = { start: last.start, end: Math.max(last.end, end) };
    else result.push({ start, end });
  }
  return result;
}
