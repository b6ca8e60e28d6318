import type { ContextWords } from './context-words.ts';
import type { DigitRun } from './digit-runs.ts';

/** A folded text, with what each detector of numbers wants to know of it. */
export interface NumbersInText {
  readonly text: string;
  readonly runs: readonly DigitRun[];
  readonly words: ContextWords;
}

/** A place in the folded text, and how sure its detector is. */
export interface Place {
  readonly start: number;
  readonly end: number;
  readonly score: number;
}
