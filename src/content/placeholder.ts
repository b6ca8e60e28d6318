import { digestOfText } from './digest.ts';

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
const lettersOfHash = 6;

/**
 * What stands in a text for a value that isn't shown: `[credit_card #k3f7qa]`. Equal values have equal placeholders under
 * one key, so that a model can tell that two are the same; under another key it says nothing of them.
 */
export function placeholder(label: string, value: string, key: string): string {
  const digest = digestOfText(`${key}\n${label}\n${plain(value)}`).slice('sha256:'.length);
  let bits = Number.parseInt(digest.slice(0, 8), 16);
  let hash = '';
  for (let letter = 0; letter < lettersOfHash; letter += 1) {
    hash += alphabet.charAt(bits % 32);
    bits = Math.floor(bits / 32);
  }
  return `[${label} #${hash}]`;
}

/** `4111 1111 …` and `4111-1111-…` are one card, and in full-width digits, too. */
function plain(value: string): string {
  return value
    .normalize('NFKC')
    .replace(/[\s().-]/g, '')
    .toLowerCase();
}
