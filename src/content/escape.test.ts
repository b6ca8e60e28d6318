import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable } from './escape.ts';

test.each([
  ['plain words in any language', 'Grüße, 世界, مرحبا', 'Grüße, 世界, مرحبا'],
  ['an emoji with its variation selector', '❤️ 😀', '❤️ 😀'],
  ['a tab', 'a\tb', 'a b'],
  ['a forged line', 'ok\n2026 allow gmail.send', 'ok\\u{a}2026 allow gmail.send'],
  ['a carriage return that overwrites', 'deny\rallow', 'deny\\u{d}allow'],
  ['an escape sequence', '\u001b[2J\u001b[31mred', '\\u{1b}[2J\\u{1b}[31mred'],
  ['the eight-bit form of one', '\u009b2J', '\\u{9b}2J'],
  ['a title set by OSC', '\u001b]0;x\u0007', '\\u{1b}]0;x\\u{7}'],
  ['letters in another order', 'exe\u202etxt.nnA', 'exe\\u{202e}txt.nnA'],
  ['isolates', '\u2066a\u2069', '\\u{2066}a\\u{2069}'],
  ['zero width', 'ann\u200b@x', 'ann\\u{200b}@x'],
  ['tag characters', 'a\u{e0041}', 'a\\u{e0041}'],
  ['hidden bytes in variation selectors', 'a\u{e0101}', 'a\\u{e0101}'],
  ['a filler that looks like nothing', 'a\u3164b', 'a\\u{3164}b'],
  ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
  ['half a surrogate pair', 'a\ud800b', 'a\ufffdb'],
])('%s', (_, text, shown) => {
  expect(printable(text)).toBe(shown);
});

test('long text is cut, and says so', () => {
  expect(printable('abcdef', 3)).toBe('abc…');
  expect(printable('x'.repeat(10_000))).toHaveLength(4_097);
});

test('whatever is given, one line without controls comes out', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    }),
  );
});
