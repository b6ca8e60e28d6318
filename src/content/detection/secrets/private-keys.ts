import type { Place } from './place.ts';

/** RFC 7468, OpenSSH, PGP, SSH2: whatever comes between the dashes, it says that the key is private. */
const head = /-{4,5} ?BEGIN (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}/y;
const foot = /-{4,5} ?END (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}/y;
export const keyHead = 'BEGIN ';
export const keyFoot = 'END ';

/** A key of 16,384 bits in lines with a header. Nothing behind belongs to it, whatever end it has. */
const keyLengthMax = 20_000;

/** The shortest that is one has 32 bytes. */
const bodyForm = /[A-Za-z0-9+/]{40,}/;

/** Private keys by their armour, also with escaped line ends, also without an end: then as far as there is Base64. */
export function privateKeysIn(
  text: string,
  heads: readonly number[],
  feet: readonly number[],
): readonly Place[] {
  const places: Place[] = [];
  let done = 0;
  let next = 0;
  for (const [index, hit] of heads.entries()) {
    const start = dashesBefore(text, hit);
    if (start === null || start < done) continue;
    head.lastIndex = start;
    if (!head.test(text)) continue;
    const bodyStart = head.lastIndex;
    while (next < feet.length && (feet[next] ?? 0) < bodyStart) next += 1;
    const following = heads[index + 1] ?? Number.POSITIVE_INFINITY;
    const footAt = feet[next];
    const footEnd =
      footAt === undefined || footAt > following || footAt - start > keyLengthMax
        ? null
        : endOfFoot(text, footAt);
    const end = footEnd ?? endOfBody(text, bodyStart);
    if (!isBody(text.slice(bodyStart, Math.min(end, bodyStart + bodyLengthMax)))) continue;
    places.push({ type: 'private_key', start, end, score: 0.99 });
    done = end;
  }
  return places;
}

/** So much of a body says whether it is one. */
const bodyLengthMax = 2000;

function dashesBefore(text: string, at: number): number | null {
  const start = text.charAt(at - 1) === ' ' ? at - 1 : at;
  if (text.startsWith('-----', start - 5)) return start - 5;
  return text.startsWith('----', start - 4) ? start - 4 : null;
}

function endOfFoot(text: string, at: number): number | null {
  const start = dashesBefore(text, at);
  if (start === null) return null;
  foot.lastIndex = start;
  return foot.test(text) ? foot.lastIndex : null;
}

function endOfBody(text: string, start: number): number {
  let at = start;
  const last = Math.min(text.length, start + keyLengthMax);
  while (at < last && /[A-Za-z0-9+/=\s\\]/.test(text.charAt(at))) at += 1;
  return start + text.slice(start, at).trimEnd().length;
}

/** Base64 of some length: `-----BEGIN PRIVATE KEY-----\n…\n-----END…` in a manual has none. */
function isBody(text: string): boolean {
  const plain = text.replace(/\\[nrt]|\s|-{4,5}.*$/gs, '');
  const body = bodyForm.exec(plain)?.[0] ?? '';
  return new Set(body).size > 8;
}
