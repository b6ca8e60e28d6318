/** `parallel` on an agent: so many calls of a run at a time, the others wait in order. */
export class Turns {
  readonly #turns = new Map<string, { running: number; waiting: (() => void)[] }>();

  /** @returns what ends the turn. */
  async take(run: string, max: number): Promise<() => void> {
    const turns = this.#turns.get(run) ?? { running: 0, waiting: [] };
    this.#turns.set(run, turns);
    if (turns.running < max) turns.running += 1;
    else await new Promise<void>((go) => turns.waiting.push(go));
    return () => {
      const next = turns.waiting.shift();
      if (next !== undefined) return next();
      turns.running -= 1;
      if (turns.running === 0) this.#turns.delete(run);
    };
  }
}
