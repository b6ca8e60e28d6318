import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formOf, hasRowsAlone, readingsOf } from './outbound-forms.ts';
import type { Reading } from './reading.ts';
import { asItStands, type Turn, WordOrders } from './word-orders.ts';

/** What its words tell of a reading; null: they don't tell all. */
function told(reading: Reading): readonly number[] | null {
  const hashes: number[] = [];
  const words = new Set<number>();
  const sink = {
    isDone: false,
    gram: (hash: number) => void hashes.push(hash),
    word: (hash: number) => void words.add(hash),
  };
  const { origin, rewriting } = reading;
  const rowsAlone = hasRowsAlone(reading);
  const isTold = rewriting !== null && origin.words?.scan(rewriting, rowsAlone, sink);
  return isTold === true ? [...hashes, ...(rowsAlone ? [] : words)] : null;
}

const pieces = fc.oneof(
  fc.constantFrom(
    'acquisition',
    'Brightwater',
    "company's",
    'e.g.',
    'is',
    ' ',
    ' ',
    '\n',
    '-',
    '.',
    ', ',
    '7',
    '\x01',
    '(all)',
  ),
  fc.string({ unit: 'grapheme-ascii', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.constantFrom('сode', 'straße', 'Ωmega', 'भारत', '中', 'กา', '٤', '\ud83d\ude00', 'ø'),
);

/** Chance alone makes too few of them. */
const encoded = Buffer.from("the company's acquisition of Brightwater").toString('base64');

test('a rewritten text has the rows and words that reading it finds', () => {
  const compared = new Set<string>();
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      for (const reading of readingsOf(parts.join(''))) {
        const hashes = told(reading);
        if (hashes === null) continue;
        compared.add(reading.decodings.join(' '));
        const form = formOf(reading);
        expect(form.identifiers).toEqual([]);
        expect(hashes).toEqual([...form.grams, ...form.words].map(({ hash }) => hash));
      }
    }),
    { numRuns: 2_000, examples: [[[encoded]], [['is ', encoded, ', (all)']]] },
  );
  for (const decodings of [
    '',
    'ROT13',
    'letters reversed',
    'words reversed',
    'ROT13 words reversed',
    'letters reversed ROT13',
    'letters reversed words reversed',
    'base64',
    'base64 ROT13',
  ])
    expect(compared).toContain(decodings);
});

test('where it could hold a number to recognise, or letters without spaces between words, it is read itself', () => {
  const sink = { isDone: false, gram: () => undefined, word: () => undefined };
  const turned = (turn: Turn) => asItStands.turned.get(turn) ?? asItStands;
  expect(WordOrders.of('code 4638')?.scan(turned('ROT13'), false, sink)).toBe(false);
  expect(WordOrders.of('code 46')?.scan(turned('ROT13'), false, sink)).toBe(true);
  expect(WordOrders.of('code 4638')?.scan(turned('words reversed'), true, sink)).toBe(true);
  expect(asItStands.turned.get('words reversed')?.turned.size).toBe(0);
  expect(WordOrders.of('中文')).toBeNull();
  expect(WordOrders.of('\ud83d\ude00')).toBeNull();
});
