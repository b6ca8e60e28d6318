import { expect, test } from 'vitest';
import { disguisesOfField } from './disguised.ts';

test.each([
  ['ann@customer.example', null],
  ['Grüße aus Köln\n\tεδώ, 漢字', null],
  ['', null],
  ['invoice\u202efdp.exe', ['bidi']],
  ['ann@customer\u200b.example', ['invisible']],
  ['\u0440aypal.example', ['confusable']],
  // Nothing that Sallyport calls a disguise, and nobody tells it from a space.
  ['pay\u00a0now', []],
])('of a field with %j', (text, expected) => {
  expect(disguisesOfField(text)?.map(({ as }) => as) ?? null).toEqual(expected);
});
