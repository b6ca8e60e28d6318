import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Phrases, readWords } from './phrases-in-text.ts';

function found(phrases: readonly string[], text: string): readonly string[] {
  return new Phrases(phrases).in(readWords(text));
}

test.each<[string, string, string, boolean]>([
  ['alone', 'secret', 'secret', true],
  ['in any case', 'SECRET', 'Top Secret!', true],
  ['as its beginning', 'secret', 'secretary', false],
  ['as its end', 'secret', 'nosecret', false],
  ['a phrase over lines', 'for your eyes only', 'For your\r\n> eyes only', true],
  ['a phrase with another word between', 'eyes only', 'eyes and only', false],
  ['with an apostrophe in either', "don't share", 'DONT share', true],
  ['with a curly one', "don't share", 'Don’t share', true],
  ['with digits', 'level 4', 'Level-4', true],
  ['backwards', 'secret', 'terces', true],
  ['a phrase backwards', 'eyes only', 'ylno seye', true],
  ['a sign, which stands for itself', '***', 'a *** b', true],
  ['a sign that isn’t there', '***', 'a ** b', false],
  ['in Cyrillic', 'секретно', 'Строго СЕКРЕТНО.', true],
  ['in a script without blanks', '机密', '机密性', true],
  ['its letters apart from one another', '机密', '机器保密', false],
])('a word: %s', (_, phrase, text, expected) => {
  expect(found([phrase], text)).toEqual(expected ? [phrase] : []);
});

test('each once, as it is written, in the order of the list', () => {
  expect(found(['Beta', 'ALPHA', 'gamma'], 'alpha beta alpha')).toEqual(['Beta', 'ALPHA']);
});

test('what ASCII says, it says in a text that has other letters, too', () => {
  const ascii = fc.string({ unit: fc.constantFrom(...Array.from("ab'- .\t\n\x01\x1c")) });
  const phrase = fc.constantFrom("a'b", 'ab', 'a b', 'b', 'a b a');
  let both = 0;
  fc.assert(
    fc.property(ascii, phrase, (text, one) => {
      const said = found([one], text);
      both += said.length;
      expect(found([one], `${text} é`)).toEqual(said);
    }),
    { numRuns: 4_000 },
  );
  expect(both).toBeGreaterThan(200);
});
