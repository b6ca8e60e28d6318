/** Longer names aren't compared: nobody mistypes them by hand, and the comparison is quadratic. */
const comparedCharactersMax = 80;
const candidatesMax = 2_000;

/** The known name that was probably meant: null when none is near enough to be worth saying. */
export function nearest(written: string, known: Iterable<string>): string | null {
  if (written.length === 0 || written.length > comparedCharactersMax) return null;
  const wanted = plain(written);
  // One slip for a short name, three for a long one: `red` isn't `rate`.
  const distanceMax = Math.min(3, Math.max(1, Math.floor(wanted.length / 3)));
  let best: { readonly name: string; readonly distance: number } | null = null;
  let compared = 0;
  for (const name of known) {
    compared += 1;
    if (compared > candidatesMax) break;
    if (name === written || name.length > comparedCharactersMax) continue;
    const distance = editDistance(wanted, plain(name), distanceMax);
    if (distance <= distanceMax && (best === null || distance < best.distance)) {
      best = { name, distance };
    }
  }
  return best === null ? null : best.name;
}

export function didYouMean(written: string, known: Iterable<string>): string | null {
  const name = nearest(written, known);
  return name === null ? null : `did you mean \`${name}\`?`;
}

/** `maxRecipients`, `max-recipients` and `max_recipients` are one slip of style, not three of spelling. */
function plain(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll('-', '_');
}

/** Insertions, deletions, substitutions and swaps of neighbours; more than `limit` is `limit + 1`. */
function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) > limit) return limit + 1;
  let beforePrevious: readonly number[] = [];
  let previous: readonly number[] = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      let distance = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && swapped) {
        distance = Math.min(distance, (beforePrevious[column - 2] ?? 0) + 1);
      }
      current.push(distance);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[right.length] ?? limit + 1;
}
