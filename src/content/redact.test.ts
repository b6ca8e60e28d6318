import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redactText, redactValues } from './redact.ts';

const secret = 's3cr3t/Key+"ü"!';

test.each([
  ['in the middle of a text', `Authorization: ${secret} sent`, 'Authorization: [redacted] sent'],
  ['several times', `${secret},${secret}`, '[redacted],[redacted]'],
  ['in Base64', `x ${Buffer.from(secret).toString('base64')} y`, /^x \[redacted\]=* y$/],
  ['in Base64 for URLs', `x ${Buffer.from(secret).toString('base64url')} y`, 'x [redacted] y'],
  ['percent-encoded', `?key=${encodeURIComponent(secret)}&a=1`, '?key=[redacted]&a=1'],
  [
    'percent-encoded, lower-case digits',
    `?key=${encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase())}`,
    '?key=[redacted]',
  ],
  ['as JSON escapes it', JSON.stringify({ secret }), '{"secret":"[redacted]"}'],
  [
    'as JSON with escaped slashes has it',
    JSON.stringify({ secret }).replaceAll('/', '\\/'),
    '{"secret":"[redacted]"}',
  ],
])('%s', (_, text, expected) => {
  if (typeof expected === 'string') expect(redactText(text, [secret])).toBe(expected);
  else expect(redactText(text, [secret])).toMatch(expected);
});

test('in the Base64 of a longer text, wherever it stands there', () => {
  for (const user of ['', 'a', 'ab', 'abc', 'user:', 'user1:']) {
    const header = Buffer.from(`${user}${secret}:rest`).toString('base64');
    const shown = redactText(header, [secret]);
    expect(shown).toContain('[redacted]');
    expect(Buffer.from(shown.replace('[redacted]', ''), 'base64').toString()).not.toContain('s3cr');
  }
});

test('in keys and values, at any depth', () => {
  expect(redactValues({ [`k${secret}`]: [{ a: `<${secret}>` }, 1, null, true] }, [secret])).toEqual(
    {
      'k[redacted]': [{ a: '<[redacted]>' }, 1, null, true],
    },
  );
});

test('of two secrets that overlap or contain one another nothing is left', () => {
  expect(redactText('abcdef', ['abcd', 'cdef'])).toBe('[redacted]');
  expect(redactText('x token-long y', ['token', 'token-long'])).toBe('x [redacted] y');
});

test('a secret too short to be one blanks nothing', () => {
  expect(redactText('a cat sat', ['a', 'cat', ''])).toBe('a cat sat');
});

test('what holds no secret is what it was', () => {
  const value = { a: ['text', 1, { b: 'more' }] };
  expect(redactValues(value, [])).toBe(value);
  expect(redactValues(value, [secret])).toEqual(value);
});

test('whatever the text and the secrets, no secret is left', () => {
  const word = fc.string({
    unit: fc.constantFrom('a', 'b', '/', '"', 'é'),
    minLength: 4,
    maxLength: 9,
  });
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 4 }),
      fc.array(fc.oneof(word, fc.string()), { maxLength: 6 }),
      (secrets, pieces) => {
        const text = [...pieces, ...secrets].join('');
        const shown = redactText(text, secrets);
        for (const one of secrets)
          expect(shown.split('[redacted]').some((rest) => rest.includes(one))).toBe(false);
      },
    ),
  );
});
