import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldText } from './folded-text.ts';

test.each<[string, string, string]>([
  ['plain text', 'Ann, 4111', 'Ann, 4111'],
  ['accents and other scripts stay', 'Müller 電話 \ud83d\ude00', 'Müller 電話 \ud83d\ude00'],
  ['full width', '\uff21\uff20\uff11', 'A@1'],
  ['digits of other scripts', '\u0661\u06f2\u0969', '123'],
  ['mathematical digits', '\ud835\udfce\ud835\udfd8\ud835\udfe3\ud835\udff5', '0019'],
  ['blanks', 'a\u00a0b\u2009c\u3000d', 'a b c d'],
  ['hyphens', 'a\u2011b\u2212c', 'a-b-c'],
  ['what nobody sees', 'a\u200bb\u00adc\ufeffd\u202ee\ufe0f', 'abcde'],
  ['tags', 'a\udb40\udc41b', 'ab'],
  ['half of a pair', '\ud835a\udb40', '\ud835a\udb40'],
])('%s', (_, text, expected) => {
  expect(foldText(text).text).toBe(expected);
});

test('a stretch stands where its first unit begins and its last one ends', () => {
  const folded = foldText('x\u200b\ud835\udfcf\u200b2\u200by');
  expect(folded.text).toBe('x12y');
  expect(folded.spanOf(1, 3)).toEqual({ start: 2, end: 6 });
});

test('each unit stands where it came from', () => {
  const unit = fc.constantFrom(
    'a',
    '1',
    ' ',
    '\u200b',
    '\uff11',
    '\ud835',
    '\udfce',
    '\udb40',
    '\udc41',
    '\u00e9',
  );
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 30 }), (units) => {
      const text = units.join('');
      const folded = foldText(text);
      let reached = 0;
      for (let at = 0; at < folded.text.length; at += 1) {
        const { start, end } = folded.spanOf(at, at + 1);
        expect(start).toBeGreaterThanOrEqual(reached);
        expect(foldText(text.slice(start, end)).text).toBe(folded.text.charAt(at));
        reached = end;
      }
      expect(reached).toBeLessThanOrEqual(text.length);
    }),
  );
});
