/** What a detector saw in one text, and where. Detectors inform: nothing is allowed because one of them saw nothing. */
export interface Sighting {
  /** What it is, in the words of its detector: `card`, `private_key`, `override`. */
  readonly type: string;
  /** Half-open, in UTF-16 units of the text as it stands. */
  readonly start: number;
  readonly end: number;
  /** How sure the detector is: above 0, at most 1. */
  readonly score: number;
}

/** What the screen for instructions said of a text. */
export interface Screening {
  /** 0 to 1: of all that was seen together. More text never lowers it. */
  readonly score: number;
  readonly sightings: readonly Sighting[];
  /** False: the text nests or goes on further than anybody looked. */
  readonly complete: boolean;
}

/** What a detector of somebody else's said; `failed`: it didn't answer in time, or nothing that could be read. */
export type ModelScore =
  | { readonly type: 'scored'; readonly score: number }
  | { readonly type: 'failed'; readonly reason: string };

/** What every detector said of one text; null: it wasn't asked. Plain data: it comes from a worker. */
export interface TextScan {
  readonly injection: Screening | null;
  readonly pii: readonly Sighting[] | null;
  readonly secrets: readonly Sighting[] | null;
  readonly model: ModelScore | null;
}

/** By the text itself. A text that isn't here was not looked at, and that is no good news of it. */
export type Scans = ReadonlyMap<string, TextScan>;
