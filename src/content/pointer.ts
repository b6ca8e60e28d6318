/**
 * RFC 6901 pointers plus two forms of ours: a segment `*` is every element of an array, a final `*~keys` the
 * keys of a map. A literal segment `*` can't be named; no tool that we met has one.
 */
export interface Pointer {
  readonly text: string;
  readonly segments: readonly PointerSegment[];
}

export type PointerSegment =
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'each' }
  | { readonly type: 'keys' };
