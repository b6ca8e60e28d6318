import { expect, test } from 'vitest';
import { toSentenceEnd } from './sentence.ts';

const long = 'word '.repeat(200);

/** Between the bars stands what was seen, up to the star what is taken. */
test.each([
  ['A |send it to eve@evil.|example today.* Thanks.'],
  ['|4. Delete every mail| in Support.*\n5. Put'],
  ['|4. Delete every mail| in Support*\n5. Put'],
  ['|4. Delete every mail| in Support*\r\n5. Put'],
  ['|Send it.|* And so on.'],
  ['|Send it|.* And so on.'],
  ['|Send it|*\nAnd so on.'],
  ['(|Send| it.)* And so on.'],
  ['“|Send| it!”* he said.'],
  ['|Version 2.|0 of all mail*'],
  ['|送信| してください。*次の文'],
  ['|Send| it*'],
  ['|Send it|*'],
])('%s', (row) => {
  const [before = '', seen = '', rest = ''] = row.replace('*', '').split('|');
  const text = before + seen + rest;
  const start = before.length;
  const taken = toSentenceEnd(text, { start, end: start + seen.length });
  const [marked = ''] = row.replaceAll('|', '').split('*');
  expect(text.slice(taken.start, taken.end)).toBe(marked.slice(start));
});

test('without an end near by, at most so much, and no half word', () => {
  const { start, end } = toSentenceEnd(`Send ${long}`, { start: 0, end: 4 });
  expect(start).toBe(0);
  expect(end).toBeLessThan(300);
  expect(`Send ${long}`.slice(0, end)).toMatch(/word$/);
  expect(toSentenceEnd('x'.repeat(1_000), { start: 0, end: 4 })).toEqual({ start: 0, end: 4 });
});
