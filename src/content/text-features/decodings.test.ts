import { expect, test } from 'vitest';
import { outboundForms } from './outbound-forms.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const hex = (text: string) => Buffer.from(text).toString('hex');
const secret = 'Grüße, the committee postponed it: ünïcödé 今日';

/** What is written, and what it says. */
const rows: readonly (readonly [string, string, string])[] = [
  ['base64', base64(secret), secret],
  ['base64url without padding', Buffer.from(secret).toString('base64url'), secret],
  ['base64 in lines of 76', base64(secret.repeat(3)).replace(/.{76}/g, '$&\r\n'), secret.repeat(3)],
  ['base64 in groups of four', base64(secret).replace(/.{4}/g, '$& '), secret],
  [
    'padded pieces one after another',
    `${base64('Hello')} ${base64(' committee')}`,
    'Hello committee',
  ],
  ['hexadecimal', hex(secret), secret],
  ['hexadecimal in pairs', hex(secret).replace(/../g, '$& '), secret],
  [
    'hexadecimal with colons',
    hex(secret)
      .replace(/..(?!$)/g, '$&:')
      .toUpperCase(),
    secret,
  ],
  ['percent, twice', encodeURIComponent(encodeURIComponent('a&b c')), 'a&b c'],
  ['entities', '&#97;&#x62;&amp;&quot;', 'ab&"'],
  ['JSON', '\\u0061\\x62\\u{63}', 'abc'],
  ['quoted-printable', 'commit=\r\ntee =C3=BC', 'committee u\u0308'],
  ['full-width', 'ｃｏｍｍｉｔｔｅｅ', 'committee'],
  ['invisible', 'com\u200bmit\u00adt\u{e0061}ee', 'committee'],
  [
    'tags',
    Array.from('the committee')
      .map((c) => String.fromCodePoint(0xe0000 + c.charCodeAt(0)))
      .join(''),
    'the committee',
  ],
  [
    'variation selectors behind a smile',
    `😀${Array.from('the committee')
      .map((c) => String.fromCodePoint(0xe0100 + c.charCodeAt(0) - 16))
      .join('')}`,
    'the committee',
  ],
  ['numbers of characters', [...Buffer.from('the committee')].join(', '), 'the committee'],
  [
    'bits',
    [...Buffer.from('the committee')].map((byte) => byte.toString(2).padStart(8, '0')).join(' '),
    'the committee',
  ],
  [
    'Braille for bytes',
    Array.from('the committee')
      .map((c) => String.fromCharCode(0x2800 + c.charCodeAt(0)))
      .join(''),
    'the committee',
  ],
  ['spaced', 'c o m m i t t e e', 'committee'],
  ['vertical', 'c\no\nm', 'com'],
  ['broken', 'com-mit.tee', 'committee'],
  ['ROT13', 'Pbzzvggrr', 'Committee'],
  ['backwards', 'eettimmoC 😀', '😀 Committee'],
  ['words backwards', 'postponed  committee The', 'The committee postponed'],
  ['ROT13 in base64', base64('gur pbzzvggrr'), 'the committee'],
  ['base64 backwards', Array.from(base64('the committee')).reverse().join(''), 'the committee'],
];

test.each(rows)('%s is read', (_, written, says) => {
  const texts = outboundForms(written).map(({ text }) => text.normalize('NFKC').trim());
  expect(texts).toContain(says.normalize('NFKC'));
});

test('the text as it stands comes first, and what decodes to nothing adds nothing', () => {
  expect(outboundForms('')).toMatchObject([{ decodings: [], text: '', complete: true }]);
  const forms = outboundForms('Thanks for the information about registration and accommodation.');
  expect(forms.map(({ decodings }) => decodings.join(' '))).toEqual([
    '',
    'ROT13',
    'letters reversed',
    'words reversed',
    'ROT13 words reversed',
    'letters reversed ROT13',
    'letters reversed words reversed',
  ]);
});
