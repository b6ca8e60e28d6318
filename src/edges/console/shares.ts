import { ConsoleRefusal } from './refusal.ts';

/** Work that takes its time: so much of it at once, and less for one person, so that nobody keeps the others from theirs. */
export class Shares {
  readonly #what: string;
  readonly #max: number;
  readonly #ofOneMax: number;
  #underWay = 0;
  readonly #byPerson = new Map<string, number>();

  constructor(what: string, max: number, ofOneMax: number) {
    this.#what = what;
    this.#max = max;
    this.#ofOneMax = ofOneMax;
  }

  /** @throws {ConsoleRefusal} `console.busy`, and nothing begun. */
  async within<Result>(person: string, work: () => Promise<Result>): Promise<Result> {
    const own = this.#byPerson.get(person) ?? 0;
    if (this.#underWay >= this.#max || own >= this.#ofOneMax) {
      throw new ConsoleRefusal(503, 'console.busy', `too many ${this.#what} are under way`, {
        headers: { 'retry-after': '10' },
      });
    }
    this.#underWay += 1;
    this.#byPerson.set(person, own + 1);
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
      const left = (this.#byPerson.get(person) ?? 1) - 1;
      if (left === 0) this.#byPerson.delete(person);
      else this.#byPerson.set(person, left);
    }
  }
}
