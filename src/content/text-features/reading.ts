import { changedParts, type Span } from './changed-parts.ts';
import { type Decoder, type Decoding, hasWords, rotatedUnit } from './decodings.ts';
import { FirstLook } from './first-look.ts';
import { asItStands, type Rewriting, type Turn, WordOrders } from './word-orders.ts';

/** One way of reading a text that leaves. */
export interface Reading {
  /** Outermost first; empty for the text as it stands. */
  readonly decodings: readonly Decoding[];
  /** False: there is more to read than the bounds allow. */
  readonly complete: boolean;
  readonly text: string;
  readonly length: number;
  /** Its first and last units; -1 where there are none. Of one that is turned twice they aren't asked for, and aren't right. */
  readonly first: number;
  readonly last: number;
  /** Whose words it has, and how it rewrites them; null: it isn't known how. */
  readonly origin: WrittenReading;
  readonly rewriting: Rewriting | null;
  /** Another text with all done to it that makes this one of its origin's. */
  turned(text: string): string;
  /** False: nothing is to be found that way. */
  mayBeRead(decoding: Decoding): boolean;
  /** Whether it has letters that ROT13 turns, or words to put in another order. */
  hasFor(turn: Turn): boolean;
}

interface Changed {
  readonly above: Reading;
  readonly spans: readonly Span[];
}

export class WrittenReading implements Reading {
  readonly decodings: readonly Decoding[];
  readonly text: string;
  readonly complete: boolean;
  readonly length: number;
  readonly first: number;
  readonly last: number;
  readonly rewriting: Rewriting = asItStands;
  #look: FirstLook | null = null;
  #words: WordOrders | null | undefined;
  /** The reading that it differs from in some places alone; null: from the one above in any. */
  readonly changed: Changed | null;
  #parts: readonly WrittenReading[] | null = null;

  constructor(
    decodings: readonly Decoding[],
    text: string,
    complete = true,
    changed: Changed | null = null,
  ) {
    this.decodings = decodings;
    this.text = text;
    this.complete = complete;
    this.changed = changed;
    this.length = text.length;
    this.first = this.length === 0 ? -1 : text.charCodeAt(0);
    this.last = this.length === 0 ? -1 : text.charCodeAt(this.length - 1);
  }

  get origin(): this {
    return this;
  }

  get look(): FirstLook {
    this.#look ??= new FirstLook(this.text);
    return this.#look;
  }

  /** Null: words alone don't tell what it says. */
  get words(): WordOrders | null {
    if (this.#words === undefined) this.#words = WordOrders.of(this.text);
    return this.#words;
  }

  turned(text: string): string {
    return text;
  }

  /** All that it is made of and the other one isn't. */
  get changedParts(): readonly WrittenReading[] {
    this.#parts ??= changedParts(this.text, this.changed?.spans ?? []).map(
      (part) => new WrittenReading(this.decodings, part),
    );
    return this.#parts;
  }

  mayBeRead(decoding: Decoding): boolean {
    return this.look.mayBeRead(decoding, null);
  }

  hasFor(turn: Turn): boolean {
    if (turn === 'words reversed') return this.look.tokens > 1 || hasWords(this.text);
    return turn === 'ROT13' && this.look.hasLetters;
  }
}

/** Written out when somebody asks what it says: all else is told by the text that it turns. */
export class TurnedReading implements Reading {
  readonly decodings: readonly Decoding[];
  readonly complete = true;
  readonly length: number;
  readonly first: number;
  readonly last: number;
  readonly origin: WrittenReading;
  readonly rewriting: Rewriting | null;
  readonly #above: Reading;
  readonly #turn: Turn;
  readonly #decoder: Decoder;
  #text: string | null = null;

  constructor(above: Reading, turn: Turn, decoder: Decoder) {
    this.decodings = [...above.decodings, turn];
    this.origin = above.origin;
    this.rewriting = above.rewriting?.turned.get(turn) ?? null;
    this.#above = above;
    this.#turn = turn;
    this.#decoder = decoder;
    const ends = endsOf(above, turn);
    this.length = turn === 'words reversed' ? above.origin.look.lengthInTokens : above.length;
    this.first = ends[0];
    this.last = ends[1];
  }

  get text(): string {
    this.#text ??= this.turned(this.origin.text);
    return this.#text;
  }

  turned(text: string): string {
    const above = this.#above.turned(text);
    return this.#decoder(above) ?? above;
  }

  mayBeRead(decoding: Decoding): boolean {
    return this.origin.look.mayBeRead(decoding, this.#turn);
  }

  hasFor(turn: Turn): boolean {
    return this.origin.hasFor(turn);
  }
}

/** The first and the last unit. */
function endsOf({ first, last, origin: { look } }: Reading, turn: Turn): readonly [number, number] {
  switch (turn) {
    case 'ROT13':
      return [rotatedUnit(first), rotatedUnit(last)];
    case 'letters reversed':
      return [last, first];
    case 'words reversed':
      return [look.lastTokenFirst, look.firstTokenLast];
  }
}
