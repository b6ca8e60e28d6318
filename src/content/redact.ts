import { isJsonArray, type JsonValue } from './value.ts';

/** Shorter values are ordinary text too: blanking them would blank words. */
const secretLengthMin = 4;
/** Encoded forms of shorter secrets would match by chance. */
const encodedLengthMin = 8;

const replacement = '[redacted]';

/**
 * Every occurrence of a secret, by value, in every string and key: plain, in Base64 (both alphabets, also within a longer
 * text that was encoded as a whole), percent-encoded, and as JSON escapes it. What an upstream echoes must not teach the
 * model a credential.
 */
export function redactValues(value: JsonValue, secrets: readonly string[]): JsonValue {
  const needles = needlesFor(secrets);
  return needles.length === 0 ? value : redactAll(value, needles);
}

export function redactText(text: string, secrets: readonly string[]): string {
  return redactWith(text, needlesFor(secrets));
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

interface Span {
  readonly start: number;
  readonly end: number;
}

/** All places first, then one replacement for those that touch: of two secrets that overlap no end is left behind. */
function redactWith(text: string, needles: readonly string[]): string {
  const spans: Span[] = [];
  for (const needle of needles) {
    let start = text.indexOf(needle);
    while (start !== -1) {
      const end = start + needle.length;
      spans.push({ start, end });
      start = text.indexOf(needle, end);
    }
  }
  if (spans.length === 0) return text;
  spans.sort((a, b) => a.start - b.start);
  let redacted = '';
  let shownUntil = 0;
  for (const { start, end } of spans) {
    if (start > shownUntil || redacted === '') {
      redacted += text.slice(shownUntil, start) + replacement;
    }
    shownUntil = Math.max(shownUntil, end);
  }
  return redacted + text.slice(shownUntil);
}

/** Lists of secrets don't change, and many payloads are searched by each. */
const made = new WeakMap<readonly string[], readonly string[]>();

function needlesFor(secrets: readonly string[]): readonly string[] {
  const known = made.get(secrets);
  if (known !== undefined) return known;
  const needles = needlesOf(secrets);
  made.set(secrets, needles);
  return needles;
}

function needlesOf(secrets: readonly string[]): readonly string[] {
  const needles = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < secretLengthMin) continue;
    needles.add(secret);
    if (secret.length < encodedLengthMin) continue;
    for (const form of [...base64Forms(secret), ...percentForms(secret), ...jsonForms(secret)])
      needles.add(form);
  }
  return [...needles];
}

/**
 * Three bytes make four letters, so a secret within a longer text has three forms, by where it stands. Of each those
 * letters that depend on it alone, and of the first also the last one, since most often the secret is encoded alone.
 */
function base64Forms(secret: string): readonly string[] {
  const bytes = new TextEncoder().encode(secret);
  const alone = base64Of(bytes).replace(/=+$/, '');
  const within = [0, 1, 2].map((before) => {
    const text = base64Of(new Uint8Array([...new Uint8Array(before), ...bytes]));
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  return [alone, ...within].flatMap((form) => [
    form,
    form.replaceAll('+', '-').replaceAll('/', '_'),
  ]);
}

function base64Of(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** As URLs and as forms encode it, with digits in either case. */
function percentForms(secret: string): readonly string[] {
  const upper = encodeURIComponent(secret.toWellFormed());
  const lower = upper.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  return [upper, lower].flatMap((form) => [form, form.replaceAll('%20', '+')]);
}

function jsonForms(secret: string): readonly string[] {
  const escaped = JSON.stringify(secret).slice(1, -1);
  return [escaped, escaped.replaceAll('/', '\\/')];
}
