import type { Parsed } from '../kind.ts';

const ibanForm = /^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$/;

/** A valid IBAN in its electronic form (ISO 13616: upper case, no spaces); anything else is compared exactly. */
export function parseAccount(text: string): Extract<Parsed, { type: 'text' }> {
  const electronic = text.replaceAll(' ', '').toUpperCase();
  return {
    type: 'text',
    key: ibanForm.test(electronic) && ibanRemainder(electronic) === 1 ? electronic : text,
  };
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
