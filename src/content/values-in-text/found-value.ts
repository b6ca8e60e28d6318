/** One place of a text that a person reads as an address, a URL, an account or a phone number. */
export interface FoundValue {
  /** `phone` is a recipient of the form `phone`; a `recipient` here is an e-mail address. */
  readonly kind: 'recipient' | 'phone' | 'url' | 'account';
  /** What `parseKind` of that kind gives as key: the whole value, compared as a whole. */
  readonly key: string;
  /** Where it stands, in UTF-16 units; `end` is the first behind it. */
  readonly start: number;
  readonly end: number;
  readonly written: string;
}

/** One place of a text that some program turns into a link, or loads. */
export interface FoundLink {
  /** `recipient` and `phone` for `mailto:` and `tel:`. */
  readonly kind: 'recipient' | 'phone' | 'url';
  /** As in a `FoundValue`; null where programs may find different places in it: it equals nothing. */
  readonly key: string | null;
  readonly start: number;
  readonly end: number;
  readonly written: string;
}

/** A stretch of a text that is spoken for: what stands inside a URL is no address of its own. */
export interface Span {
  readonly start: number;
  readonly end: number;
}
