import type { Parsed } from '../kind.ts';

/** Looked for before upper-casing: a dotless `\u0131` would become an `I` there, and be another account to the bank. */
const ibanForm = /^[A-Za-z]{2}[0-9]{2}[A-Za-z0-9]{11,30}$/;

/** A valid IBAN in its electronic form; anything else is compared exactly. */
export function parseAccount(text: string): Extract<Parsed, { type: 'text' }> {
  return { type: 'text', key: ibanOf(text) ?? text };
}

/** The electronic form (ISO 13616: upper case, no spaces) of a text whose check digits are right; null for any other. */
export function ibanOf(text: string): string | null {
  const compact = text.replaceAll(' ', '');
  if (!ibanForm.test(compact)) return null;
  const electronic = compact.toUpperCase();
  return ibanRemainder(electronic) === 1 ? electronic : null;
}

/** ISO 7064 mod 97-10 over the rearranged digits: 1 for a valid one. */
function ibanRemainder(iban: string): number {
  let remainder = 0;
  for (const char of iban.slice(4) + iban.slice(0, 4)) {
    const digits = char >= 'A' ? String(char.charCodeAt(0) - 55) : char;
    remainder = Number(`${remainder}${digits}`) % 97;
  }
  return remainder;
}
