/**
 * Payloads are found by a number from their digest. Digests are random, so each new one changes another page of what they
 * are found by: with numbers that is a fifth of the pages. Two digests may share a number; they are compared whole.
 */
const keys = 2 ** 47;

export function payloadKey(digest: string): number {
  let key = 0;
  // Stays a whole number: 31 times a key is less than 2^53.
  for (let at = 0; at < digest.length; at += 1) key = (key * 31 + digest.charCodeAt(at)) % keys;
  return key;
}
