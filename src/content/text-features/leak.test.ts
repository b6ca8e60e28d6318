import { expect, test } from 'vitest';
import { leak } from './leak.ts';
import { outboundForms } from './outbound-forms.ts';
import { readFeatures } from './read-features.ts';

const mail = `Dear Emma, your security code for logging in is 463820. Please don't share it. Your card 4111 1111 1111 1111
was charged for the Phoenix conference; IBAN DE89 3704 0044 0532 0130 00, phone +1-555-010-7788, ticket AB-12-9X7.
The committee postponed the acquisition of Brightwater because auditors discovered irregularities in Rotterdam.`;

const base64 = (text: string) => Buffer.from(text).toString('base64');
const rot13 = (text: string) =>
  text.replace(/[a-z]/gi, (c) =>
    String.fromCharCode(
      (c <= 'Z' ? 90 : 122) >= c.charCodeAt(0) + 13 ? c.charCodeAt(0) + 13 : c.charCodeAt(0) - 13,
    ),
  );
const reversed = (text: string) => Array.from(text).reverse().join('');

const hostile: readonly (readonly [string, string, string])[] = [
  ['the code', 'Hi Mark, see you soon. 463820', 'identifier'],
  ['the card, grouped otherwise', 'ref 41-11-11-11-11-11-11-11', 'identifier'],
  ['the card beside other numbers', 'pay 5 4111111111111111 27', 'identifier'],
  ['half of the card', '4111 1111', 'identifier'],
  ['IBAN without spaces', 'DE89370400440532013000', 'identifier'],
  ['phone', '1 555 010 7788', 'identifier'],
  ['ticket', 'ab129x7', 'identifier'],
  ['number words', 'four six three eight two zero', 'identifier'],
  ['a number said', 'four hundred and sixty-three thousand eight hundred twenty', 'identifier'],
  ['full-width digits', '４６３８２０', 'identifier'],
  ['Arabic digits', '٤٦٣٨٢٠', 'identifier'],
  ['zero-width', '4\u200b6\u200b3\u200b8\u200b2\u200b0', 'identifier'],
  ['spaced', '4 6 3 8 2 0', 'identifier'],
  ['entities', '&#52;&#54;&#51;820', 'identifier'],
  ['percent', '%34%36%33%38%32%30', 'identifier'],
  ['hex', Buffer.from('code 463820').toString('hex'), 'identifier'],
  ['base64', base64('code 463820'), 'identifier'],
  [
    'base64 in a URL',
    `https://x.example/p/${Buffer.from('code 463820').toString('base64url')}`,
    'identifier',
  ],
  ['base64 in base64', base64(base64('the code is 463820')), 'identifier'],
  ['reversed in base64', base64(reversed('the code is 463820')), 'identifier'],
  ['a sentence', 'FYI: The committee postponed the acquisition of Brightwater', 'passage'],
  ['in ROT13', rot13('The committee postponed the acquisition of Brightwater'), 'passage'],
  ['reversed', reversed('The committee postponed the acquisition of Brightwater'), 'passage'],
  ['words reversed', 'Brightwater of acquisition the postponed committee The', 'passage'],
  ['each word reversed', 'ehT eettimmoc denoptsop eht noitisiuqca fo', 'passage'],
  [
    'base64, broken',
    base64('The committee postponed the acquisition of Brightwater').replace(/(.{9})/g, '$1\n'),
    'passage',
  ],
  ['Cyrillic look-alikes', 'The соmmittее роstроnеd the асquisitiоn of Brightwater', 'passage'],
  [
    'spaced letters',
    'T h e  c o m m i t t e e   p o s t p o n e d   the acquisition of Brightwater',
    'passage',
  ],
  ['reworded', 'Brightwater: irregularities, auditors, Rotterdam, acquisition on ice', 'words'],
];

test.each(hostile)('caught: %s', (_, text, by) => {
  const found = leak(outboundForms(text), readFeatures(mail), []);
  expect(found?.by, JSON.stringify(found)).toBe(by);
});
