/** Where in a result's data a text gives orders: later calls ask whether a value of theirs stands there. */
import { limits } from '../limits.ts';
import type { ResultData } from './data.ts';

const structured = '/structuredContent';
const firstText = '/content/0/text';

/** Whoever names a field by a whole text would have it written down once for each place in it. */
const placeUnitsMax = 1_024;

/**
 * RFC 6901 in the data. A text beside structured data usually says the same once more; one that says what the data doesn't
 * makes the whole suspect, and so do more or longer places than are kept: coarser, never cleaner.
 */
export function flaggedPlaces(
  pointers: readonly string[],
  data: ResultData | null,
): readonly string[] {
  if (pointers.length === 0) return [];
  const root = data?.from === 'structured' ? structured : data?.from === 'text' ? firstText : null;
  const inData =
    root === null
      ? []
      : pointers.filter((one) => one.startsWith(`${root}/`)).map((one) => one.slice(root.length));
  const places = new Set(inData);
  const isTooMuch =
    places.size > limits.flaggedPlacesMax || inData.some((place) => place.length > placeUnitsMax);
  return places.size === 0 || isTooMuch ? [''] : [...places];
}
