import { addressesIn } from './addresses.ts';
import { bankAccountsIn } from './bank-accounts.ts';
import { coveredBy } from './covered.ts';
import type { FoundValue } from './found-value.ts';
import { phoneNumbersIn } from './phone-numbers.ts';
import { bareUrlsIn, schemedUrlsIn } from './web-places.ts';

/**
 * Conservative: what a text that one trusts *permits*. The e-mail addresses, URLs, IBANs and international phone numbers
 * that every reader would read there as the same whole value, in the order in which they stand. Where one could go on (in
 * a longer word, behind an invisible character, in another alphabet), or could be read in two ways, nothing is found.
 * A place written without its scheme is found three times: as it stands, and with `https://` and `http://`. Linear in the text.
 */
export function valuesInText(text: string): readonly FoundValue[] {
  const schemed = schemedUrlsIn(text);
  const bare = bareUrlsIn(text, coveredBy(schemed.spans));
  const web = [...schemed.spans, ...bare.spans].sort((one, other) => one.start - other.start);
  return [
    ...schemed.found,
    ...bare.found,
    ...addressesIn(text, coveredBy(web)),
    ...bankAccountsIn(text, coveredBy(web)),
    ...phoneNumbersIn(text, coveredBy(web)),
  ].sort((one, other) => one.start - other.start);
}
