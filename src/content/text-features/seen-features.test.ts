import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evidenceOf, queryLeak } from './leak.ts';
import { outboundForms } from './outbound-forms.ts';
import { readFeatures } from './read-features.ts';
import { SeenFeatures } from './seen-features.ts';

const records = [
  'The committee postponed the acquisition of Brightwater because auditors discovered irregularities in Rotterdam.',
  'Your code is 463820, card 4111 1111 1111 1111, ticket AB-12-9X7; four in a row.',
  '委員会は延期した and nobody objected to the delay of the vote',
  'he is to be in at noon or so by the sea and not on it',
].map(readFeatures);
const [, second] = records;

const rotated = (text: string) =>
  text.replace(/[a-z]/gi, (letter) => {
    const code = letter.charCodeAt(0);
    return String.fromCharCode(code + ((code | 0x20) < 0x6e ? 13 : -13));
  });
/** What is beside a piece may be read as bytes, though nobody wrote it so: `entrance`. */
const pieces = fc.constantFrom(
  ...['committee', 'postponed the acquisition of Brightwater', 'discovered irregularities', 'code'],
  ...['463820', '4638', '20', '4111 11', '11 1111', 'AB-12', '-9X7', '延期した', 'in a row'],
  ...[
    'entrance',
    'installed',
    'anything',
    'insurance',
    'foundation',
    'ea',
    '“so”',
    '—',
    'Y29kZSA0NjM4MjA=',
  ],
  ...['nobody objected', 'to the delay', 'warranty', 'preferably', 'training', 'of', ',', '.'],
);
const plain = fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join(' '));
const base64 = (text: string) => Buffer.from(text).toString('base64');
/** Of a row of short words, some are bytes: what stands around them belongs to them. */
const inTheMiddle = fc
  .tuple(fc.nat(4), fc.nat(3), fc.integer({ min: 2, max: 4 }))
  .map(([first, before, count]) => {
    const words = 'he is to be in at noon or so by the sea and not on it'.split(' ').slice(first);
    const hidden = words.slice(before, before + count).join(' ');
    return [...words.slice(0, before), base64(hidden), words[before + count] ?? ''].join(' ');
  });
/** A word is more of a text that has fewer long ones once its bytes are read. */
const amongBytes = fc
  .uniqueArray(
    fc.constantFrom('as it was', 'what a day', 'all is up', 'if it is', 'at a day', 'it has a'),
    { minLength: 4 },
  )
  .map((hidden) => ['committee, my we go up us', ...hidden.map(base64)].join(', '));
const texts = fc.oneof(
  inTheMiddle,
  amongBytes,
  amongBytes.map((text) => Array.from(text).reverse().join('')),
  plain,
  plain.map((text) => Array.from(text).reverse().join('')),
  plain.map((text) => text.split(' ').reverse().join(' ')),
  plain.map(rotated),
  plain.map((text) => `entrance ${base64(text)} installed`),
  plain.map((text) => rotated(`${text} insurance`).split(' ').reverse().join(' ')),
);

/** What only a few of the ways to read a text are looked at for. */
test('what is evidence in all ways to read a text is evidence in those that are told', () => {
  const seen = new SeenFeatures();
  for (const record of records) seen.add(record);
  let found = 0;
  fc.assert(
    fc.property(texts, fc.boolean(), (text, isAllowed) => {
      const allowed = isAllowed && second !== undefined ? [second] : [];
      const all = outboundForms(text);
      for (const record of records) {
        const evidence = evidenceOf(all, record, allowed);
        const told = evidenceOf(seen.formsOf(text, allowed, 'leak'), record, allowed);
        for (const part of ['identifiers', 'passages', 'words'] as const) {
          const places = (of: typeof evidence) =>
            of[part].map(({ hash, start, end, form }) => [hash, start, end, ...form.decodings]);
          expect(places(told)).toEqual(places(evidence));
        }
        found += evidence.words.length + evidence.identifiers.length;
        expect(queryLeak(seen.formsOf(text, allowed, 'query'), record, allowed)).toEqual(
          queryLeak(all, record, allowed),
        );
      }
    }),
    { numRuns: 500 },
  );
  expect(found).toBeGreaterThan(300);
});
