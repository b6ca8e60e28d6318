/** Parameters of a request's address: each at most once, and none that nobody asked for. */
import { ConsoleRefusal } from './refusal.ts';

const valueCharactersMax = 256;

export class Query {
  readonly #values = new Map<string, string>();

  /** @throws {ConsoleRefusal} `console.query` for a name that isn't known here, or is given twice. */
  constructor(search: string, known: readonly string[]) {
    for (const [name, value] of new URLSearchParams(search)) {
      if (!known.includes(name)) throw bad(`\`${name.slice(0, 64)}\` is nothing to ask for here`);
      if (this.#values.has(name)) throw bad(`\`${name}\` is given more than once`);
      if (value.length > valueCharactersMax) throw bad(`\`${name}\` is too long`);
      if (value !== '') this.#values.set(name, value);
    }
  }

  text(name: string): string | null {
    return this.#values.get(name) ?? null;
  }

  whole(name: string, least: number, most: number): number | null {
    const text = this.text(name);
    if (text === null) return null;
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw bad(`\`${name}\` is a whole number from ${least} to ${most}`);
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice | null {
    const text = this.text(name);
    if (text === null) return null;
    const choice = choices.find((one) => one === text);
    if (choice === undefined) throw bad(`\`${name}\` is one of ${choices.join(', ')}`);
    return choice;
  }

  /** Epoch milliseconds, or a date and time with a zone. */
  time(name: string): number | null {
    const text = this.text(name);
    if (text === null) return null;
    const atMs = /^\d{1,15}$/.test(text)
      ? Number(text)
      : /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/.test(
            text,
          )
        ? Date.parse(text)
        : Number.NaN;
    if (Number.isSafeInteger(atMs)) return atMs;
    throw bad(`\`${name}\` is a time: 2026-11-21T08:00Z, or epoch milliseconds`);
  }
}

function bad(message: string): ConsoleRefusal {
  return new ConsoleRefusal(400, 'console.query', message);
}
