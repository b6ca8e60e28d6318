import { redactText, redactValues } from '../content/redact.ts';
import type { JsonValue } from '../content/value.ts';

/** Lines of a key file that are shorter are its ornaments. */
const lineCharactersMin = 12;

/**
 * Every secret that Sallyport holds, by value. An upstream may repeat what it was given (an echoed header, an
 * environment dump, an error with the URL in it): results and errors are searched for these before they leave the room.
 * A rotated secret stays here: the old value may still be valid somewhere.
 */
export class SecretsHeld {
  readonly #values = new Set<string>();
  #list: readonly string[] = [];

  hold(secret: string): void {
    if (this.#values.has(secret)) return;
    this.#values.add(secret);
    // A log prints a key line by line.
    for (const line of secret.split(/\r?\n/))
      if (line.length >= lineCharactersMin) this.#values.add(line);
    this.#list = [...this.#values];
  }

  values(): readonly string[] {
    return this.#list;
  }

  redact(value: JsonValue): JsonValue {
    return this.#list.length === 0 ? value : redactValues(value, this.#list);
  }

  redactText(text: string): string {
    return this.#list.length === 0 ? text : redactText(text, this.#list);
  }
}
