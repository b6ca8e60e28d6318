/** What marks a result of one call: random, so that nobody who writes a text can write these. */
export interface Marks {
  /** Stands at both ends of a frame, and of each span that is marked within: 144 random bits, base64url. */
  readonly boundary: string;
  /** Of the run: equal values get equal placeholders within it, and others elsewhere. */
  readonly placeholderKey: string;
}
