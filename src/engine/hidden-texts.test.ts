import { expect, test } from 'vitest';
import { type HiddenText, hiddenTexts } from './hidden-texts.ts';

/** Each has what it takes, and nothing to spare: one sign less is no credential. */
test.each<[string, readonly string[], HiddenText['written'], string]>([
  ['Base64 in which no long word stands', ['YWI/Y2Q/ZWY/Z2g/aWo/a2w/'], 'base64', 'ab?cd?ef?gh?'],
  ['Base64', ['Z2hwXzE2QzdlNDJGMjkyYWJj'], 'base64', 'ghp_16C7e42F292abc'],
  [
    'hexadecimal digits in pairs',
    ['67 68 70 5f 31 36 43 37 65 34 32 46 32 39 32 63'],
    'hexadecimal',
    'ghp_16C7e42F292c',
  ],
  ['the escapes of a URL', ['a%62c'], 'escaped', 'abc'],
  ['the escapes of HTML', ['a&#98;c'], 'escaped', 'abc'],
  ['the escapes of JSON', ['a\\u0062c'], 'escaped', 'abc'],
  ['the escapes of mail', ['a=62=63'], 'escaped', 'abc'],
  ['two pieces', ['ghp_16C7e', '42F292c'], 'in pieces', 'ghp_16C7e42F292c'],
  [
    'three pieces, the first at an end, the last at a beginning',
    ['it is ghp_1', '6C7e4', '2F292c, she said'],
    'in pieces',
    'ghp_16C7e42F292c',
  ],
  [
    'a key, line by line',
    ['-----BEGIN A KEY', 'abc', 'def'],
    'in pieces',
    '-----BEGIN A KEY\nabc\ndef',
  ],
])('%s', (_, texts, written, said) => {
  const found = hiddenTexts(['first, of all', ...texts, ' and last']);
  expect(
    found
      .filter((one) => one.written === written)
      .map(({ text }) => text)
      .join('|'),
  ).toContain(said);
});

test.each<[string, readonly string[]]>([
  ['names, ids and paths', ['ok-17', '/srv/out/17.md', 'ann@customer.example', 'green']],
  ['pieces that come to too little', ['ghp_16C7e', '42F292']],
  ['what stands between them ends a piece', ['ghp_16C7e', ' ', '42F292c']],
  ['a word a little shorter', ['YWJjZGVmZ2hpamts']],
  ['signs that escape nothing', ['100 % & more = less']],
])('nothing: %s', (_, texts) => {
  expect(hiddenTexts(texts)).toEqual([]);
});
