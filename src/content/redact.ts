import { isJsonArray, type JsonValue } from './value.ts';

/** Shorter values are ordinary text too: blanking them would blank words. */
const secretLengthMin = 4;
/** Encoded forms of shorter secrets would match by chance. */
const encodedLengthMin = 8;

const replacement = '[redacted]';

/**
 * Every occurrence of a secret, by value, in every string and key: plain, in Base64 (both alphabets), percent-encoded,
 * and as JSON escapes it. What an upstream echoes must not teach the model a credential.
 */
export function redactValues(value: JsonValue, secrets: readonly string[]): JsonValue {
  const needles = needlesOf(secrets);
  return needles.length === 0 ? value : redactAll(value, needles);
}

export function redactText(text: string, secrets: readonly string[]): string {
  return redactWith(text, needlesOf(secrets));
}

function redactAll(value: JsonValue, needles: readonly string[]): JsonValue {
  if (typeof value === 'string') return redactWith(value, needles);
  if (typeof value !== 'object' || value === null) return value;
  if (isJsonArray(value)) return value.map((member) => redactAll(member, needles));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      redactWith(key, needles),
      redactAll(member, needles),
    ]),
  );
}

function redactWith(text: string, needles: readonly string[]): string {
  let redacted = text;
  for (const needle of needles)
    if (redacted.includes(needle)) redacted = redacted.replaceAll(needle, replacement);
  return redacted;
}

/** Longest first, so that a secret that contains another leaves nothing of itself. */
function needlesOf(secrets: readonly string[]): string[] {
  const needles = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < secretLengthMin) continue;
    needles.add(secret);
    if (secret.length < encodedLengthMin) continue;
    const base64 = base64Of(secret).replace(/=+$/, '');
    needles.add(base64);
    needles.add(base64.replaceAll('+', '-').replaceAll('/', '_'));
    needles.add(encodeURIComponent(secret.toWellFormed()));
    needles.add(JSON.stringify(secret).slice(1, -1));
  }
  return [...needles].sort((a, b) => b.length - a.length);
}

function base64Of(text: string): string {
  return btoa(
    Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''),
  );
}
