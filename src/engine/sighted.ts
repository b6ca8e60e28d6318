import { detectorVersions } from '../content/detection/scan.ts';
import type { Sighting } from '../content/detection/sighting.ts';
import type { JsonObject } from '../content/value.ts';

/** More places than this help nobody who has to decide. */
export const sightedShownMax = 10;

/** A field's name may be a text of its own. */
export const sightedPlaceMax = 256;

/** What a person is told of a sighting: what it is, who says so, and where. Never the value: the record is kept for ever. */
export function sighted(
  detector: keyof typeof detectorVersions,
  at: string,
  { type, start, end, score }: Sighting,
): JsonObject {
  return {
    detector,
    version: detectorVersions[detector],
    type,
    at: at.slice(0, sightedPlaceMax),
    start,
    end,
    score,
  };
}
