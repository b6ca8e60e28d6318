import fc from 'fast-check';
import { expect, test } from 'vitest';
import { disguisesIn } from './disguises.ts';

/** Each part as `kind:code points`. */
function told(text: string): string {
  return disguisesIn(text)
    .map(({ start, end, as }) => {
      const points = Array.from(text.slice(start, end), (one) =>
        (one.codePointAt(0) ?? 0).toString(16),
      );
      return `${as}@${start}:${points.join('.')}`;
    })
    .join(' ');
}

test.each<[string, string, string]>([
  ['plain text', 'Dear Ann,\n\tsee https://x.example\r\n', ''],
  ['accents', 'Müller, Łódź, naïve, \u0131s\u0131k', ''],
  ['a word of another script', 'Привет, Γειά, 電話', ''],
  ['scripts that Latin is mixed with', 'Tシャツ、AI技術', ''],
  ['Greek that looks like nothing else', 'Δt is 5 \u03bcm', ''],
  [
    'an emoji of several signs',
    '\u{1f468}\u200d\u{1f469}\u200d\u{1f467} ❤\ufe0f 1\ufe0f\u20e3',
    '',
  ],
  ['joiners where letters need them', '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645', ''],
  ['zero width', 'pay\u200bpal', 'invisible@3:200b'],
  ['a joiner in a Latin word', 'pay\u200dpal', 'invisible@3:200d'],
  ['tags', 'hi\u{e0041}\u{e0042}', 'invisible@2:e0041.e0042'],
  ['variation selectors that say something', 'a\u{e0100}\u{e0101}', 'invisible@1:e0100.e0101'],
  ['a variation selector on a letter', 'a\ufe0fb', 'invisible@1:fe0f'],
  ['soft hyphen and filler', 'a\u00adb\u3164', 'invisible@1:ad invisible@3:3164'],
  ['controls', 'a\u0000\u001b[2Kb\u009b', 'invisible@1:0.1b invisible@7:9b'],
  ['a carriage return alone', 'Pay Ann\rPay Eve', 'invisible@7:d'],
  ['separators of lines', 'a\u2028b\u2029', 'invisible@1:2028 invisible@3:2029'],
  ['private use and no characters', 'a\ue000\uffff', 'invisible@1:e000.ffff'],
  ['half a pair', 'a\ud800b', 'invisible@1:d800'],
  ['an override', 'fdp\u202egpj.exe', 'bidi@3:202e'],
  ['an isolate and a mark', '\u2066a\u2069\u200f', 'bidi@0:2066 bidi@2:2069.200f'],
  ['one Cyrillic letter', 'p\u0430ypal', 'confusable@1:430'],
  ['one Latin letter', 'Сбербa\u043dк', 'confusable@5:61'],
  ['a Greek look-alike', 'micr\u03bfsoft', 'confusable@4:3bf'],
  ['mathematical letters', '\u{1d5d4}nn', 'confusable@0:1d5d4'],
  ['in separate words', 'Ann и Bob', ''],
])('%s', (_, text, expected) => {
  expect(told(text)).toBe(expected);
});

test('many are told as far as anybody looks', () => {
  expect(disguisesIn('a\u200b'.repeat(10_000))).toHaveLength(256);
});

test('parts are in order, within the text, and end at characters', () => {
  const unit = fc.constantFrom(
    ...['a', 'Z', ' ', '\n', '\u0430', '\u200d', '\u202e', '\ufe0f', '\ud83d', '\udc68', '\udb40'],
    ...['\udc41', '\u0301', '\u0645', '\u{1d5d4}', '\r', '\u{1f468}'],
  );
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 40 }), (units) => {
      const text = units.join('');
      let last = 0;
      for (const { start, end } of disguisesIn(text)) {
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(text.length);
        for (const at of [start, end]) {
          const splits =
            /[\ud800-\udbff]/.test(text.charAt(at - 1)) && /[\udc00-\udfff]/.test(text.charAt(at));
          expect(splits).toBe(false);
        }
        last = end;
      }
    }),
  );
});
