import { beginsValue, type Finder, type Place } from './place.ts';

/** `{"` in Base64: what every header of a token begins with. And that once more, encoded again. */
export const tokenHeads: readonly (readonly [literal: string, finder: Finder])[] = [
  ['eyJ', (text, start) => webTokenAt(text, start)],
  ['ewo', (text, start) => webTokenAt(text, start)],
  ['ZXlK', (text, start) => encodedAgainAt(text, start)],
];

/** Longer ones exist (certificates in the header), and are cut off here: seen from their beginning, they are seen. */
const partLengthMax = 4000;
const part = new RegExp(`[A-Za-z0-9_-]{4,${partLengthMax}}`, 'y');

/** RFC 7519 and 7516: a header that is JSON and says how the rest is signed or encrypted. Its signature may be cut off. */
function webTokenAt(text: string, start: number): Place | null {
  // A part that goes on to the left is read from where it begins, and only once.
  if (!beginsValue(text, start) || /^[_-]$/.test(text.charAt(start - 1))) return null;
  const headerEnd = partEnd(text, start);
  if (headerEnd === null || text.charAt(headerEnd) !== '.') return null;
  if (!isHeader(text.slice(start, headerEnd))) return null;
  const payloadStart = text.charAt(headerEnd + 1) === '.' ? headerEnd + 2 : headerEnd + 1;
  let end = partEnd(text, payloadStart);
  if (end === null) return null;
  for (let parts = 2; parts < 5 && text.charAt(end) === '.'; parts += 1) {
    const next = partEnd(text, end + 1);
    if (next === null) break;
    end = next;
  }
  return { type: 'jwt', start, end, score: 0.95 };
}

function partEnd(text: string, at: number): number | null {
  part.lastIndex = at;
  return part.test(text) ? part.lastIndex : null;
}

function isHeader(encoded: string): boolean {
  const header = parsedOf(encoded);
  return (
    typeof header === 'object' &&
    header !== null &&
    ('alg' in header || 'enc' in header) &&
    !Array.isArray(header)
  );
}

function parsedOf(encoded: string): unknown {
  const decoded = decodedOf(encoded);
  // What throws takes ten times as long.
  if (decoded === null || !/^\s*\{.*\}\s*$/s.test(decoded)) return null;
  try {
    return JSON.parse(decoded);
  } catch {
    return null;
  }
}

function decodedOf(encoded: string): string | null {
  if (encoded.length % 4 === 1) return null;
  return atob(encoded.replaceAll('-', '+').replaceAll('_', '/'));
}

const again = new RegExp(`[A-Za-z0-9+/_-]{40,${partLengthMax}}={0,2}`, 'y');

function encodedAgainAt(text: string, start: number): Place | null {
  again.lastIndex = start;
  if (!beginsValue(text, start) || !again.test(text)) return null;
  const end = again.lastIndex;
  const encoded = text.slice(start, end).replace(/=+$/, '');
  const inner = decodedOf(encoded.slice(0, encoded.length - (encoded.length % 4)));
  return inner === null || webTokenAt(inner, 0) === null
    ? null
    : { type: 'jwt', start, end, score: 0.9 };
}
