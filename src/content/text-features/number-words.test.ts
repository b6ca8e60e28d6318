import { expect, test } from 'vitest';
import { numbersFromWords } from './number-words.ts';

const rows: readonly (readonly [string, string | null])[] = [
  ['four one one one', '4111'],
  ['Four, one; one - one.', '4111.'],
  ['forty-two seven', '427'],
  ['four hundred and sixty-three thousand eight hundred twenty', '463820'],
  ['two million', '2000000'],
  ['one thousand and five', '1005'],
  ['hundred', '100'],
  ['seven oh two', '702'],
  ['twenty twenty six', '2026'],
  ['nineteen eighty-four', '1984'],
  ['code four six three eight two zero, thanks', 'code 463820, thanks'],
  ['one or two', null],
  ['someone tended nineteenths', null],
  ['', null],
];

test.each(rows)('%s', (text, read) => {
  expect(numbersFromWords(text)).toBe(read);
});
