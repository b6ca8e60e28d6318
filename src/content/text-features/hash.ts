/**
 * Spreads 32 bits over 32 bits, as a signed integer, which is a number that needs no memory of its own; never 0. Hashes here find equal texts fast and keep nothing of them; they hide nothing
 * and prove nothing: who knows a text knows its hash. One of a record's 4,000 features meets one of a message's 100 by
 * chance in one of ten thousand such pairs, and only of identifiers is one enough for a leak.
 */
export function mixed(bits: number): number {
  let hash = bits ^ (bits >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return hash === 0 ? 1 : hash;
}

/** Of a text, a letter at a time; the hash of two texts in a row is `hashBoth` of theirs. */
export function hashNext(hash: number, letter: number): number {
  const own = letter < 0x80 ? (asciiHashes[letter] ?? 0) : mixed(letter);
  return (Math.imul(hash, hashBase) + own) | 0;
}

/** `secondLength` is at most `joinedLengthMax`. */
export function hashBoth(first: number, second: number, secondLength: number): number {
  return (Math.imul(first, powers[secondLength] ?? 1) + second) | 0;
}

export const joinedLengthMax = 64;

export const hashBase = 0x01000193;
const powers = Int32Array.from({ length: joinedLengthMax + 1 }, () => 1);
for (let length = 1; length < powers.length; length += 1) {
  powers[length] = Math.imul(powers[length - 1] ?? 1, hashBase);
}
const asciiHashes = Int32Array.from({ length: 0x80 }, (_, letter) => mixed(letter));
