import type { JsonValue } from '../../content/value.ts';

/** Takes out what may not be written down: facts are kept in the record, and shown as they are kept. */
export interface Redacting {
  value(value: JsonValue): JsonValue;
  /** Of what was taken down in a form of its own: an address in small letters. */
  valueInAnyForm(value: JsonValue): JsonValue;
}

export function redactedText(redaction: Redacting, text: string): string {
  const redacted = redaction.valueInAnyForm(text);
  return typeof redacted === 'string' ? redacted : '[redacted]';
}
