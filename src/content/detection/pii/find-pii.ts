import { foldText } from '../folded-text.ts';
import type { Sighting } from '../sighting.ts';
import { bankAccountNumbersIn } from './bank-account-numbers.ts';
import { cardsIn } from './cards.ts';
import { ContextWords } from './context-words.ts';
import { digitRunsIn } from './digit-runs.ts';
import { emailAddressesIn } from './email-addresses.ts';
import { ipAddressesIn } from './ip-addresses.ts';
import { phoneNumbersIn } from './phone-numbers.ts';
import type { Place } from './seen.ts';
import { socialSecurityNumbersIn } from './social-security-numbers.ts';

export const piiVersion = 1;

/** Types that a policy can name under `content.pii.redact`. */
export const piiTypes = ['credit_card', 'iban', 'us_ssn', 'email', 'phone', 'ip_address'] as const;
export type PiiType = (typeof piiTypes)[number];

export interface PiiSighting extends Sighting {
  readonly type: PiiType;
}

/**
 * What has a form, a check digit or a word beside it that says what it is. Names and postal addresses have none of these:
 * no pattern tells them from other words, so none pretends to.
 */
export function findPii(text: string): readonly PiiSighting[] {
  const folded = foldText(text);
  const runs = digitRunsIn(folded.text);
  const seen = new Taken();
  if (runs.length > 0) {
    const numbers = { text: folded.text, runs, words: new ContextWords(folded.text) };
    // What is checked hardest comes first: the groups of an IBAN could be a phone's.
    seen.add('iban', bankAccountNumbersIn(numbers));
    seen.add('ip_address', ipAddressesIn(numbers));
    seen.add('credit_card', cardsIn(numbers));
    seen.add('us_ssn', socialSecurityNumbersIn(numbers));
    seen.add('email', emailAddressesIn(folded.text));
    seen.add('phone', phoneNumbersIn(numbers));
  } else {
    seen.add('email', emailAddressesIn(folded.text));
  }
  return seen.places
    .map(({ type, start, end, score }) => ({ type, ...folded.spanOf(start, end), score }))
    .sort((one, other) => one.start - other.start || one.end - other.end);
}

/** Places that don't overlap: of two that do, the one that came first stays. */
class Taken {
  readonly places: PiiSighting[] = [];

  add(type: PiiType, places: readonly Place[]): void {
    const before = [...this.places].sort((one, other) => one.start - other.start);
    let index = 0;
    let free = 0;
    for (const { start, end, score } of [...places].sort((one, other) => one.start - other.start)) {
      while (index < before.length && (before[index]?.end ?? 0) <= start) index += 1;
      if (start < free || (before[index]?.start ?? Number.POSITIVE_INFINITY) < end) continue;
      this.places.push({ type, start, end, score });
      free = end;
    }
  }
}
