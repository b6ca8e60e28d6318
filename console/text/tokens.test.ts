import fc from 'fast-check';
import { expect, test } from 'vitest';
import { piecesOf } from './pieces.ts';
import { tokensOf } from './tokens.ts';

function written(text: string, lines = false): string {
  return tokensOf(text, lines)
    .map((token) =>
      token.type === 'text'
        ? token.text
        : `<${token.name}${token.times > 1 ? ` ×${token.times}` : ''}>`,
    )
    .join('');
}

test.each([
  ['ordinary text, ümlauts, 漢字, Ελληνικά', 'ordinary text, ümlauts, 漢字, Ελληνικά'],
  ['invoice\u202efdp.exe', 'invoice<right-to-left override>fdp.exe'],
  ['a\u200b\u200b\u200bb', 'a<zero-width space ×3>b'],
  ['pay\u00a0now', 'pay<no-break space>now'],
  ['\u001b[2Kgone', '<escape>[2Kgone'],
  ['one\r\ntwo\tthree', 'one<carriage return><line break>two<tab>three'],
  ['\u{e0041}\u{e0042}', '<invisible A><invisible B>'],
  ['x\ud800y', 'x<U+D800>y'],
  ['a\u0301\u0301\u0301\u0301\u0301\u0301\u0301', 'a\u0301\u0301\u0301\u0301\u0301<U+0301 ×2>'],
  ['\u3164\u2800', '<Hangul filler><blank Braille pattern>'],
  ['\ufdd0', '<U+FDD0>'],
  ['a\ufff9b', 'a<U+FFF9>b'],
  ['❤\ufe0f 👩\u200d🔬', '❤\ufe0f 👩\u200d🔬'],
  ['a\ufe0f', 'a<variation selector>'],
  ['👩\u200dadmin', '👩<zero-width joiner>admin'],
  ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
])('%j is shown as %j', (text, shown) => {
  expect(written(text)).toBe(shown);
});

test('in a block line breaks and tabs stay, and a lone carriage return does not', () => {
  expect(written('one\n\ttwo\rthree', true)).toBe('one\n\ttwo<carriage return>three');
});

test('whatever the text is, nothing that changes direction is shown as text, and every other letter is', () => {
  const odd = fc.constantFrom(
    '\u202e',
    '\u2066',
    '\u200f',
    '\u0000',
    'a',
    'ב',
    ' ',
    '\ud83d\ude00',
  );
  fc.assert(
    fc.property(fc.string({ unit: odd, maxLength: 60 }), (text) => {
      const shown = tokensOf(text, false).flatMap((one) => (one.type === 'text' ? [one.text] : []));
      expect(shown.join('')).toBe(text.replaceAll(/[\u202e\u2066\u200f\u0000]/g, ''));
    }),
  );
});

test.each([
  ['abcdef', [[2, 4, 'untrusted']], ['ab', 'cd*untrusted', 'ef']],
  [
    'abcdef',
    [
      [0, 6, 'untrusted'],
      [1, 2, 'bidi'],
    ],
    ['a*untrusted', 'b*untrusted,bidi', 'cdef*untrusted'],
  ],
  ['abc', [[1, 99, 'trusted']], ['a', 'bc*trusted']],
  ['abc', [[5, 9, 'trusted']], ['abc']],
  // Halves of a character aren't torn apart.
  ['x😀y', [[2, 3, 'untrusted']], ['x', '😀*untrusted', 'y']],
] as const)('%j marked at %j', (text, marks, pieces) => {
  const found = piecesOf(
    text,
    marks.map(([start, end, as]) => ({ start, end, as })),
  );
  expect(found.map((one) => (one.as.length > 0 ? `${one.text}*${one.as}` : one.text))).toEqual(
    pieces,
  );
});
