/** Whether a value was drawn at random, or written by a person to stand for one that was. */

const placeholderWords =
  /example|sample|placeholder|change.?me|your[_ .-]?|insert|replace|redacted|removed|hidden|masked|dummy|here|todo|fixme|undefined|goes|put.?a|\*{3}|\.{3}|xxxx|<|>|\{\{|\$\{/i;

/** Words by which people say that a value is to be filled in. A drawn value of usual length has none of them. */
export function isPlaceholder(value: string): boolean {
  return placeholderWords.test(value);
}

/** Bits a unit, by how often each occurs in the value. */
export function entropyOf(value: string): number {
  const counts = new Map<number, number>();
  for (let at = 0; at < value.length; at += 1) {
    const unit = value.charCodeAt(at);
    counts.set(unit, (counts.get(unit) ?? 0) + 1);
  }
  let bits = 0;
  for (const count of counts.values())
    bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}

/**
 * Whether what follows a vendor's prefix can have been drawn. A short value can't have many bits: asked is three quarters
 * of what as many different digits would have, and never more than 3.
 */
export function isDrawn(body: string): boolean {
  return (
    !isPlaceholder(body) &&
    countedUpIn(body) * 2 <= body.length &&
    (/[0-9]/.test(body) || changesOf(body) >= 0.1) &&
    entropyOf(body) >= Math.min(3, Math.log2(body.length) * 0.75)
  );
}

/** The least that is no chance: `12345`, `abcde`. */
const countedUpMin = 5;

/** How many units stand in rows that count up, as people fill in what they don't want to draw. */
function countedUpIn(value: string): number {
  let counted = 0;
  let row = 1;
  for (let at = 1; at <= value.length; at += 1) {
    const step = value.charCodeAt(at) - value.charCodeAt(at - 1);
    if (step === 1 || value.startsWith('90', at - 1)) {
      row += 1;
    } else {
      if (row >= countedUpMin) counted += row;
      row = 1;
    }
  }
  return counted;
}

/**
 * How often a value changes between small letters, capitals and digits, per unit. Words and names that people write keep
 * to one for a while; of drawn ones every second or third unit changes. A capital that begins a word is no change.
 */
export function changesOf(value: string): number {
  let changes = 0;
  let before = 0;
  for (let at = 0; at < value.length; at += 1) {
    const group = groupOf(value.charCodeAt(at));
    const beginsWord = before === 2 && group === 1 && groupOf(value.charCodeAt(at - 2)) !== 2;
    if (group !== 0 && before !== 0 && group !== before && !beginsWord) changes += 1;
    before = group;
  }
  return changes / value.length;
}

/** 1 a small letter, 2 a capital, 3 a digit, 0 anything else. */
function groupOf(unit: number): 0 | 1 | 2 | 3 {
  if (unit >= 0x61 && unit <= 0x7a) return 1;
  if (unit >= 0x41 && unit <= 0x5a) return 2;
  return unit >= 0x30 && unit <= 0x39 ? 3 : 0;
}
