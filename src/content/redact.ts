import { Literals } from './detection/literals.ts';
import { mapList } from './map-json.ts';
import { isJsonArray, type JsonValue } from './value.ts';

/** Shorter values are ordinary text too: blanking them would blank words. */
const secretLengthMin = 4;
/** Encoded forms of shorter secrets would match by chance. */
const encodedLengthMin = 8;

const replacement = '[redacted]';

/**
 * Every occurrence of a secret, by value, in every string and key: plain, in Base64 (both alphabets, also within a longer
 * text that was encoded as a whole), percent-encoded, and as JSON escapes it. What an upstream echoes must not teach the
 * model a credential. Where there is none, the very same value.
 */
export function redactValues(value: JsonValue, secrets: readonly string[]): JsonValue {
  const needles = needlesFor(secrets);
  return needles === null ? value : redactAll(value, needles);
}

export function redactText(text: string, secrets: readonly string[]): string {
  const needles = needlesFor(secrets);
  return needles === null ? text : redactWith(text, needles);
}

/** Where any of them stands, in order; what overlaps or touches is one. */
export function secretPlaces(text: string, secrets: readonly string[]): readonly Span[] {
  const needles = needlesFor(secrets);
  return needles === null ? [] : spansOf(text, needles);
}

function redactAll(value: JsonValue, needles: Needles): JsonValue {
  if (typeof value === 'string') return redactWith(value, needles);
  if (typeof value !== 'object' || value === null) return value;
  if (isJsonArray(value)) return mapList(value, (member) => redactAll(member, needles));
  let isChanged = false;
  const members = Object.entries(value).map(([key, member]) => {
    const redacted = [redactWith(key, needles), redactAll(member, needles)] as const;
    isChanged ||= redacted[0] !== key || redacted[1] !== member;
    return redacted;
  });
  return isChanged ? Object.fromEntries(members) : value;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Finds the beginning of each, in one pass over the text for all of them; the rest is compared there. */
type Needles = Literals<string>;
const beginningMax = 24;

function redactWith(text: string, needles: Needles): string {
  const spans = spansOf(text, needles);
  if (spans.length === 0) return text;
  let redacted = '';
  let shownUntil = 0;
  for (const { start, end } of spans) {
    redacted += text.slice(shownUntil, start) + replacement;
    shownUntil = end;
  }
  return redacted + text.slice(shownUntil);
}

/** All places first, then those that touch become one: of two secrets that overlap no end is left behind. */
function spansOf(text: string, needles: Needles): readonly Span[] {
  const found: Span[] = [];
  const ends = new Map<string, number>();
  needles.scan(text, (start, _, needle) => {
    if (start < (ends.get(needle) ?? 0) || !text.startsWith(needle, start)) return;
    const end = start + needle.length;
    ends.set(needle, end);
    found.push({ start, end });
  });
  if (found.length === 0) return found;
  const spans: Span[] = [];
  for (const span of found.sort((a, b) => a.start - b.start)) {
    const last = spans.at(-1);
    if (last === undefined || span.start > last.end) spans.push(span);
    else if (span.end > last.end) spans[spans.length - 1] = { start: last.start, end: span.end };
  }
  return spans;
}

/** Lists of secrets don't change, and many payloads are searched by each. */
const made = new WeakMap<readonly string[], Needles | null>();

function needlesFor(secrets: readonly string[]): Needles | null {
  const known = made.get(secrets);
  if (known !== undefined) return known;
  const forms = needlesOf(secrets);
  const needles =
    forms.length === 0
      ? null
      : new Literals(forms.map((form) => [form.slice(0, beginningMax), form] as const));
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
