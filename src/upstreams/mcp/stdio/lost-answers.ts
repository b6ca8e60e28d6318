/**
 * Answers that came and could not be read, where nothing tells whose they were. One of the questions that were open then
 * has had its answer; which one shows when the others have theirs, and then nobody need wait for a time-out.
 *
 * With one question open that is at once. With several it is not: to fail them all would make one bad answer of a
 * server into many effects of which nobody knows whether they happened.
 */
export class LostAnswers {
  #lost = 0;
  readonly #suspects = new Set<number>();

  /** @returns the questions that certainly have no answer any more. */
  lost(open: Iterable<number>): readonly number[] {
    for (const id of open) this.#suspects.add(id);
    this.#lost += 1;
    return this.#certain();
  }

  /** @returns the questions that certainly have no answer any more, now that this one has one. */
  answered(id: number): readonly number[] {
    return this.#suspects.delete(id) ? this.#certain() : [];
  }

  /** Nobody waits for this one any more: it may well have been the one. */
  timedOut(id: number): void {
    if (this.#suspects.delete(id)) this.#lost -= 1;
  }

  #certain(): readonly number[] {
    if (this.#suspects.size > this.#lost) return [];
    const certain = [...this.#suspects];
    this.#suspects.clear();
    this.#lost = 0;
    return certain;
  }
}
