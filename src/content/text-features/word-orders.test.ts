import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type OutboundForm, outboundForms } from './outbound-forms.ts';
import { rewritesOf, WordOrders } from './word-orders.ts';

function found(form: OutboundForm): readonly number[] | null {
  const hashes: number[] = [];
  const words = new Set<number>();
  const sink = {
    gram: (hash: number) => void hashes.push(hash),
    word: (hash: number) => void words.add(hash),
  };
  const rowsAlone = form.decodings.at(-1) === 'words reversed';
  const isRead = WordOrders.of(text)?.scan(form.decodings, rowsAlone, sink);
  return isRead === true ? [...hashes, ...(rowsAlone ? [] : words)] : null;
}

let text = '';
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

test('a rewritten text has the rows and words that reading it finds', () => {
  let compared = 0;
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      text = parts.join('');
      const [plain] = outboundForms(text);
      if (plain?.text !== text) return;
      for (const form of outboundForms(text)) {
        if (rewritesOf(form.decodings) < form.decodings.length) continue;
        const hashes = found(form);
        if (hashes === null) continue;
        compared += 1;
        expect(form.identifiers).toEqual([]);
        expect(hashes).toEqual([...form.grams, ...form.words].map(({ hash }) => hash));
      }
    }),
    { numRuns: 2_000 },
  );
  expect(compared).toBeGreaterThan(1_000);
});

test('where it could hold a number to recognise, or letters without spaces between words, it is read itself', () => {
  const sink = { gram: () => undefined, word: () => undefined };
  expect(WordOrders.of('code 4638')?.scan(['ROT13'], false, sink)).toBe(false);
  expect(WordOrders.of('code 46')?.scan(['ROT13'], false, sink)).toBe(true);
  expect(WordOrders.of('code 4638')?.scan(['words reversed'], true, sink)).toBe(true);
  expect(WordOrders.of('code')?.scan(['base64'], false, sink)).toBe(false);
  expect(WordOrders.of('中文')).toBeNull();
  expect(WordOrders.of('\ud83d\ude00')).toBeNull();
});
