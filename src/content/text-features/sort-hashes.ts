const digitBits = 11;
const digits = 1 << digitBits;
/** Fewer are sorted sooner than their digits are counted. */
const countMin = 1_024;

/**
 * In ascending order, digit by digit: thousands of hashes a record take a third of the time that comparing takes, and
 * always the same, whoever chose them. The list given is written over.
 */
export function sortHashes(hashes: Int32Array): Int32Array {
  if (hashes.length < countMin) return hashes.sort();
  let from: Int32Array = hashes;
  let to: Int32Array = new Int32Array(hashes.length);
  for (let shift = 0; shift < 32; shift += digitBits) {
    const places = placesOf(from, shift);
    for (let at = 0; at < from.length; at += 1) {
      const hash = from[at] ?? 0;
      const digit = digitOf(hash, shift);
      const place = places[digit] ?? 0;
      to[place] = hash;
      places[digit] = place + 1;
    }
    [from, to] = [to, from];
  }
  return from;
}

/** Where the first hash of each digit goes. */
function placesOf(hashes: Int32Array, shift: number): Int32Array {
  const places = new Int32Array(digits);
  for (let at = 0; at < hashes.length; at += 1) {
    const digit = digitOf(hashes[at] ?? 0, shift);
    places[digit] = (places[digit] ?? 0) + 1;
  }
  let next = 0;
  for (let digit = 0; digit < digits; digit += 1) {
    const count = places[digit] ?? 0;
    places[digit] = next;
    next += count;
  }
  return places;
}

/** Negative numbers come first, so the sign counts the other way round. */
function digitOf(hash: number, shift: number): number {
  return ((hash ^ 0x80000000) >>> shift) & (digits - 1);
}
