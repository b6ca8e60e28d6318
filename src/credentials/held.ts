import { redactValues } from '../content/redact.ts';
import type { JsonValue } from '../content/value.ts';
import { secretCharactersMin } from './secrets.ts';

const lineCharactersMin = 12;

/**
 * Every secret that Sallyport holds, by value. An upstream may repeat what it was given (an echoed header, an
 * environment dump, an error with the URL in it): results and errors are searched for these before they leave the room.
 * A rotated secret stays here: the old value may still be valid somewhere.
 */
export class SecretsHeld {
  readonly #values = new Set<string>();
  #longestFirst: readonly string[] = [];

  hold(secret: string): void {
    if (this.#values.has(secret)) return;
    for (const form of formsOf(secret)) {
      if (form.length >= secretCharactersMin) this.#values.add(form);
    }
    // A secret that contains another one has to go first, or its rest would stay behind.
    this.#longestFirst = [...this.#values].sort((a, b) => b.length - a.length);
  }

  values(): readonly string[] {
    return this.#longestFirst;
  }

  redact(value: JsonValue): JsonValue {
    return this.#longestFirst.length === 0 ? value : redactValues(value, this.#longestFirst);
  }

  redactText(text: string): string {
    const redacted = this.redact(text);
    return typeof redacted === 'string' ? redacted : '[redacted]';
  }
}

/** The forms in which a secret travels: as it is, in a URL, in a Basic header, and line by line (a key in a log). */
function formsOf(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/);
  return [
    secret,
    encodeURIComponent(secret.toWellFormed()),
    Buffer.from(secret, 'utf8').toString('base64'),
    ...(lines.length > 1 ? lines.filter((line) => line.length >= lineCharactersMin) : []),
  ];
}
