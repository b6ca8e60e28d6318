import { SallyportError } from '../../src/content/errors.ts';

/** One door through which strangers' bytes come in, and what must hold of whatever comes. */
export interface Target {
  /** As on the command line, and in `findings/`. */
  readonly name: string;
  /** `bytes`: each character of an input stands for one byte. `text`: for one UTF-16 unit, halves of pairs included. */
  readonly alphabet: 'bytes' | 'text';
  /** Inputs to start from: good ones reach far, and break in interesting places. */
  readonly seeds: readonly string[];
  /** Words that mean something here: chance alone never writes `__proto__`. */
  readonly dictionary: readonly string[];
  readonly lengthMax: number;
  /** In `npm test`, so that all targets together take seconds. */
  readonly roundsInTest: number;
  /**
   * Tries one input. Whatever it throws is a finding. Returns a short word for what happened (`json.depth`,
   * `read`): an input with a new one is kept to make others from.
   */
  readonly check: (input: string) => string;
}

/** A promise that an input broke. */
export class Violation extends SallyportError {
  constructor(what: string) {
    super('fuzz.violation', what);
  }
}

export function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Violation(what);
}

/** What `read` makes of an input, or the code of its own refusal. An error of any other class is a finding. */
export function attempt<Value>(
  own: abstract new (...args: never[]) => SallyportError,
  read: () => Value,
): { readonly value: Value } | { readonly refused: string } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof own) return { refused: error.code };
    throw error;
  }
}

/** Of a target whose alphabet is `bytes`. */
export function bytesOf(input: string): Uint8Array {
  return Buffer.from(input, 'latin1');
}

/** Seeds of a target of bytes may be written as text. */
export function inBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}
