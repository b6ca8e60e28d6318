import { hash } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { nothingScanned } from './detection/scan.ts';
import type { Scans, Sighting } from './detection/sighting.ts';
import { hashWith } from './digest.ts';
import { FoundRedaction, foundIn } from './redact-found.ts';
import type { JsonValue } from './value.ts';

beforeAll(() => hashWith((text) => hash('sha256', text)));

const card = '4111 1111 1111 1111';
const mail = 'Bob@Company.example';
const key = '-----BEGIN KEY-----\nabc"def\n-----END KEY-----';

function redactionOf(...values: readonly string[]): FoundRedaction {
  return new FoundRedaction(new Map(values.map((value) => [value, 'it'])), 'run');
}

/** Its placeholder is the same wherever it stands. */
function shown(text: JsonValue): JsonValue {
  return JSON.parse(JSON.stringify(text).replaceAll(/\[it #[a-z2-7]{6}\]/g, '*'));
}

test.each<[string, readonly string[], JsonValue, JsonValue]>([
  ['in a text', [card], `Card ${card}.`, 'Card *.'],
  ['in keys and lists, at any depth', [card], { a: [{ [card]: card }] }, { a: [{ '*': '*' }] }],
  ['as often as it stands there', [mail], `${mail}, ${mail}`, '*, *'],
  ['as JSON writes it within a text', [key], JSON.stringify({ key }), '{"key":"*"}'],
  ['as a number', ['4111111111111111'], { card: 4111111111111111 }, { card: '*' }],
  ['of two that overlap nothing is left', ['abcd-efgh', 'efgh-ijkl'], 'abcd-efgh-ijkl', '*'],
  ['of two that begin alike, the longer', ['abcd', 'abcdef'], 'abcdef', '*'],
  [
    'nothing else',
    [card],
    { a: 'Card', n: 4111, b: true, c: null },
    { a: 'Card', n: 4111, b: true, c: null },
  ],
])('it is replaced %s', (_, values, value, expected) => {
  expect(shown(redactionOf(...values).value(value))).toEqual(expected);
});

test('equal values have equal placeholders, and others elsewhere', () => {
  const found = new Map([[card, 'credit_card']]);
  const [one, again, other] = [
    new FoundRedaction(found, 'run_1').text(card),
    new FoundRedaction(new Map([['4111-1111-1111-1111', 'credit_card']]), 'run_1').text(
      '4111-1111-1111-1111',
    ),
    new FoundRedaction(found, 'run_2').text(card),
  ];
  expect(one).toMatch(/^\[credit_card #[a-z2-7]{6}\]$/);
  expect([again === one, other === one]).toEqual([true, false]);
});

test.each<[string, string, boolean]>([
  ['in small letters', 'bob@company.example', true],
  ['behind a name of its own', 'mailto:bob@company.example', true],
  ['another', 'ann@company.example', false],
])('what rules took down in a form of their own, %s', (_, taken, redacted) => {
  const redaction = redactionOf(mail);
  expect(redaction.value(taken)).toBe(taken);
  const shownAs = redacted ? expect.stringMatching(/^\[it #/) : taken;
  expect(redaction.valueInAnyForm({ key: taken })).toEqual({ key: shownAs });
});

const sighting = (type: string, start: number, end: number): Sighting => ({
  type,
  start,
  end,
  score: 1,
});

test('only what is asked for is found: personal data by its type, secrets as such', () => {
  const text = `${mail} ${card} hunter2!`;
  const scans: Scans = new Map([
    [
      text,
      {
        injection: null,
        pii: [
          sighting('email', 0, mail.length),
          sighting('credit_card', mail.length + 1, mail.length + 1 + card.length),
        ],
        secrets: [sighting('password', text.length - 8, text.length)],
        model: null,
      },
    ],
  ]);
  const asked = (pii: readonly string[], secrets: boolean) =>
    Object.fromEntries(foundIn(scans, { pii: new Set(pii), secrets }));
  expect(asked([], false)).toEqual({});
  expect(asked(['credit_card'], false)).toEqual({ [card]: 'credit_card' });
  expect(asked([], true)).toEqual({ 'hunter2!': 'secret' });
  expect(foundIn(nothingScanned, { pii: new Set(), secrets: true }).size).toBe(0);
});

test('whatever stands around it, no value is left', () => {
  const value = fc.string({
    unit: fc.constantFrom('a', 'b', '"', '\\', '7', '-'),
    minLength: 4,
    maxLength: 8,
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(value, { minLength: 1, maxLength: 4 }),
      fc.array(value),
      (values, around) => {
        const text = around
          .flatMap((part, at) => [part, values[at % values.length] ?? ''])
          .join('');
        const redacted = redactionOf(...values)
          .text(text)
          .replaceAll(/\[it #[a-z2-7]{6}\]/g, '\0');
        for (const one of values) expect(redacted).not.toContain(one);
      },
    ),
  );
});
