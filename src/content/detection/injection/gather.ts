import { findJoined } from './compact.ts';
import { concealed } from './conceal.ts';
import { encodedRuns } from './encoded.ts';
import { certain, type Evidence, type Family, strong, telling } from './evidence.ts';
import { type Folded, fold, placeAfter } from './fold.ts';
import { findIn, type Match } from './match.ts';
import { toolsNamed } from './tool-names.ts';
import { turned } from './turned.ts';

/** The text, and base64 in base64 in base64 of it: nobody needs more, and each costs as much as the text. */
const depthMax = 4;
/** What may come out of encoded runs, in all: of each letter about three quarters of a byte, read from four places. */
const decodedPerCharacter = 6;
const decodedMin = 4_096;

export interface Gathered {
  readonly evidence: readonly Evidence[];
  readonly complete: boolean;
}

/** All that speaks for an instruction in a text, read in each way that a model might read it. */
export function gather(text: string, toolNames: readonly string[]): Gathered {
  return new Gathering(text, toolNames).gathered();
}

class Gathering {
  readonly #evidence: Evidence[] = [];
  readonly #toolNames: readonly string[];
  #decodedLeft: number;
  #complete = true;

  constructor(text: string, toolNames: readonly string[]) {
    this.#toolNames = toolNames;
    this.#decodedLeft = decodedMin + decodedPerCharacter * text.length;
    this.#read(text, 1, asItStands);
  }

  gathered(): Gathered {
    return { evidence: this.#evidence, complete: this.#complete };
  }

  #read(text: string, depth: number, frame: Frame): void {
    const folded = fold(text);
    const reading = new Reading(text, folded, frame, this.#evidence);
    const { matches, concealments, turns } = findIn(folded.text);
    reading.add(matches);
    reading.add(toolsNamed(folded.text, this.#toolNames));
    reading.addAs('hidden_text', strong, concealed(folded.text, concealments, matches));
    // Twice disguised is read by nobody.
    if (depth === 1) {
      const joined = findJoined(folded.text, (start, end) => reading.written(start, end));
      reading.add(joined);
      reading.addAs('disguised', telling, joined);
    }
    for (const turn of turns) {
      const other = findIn(turned(folded.text, turn)).matches;
      const length = folded.text.length;
      const placed =
        turn === 'rot13'
          ? other
          : other.map((match) => ({
              ...match,
              start: length - match.end,
              end: length - match.start,
            }));
      reading.add(placed);
      reading.addAs('disguised', telling, placed);
    }
    this.#readEncoded(text, depth, frame, folded);
  }

  /** All runs as one text, since many are short; a full stop between two keeps their sentences apart. */
  #readEncoded(text: string, depth: number, frame: Frame, folded: Folded): void {
    const runs = encodedRuns(text);
    if (runs.length === 0) return;
    const at = (place: number) =>
      frame.at(folded.places === null ? place : placeAfter(folded.places, place));
    for (const run of runs) {
      if (!run.isInvisible) continue;
      const readable = run.text.replaceAll(/[^\p{L}\p{N}]/gu, '').length >= readableMin;
      const [start, end] = frame.span(run.start, run.end);
      const weight = readable ? certain : telling;
      this.#evidence.push({ family: 'hidden_characters', weight, start, end, at: at(run.start) });
    }
    const all = runs.map((run) => run.text).join(betweenRuns);
    this.#decodedLeft -= all.length;
    if (depth === depthMax || this.#decodedLeft < 0) {
      this.#complete = false;
      return;
    }
    const from = new Int32Array(runs.length);
    for (let next = 1; next < runs.length; next += 1) {
      from[next] = (from[next - 1] ?? 0) + (runs[next - 1]?.text.length ?? 0) + betweenRuns.length;
    }
    const runAt = (place: number) => Math.max(0, placeAfter(from, place + 1) - 1);
    this.#read(all, depth + 1, {
      span: (place) => {
        const run = runs[runAt(place)];
        return frame.span(run?.start ?? 0, run?.end ?? text.length);
      },
      at: (place) => {
        const index = runAt(place);
        return at(runs[index]?.placeOf(place - (from[index] ?? 0)) ?? 0);
      },
      isEncoded: true,
    });
  }
}

const betweenRuns = '\n.\n';
/** Fewer letters say nothing, whatever they are for. */
const readableMin = 4;

/** Where a text that is read stands in the one that was given. */
interface Frame {
  readonly span: (start: number, end: number) => readonly [start: number, end: number];
  readonly at: (place: number) => number;
  readonly isEncoded: boolean;
}

const asItStands: Frame = {
  span: (start, end) => [start, end],
  at: (place) => place,
  isEncoded: false,
};

/** A word in which letters of two alphabets meet, or letters that only formulas have. */
const mixedLetters =
  /[a-z][\u0370-\u03ff\u0400-\u052f\u0530-\u058f]|[\u0370-\u03ff\u0400-\u052f\u0530-\u058f][a-z]|[\uff21-\uff3a\uff41-\uff5a]{2}|\ud835[\udc00-\udfff]|\ud83c[\udd30-\udd89]/i;

class Reading {
  readonly #text: string;
  readonly #folded: Folded;
  readonly #frame: Frame;
  readonly #evidence: Evidence[];

  constructor(text: string, folded: Folded, frame: Frame, evidence: Evidence[]) {
    this.#text = text;
    this.#folded = folded;
    this.#frame = frame;
    this.#evidence = evidence;
  }

  written(start: number, end: number): string {
    return this.#text.slice(this.#place(start), this.#place(end));
  }

  add(matches: readonly Match[]): void {
    for (const match of matches) {
      this.#push(match.family, match.weight, match);
      // Mails come in base64, too, with what mails say.
      if (this.#frame.isEncoded && match.weight >= telling) this.#push('encoded', telling, match);
      if (this.#isDisguised(match)) this.#push('disguised', telling, match);
    }
  }

  addAs(family: Family, weight: number, matches: readonly Match[]): void {
    for (const match of matches) this.#push(family, weight, match);
  }

  #push(family: Family, weight: number, match: Match): void {
    const [start, end] = this.#frame.span(this.#place(match.start), this.#place(match.end));
    const at = this.#frame.isEncoded ? this.#frame.at(this.#place(match.start)) : match.start;
    this.#evidence.push({ family, weight, start, end, at });
  }

  #place(at: number): number {
    return this.#folded.places?.[at] ?? at;
  }

  #isDisguised({ start, end }: Match): boolean {
    const { places, disguises } = this.#folded;
    if (places === null) return false;
    let low = 0;
    let high = disguises.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((disguises[middle] ?? 0) < start) low = middle + 1;
      else high = middle;
    }
    return (disguises[low] ?? end) < end || mixedLetters.test(this.written(start, end));
  }
}
