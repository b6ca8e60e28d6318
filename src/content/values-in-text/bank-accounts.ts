import { ibanOf } from '../kinds/account.ts';
import type { FoundValue } from './found-value.ts';
import { beginsAt, endsAt } from './token-edges.ts';

/** How long an IBAN of each country is (ISO 13616's registry): it says where one that is written in groups ends. */
const lengths: ReadonlyMap<string, number> = new Map(
  Object.entries({
    15: 'NO',
    16: 'BE',
    18: 'DK FI FK FO GL NL SD',
    19: 'MK SI',
    20: 'AT BA EE KZ LT LU MN XK',
    21: 'CH HR LI LV',
    22: 'BG BH CR DE GB GE IE ME RS VA',
    23: 'AE GI IL IQ OM SO TL',
    24: 'AD CZ ES MD PK RO SA SE SK TN VG',
    25: 'LY PT ST',
    26: 'IS TR',
    27: 'BI DJ FR GR IT MC MR SM',
    28: 'AL AZ BY CY DO GT HN HU LB NI PL SV',
    29: 'BR EG PS QA UA',
    30: 'JO KW MU YE',
    31: 'MT SC',
    32: 'LC',
    33: 'RU',
  }).flatMap(([length, countries]) =>
    countries.split(' ').map((country): [string, number] => [country, Number(length)]),
  ),
);

/** Null: a country that has none. */
export function ibanLengthOf(country: string): number | null {
  return lengths.get(country.toUpperCase()) ?? null;
}

/** IBANs with valid check digits, in one word or in groups. Other accounts have no form to be known by. */
export function bankAccountsIn(text: string, covered: (at: number) => boolean): FoundValue[] {
  const found: FoundValue[] = [];
  for (const { 0: head, index: start } of text.matchAll(/[a-z]{2}[0-9]{2}/gi)) {
    const length = ibanLengthOf(head.slice(0, 2));
    if (length === null || covered(start) || !beginsAt(text, start)) continue;
    const end = endAfter(text, start, length);
    if (end === null || !endsAt(text, end)) continue;
    const written = text.slice(start, end);
    const key = ibanOf(written);
    if (key !== null) found.push({ kind: 'account', key, start, end, written });
  }
  return found;
}

/** In one word, or in groups of four as they are printed. Null: neither. */
function endAfter(text: string, start: number, length: number): number | null {
  const inGroups = text.charAt(start + 4) === ' ';
  const end = start + length + (inGroups ? Math.ceil(length / 4) - 1 : 0);
  const form = inGroups ? /^(?:[a-z0-9]{4} )*[a-z0-9]{1,4}$/i : /^[a-z0-9]+$/i;
  return form.test(text.slice(start, end)) ? end : null;
}
