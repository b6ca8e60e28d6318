/**
 * Values of small keyed state that were read before. Decisions ask for the same few keys at every call.
 *
 * Exact because this process is the only writer: a key that a commit under way writes is not known here until that
 * commit is answered, and is read from the rows meanwhile.
 */
import type { JsonValue } from '../../content/value.ts';

const keysInMemoryMax = 1_024;

export class KnownState {
  readonly #values = new Map<string, JsonValue | undefined>();
  readonly #beingWritten = new Map<string, number>();

  read(
    key: string,
    fromRows: () => Promise<JsonValue | undefined>,
  ): Promise<JsonValue | undefined> {
    return this.#values.has(key)
      ? Promise.resolve(this.#values.get(key))
      : this.#readRows(key, fromRows);
  }

  async #readRows(
    key: string,
    fromRows: () => Promise<JsonValue | undefined>,
  ): Promise<JsonValue | undefined> {
    const value = await fromRows();
    if (!this.#beingWritten.has(key)) {
      if (this.#values.size >= keysInMemoryMax) this.#values.clear();
      this.#values.set(key, value);
    }
    return value;
  }

  writing(keys: readonly string[]): void {
    for (const key of keys) {
      this.#values.delete(key);
      this.#beingWritten.set(key, (this.#beingWritten.get(key) ?? 0) + 1);
    }
  }

  written(keys: readonly string[]): void {
    for (const key of keys) {
      const others = (this.#beingWritten.get(key) ?? 1) - 1;
      if (others === 0) this.#beingWritten.delete(key);
      else this.#beingWritten.set(key, others);
    }
  }
}
