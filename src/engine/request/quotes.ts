/** A value that the request quotes, with where it stands, marks included. */
export interface Quote {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** A longer one is a quoted text, of which an unpaired mark may be the beginning. */
const quoteUnitsMax = 4_000;

const closers: { readonly [opener: string]: string } = {
  '"': '"',
  "'": "'",
  '`': '`',
  '“': '”',
  '„': '“”',
  '‘': '’',
  '«': '»',
};

/**
 * Quoted values, by both their marks: an opening mark stands after no letter, a closing one before none, so that the
 * apostrophes of "Ann's" and "the users' files" quote nothing. Linear: each mark is looked for once from the right.
 */
export function quotesOf(text: string): readonly Quote[] {
  const ending = closingPlaces(text);
  const found: Quote[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const marks = closers[text[at] ?? ''];
    if (marks === undefined || isLetter(text[at - 1]) || isSpace(text[at + 1])) continue;
    const close = nearest(marks, at);
    if (close < 0 || close - at > quoteUnitsMax) continue;
    found.push({ value: text.slice(at + 1, close), start: at, end: close + 1 });
    at = close;
  }
  return found;

  function nearest(marks: string, at: number): number {
    let best = -1;
    for (const mark of marks) {
      const places = ending.get(mark);
      while (places !== undefined && (places.at(-1) ?? Number.POSITIVE_INFINITY) <= at + 1) {
        places.pop();
      }
      const place = places?.at(-1);
      if (place !== undefined && (best < 0 || place < best)) best = place;
    }
    return best;
  }
}

/** By mark, where it may close a quote, the first place last. */
function closingPlaces(text: string): Map<string, number[]> {
  const places = new Map<string, number[]>();
  const marks = new Set(Object.values(closers).join(''));
  for (let at = text.length - 1; at > 0; at -= 1) {
    const mark = text[at] ?? '';
    if (!marks.has(mark) || isLetter(text[at + 1]) || isSpace(text[at - 1])) continue;
    const known = places.get(mark);
    if (known === undefined) places.set(mark, [at]);
    else known.push(at);
  }
  return places;
}

function isLetter(unit: string | undefined): boolean {
  return unit !== undefined && /[\p{L}\p{N}]/u.test(unit);
}

function isSpace(unit: string | undefined): boolean {
  return unit === undefined || /\s/u.test(unit);
}
