import { isHighSurrogate, isLowSurrogate } from '../../utf8.ts';
import { escapeAt } from './escapes.ts';
import { foldedUnit, isAsciiAlphanumeric } from './fold-unit.ts';

/**
 * A text as the patterns read it: small letters, without accents, look-alikes as the Latin letter they imitate, escapes
 * written out, nothing that a reader doesn't see.
 */
export interface Folded {
  readonly text: string;
  /** Of each unit and of the end, its place in the text as it stands; null: the same. */
  readonly places: Int32Array | null;
  /** Places in the folded text at which a letter was written so that a reader takes it for something else, ascending. */
  readonly disguises: readonly number[];
}

const foldedAlready = /^[^&%\\\x80-\uffff]*$/;
/** `%2569`, `&amp;#73;`: an escape that only appears once another one is written out. */
const foldingsMax = 3;

/** Runs of tags and variation selectors are left out here: what they say is read by itself. */
export function fold(text: string): Folded {
  if (foldedAlready.test(text)) return { text: text.toLowerCase(), places: null, disguises: [] };
  let folded = foldOnce(text);
  for (let round = 1; round < foldingsMax && folded.wroteEscape; round += 1) {
    const next = foldOnce(folded.text);
    folded = {
      text: next.text,
      places: next.places.map((place) => folded.places[place] ?? 0),
      disguises: merged(
        next.disguises,
        folded.disguises.map((at) => placeAfter(next.places, at)),
      ),
      wroteEscape: next.wroteEscape,
    };
  }
  return folded;
}

/** Of ascending places, which is the first that isn't before this one; the number of them, if all are. */
export function placeAfter(places: Int32Array, place: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface FoldedOnce {
  readonly text: string;
  readonly places: Int32Array;
  readonly disguises: readonly number[];
  readonly wroteEscape: boolean;
}

function foldOnce(text: string): FoldedOnce {
  const writing = new Writing(text.length);
  for (let at = 0; at < text.length; ) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80 && unit !== 0x26 && unit !== 0x25 && unit !== 0x5c) {
      writing.write(unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit, at);
      at += 1;
    } else if (unit < 0x80) {
      const escaped = escapeAt(text, at);
      if (escaped.end === at + 1) writing.write(escaped.point, at);
      else writing.escaped(escaped.point, at, escaped.hidesLetter);
      at = escaped.end;
    } else if (isHighSurrogate(unit) && isLowSurrogate(text.charCodeAt(at + 1))) {
      writing.point(text.codePointAt(at) ?? 0, at);
      at += 2;
    } else {
      writing.point(unit, at);
      if (foldedUnit(unit) === '' && breaksWord(text, at, unit)) writing.disguise();
      at += 1;
    }
  }
  return writing.end(text.length);
}

/** Invisible, and yet between two letters of a Latin word. A soft hyphen is there honestly. */
function breaksWord(text: string, at: number, unit: number): boolean {
  return (
    unit >= 0x2000 &&
    isAsciiAlphanumeric(text.charCodeAt(at - 1)) &&
    isAsciiAlphanumeric(text.charCodeAt(at + 1))
  );
}

const utf16 = new TextDecoder('utf-16le', { ignoreBOM: true });

class Writing {
  #units: Uint16Array;
  #places: Int32Array;
  #length = 0;
  readonly #disguises: number[] = [];
  #wroteEscape = false;

  constructor(length: number) {
    this.#units = new Uint16Array(length + 8);
    this.#places = new Int32Array(length + 8);
  }

  write(unit: number, place: number): void {
    if (this.#length + 1 >= this.#units.length) this.#grow();
    this.#units[this.#length] = unit;
    this.#places[this.#length] = place;
    this.#length += 1;
  }

  point(point: number, place: number): void {
    const folded = foldedUnit(point);
    for (let at = 0; at < folded.length; at += 1) this.write(folded.charCodeAt(at), place);
  }

  escaped(point: number, place: number, hidesLetter: boolean): void {
    if (hidesLetter) this.disguise();
    if (point === 0x26 || point === 0x25 || point === 0x5c) this.#wroteEscape = true;
    this.point(point, place);
  }

  disguise(): void {
    if (this.#disguises.at(-1) !== this.#length) this.#disguises.push(this.#length);
  }

  end(place: number): FoldedOnce {
    this.write(0, place);
    return {
      text: utf16.decode(this.#units.subarray(0, this.#length - 1)),
      places: this.#places.subarray(0, this.#length),
      disguises: this.#disguises,
      wroteEscape: this.#wroteEscape,
    };
  }

  #grow(): void {
    const units = new Uint16Array(this.#units.length * 2);
    units.set(this.#units);
    this.#units = units;
    const places = new Int32Array(this.#places.length * 2);
    places.set(this.#places);
    this.#places = places;
  }
}

function merged(first: readonly number[], second: readonly number[]): readonly number[] {
  return [...first, ...second].sort((a, b) => a - b);
}
