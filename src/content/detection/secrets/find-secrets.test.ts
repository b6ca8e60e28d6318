import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findSecrets } from './find-secrets.ts';

const fixtures = new URL('../../../../test/fixtures/detection/secrets/', import.meta.url);

const alphabets: Readonly<Record<string, string>> = {
  digits: '0123456789',
  hex: '0123456789abcdef',
  lower: 'abcdefghijklmnopqrstuvwxyz0123456789',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
  letters: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  wide: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
  base64: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
};

/** The same values in each run, of the generator that C's standard shows. */
function drawing(): (alphabet: string, length: number) => string {
  let state = 20_240_512;
  return (alphabet, length) =>
    Array.from({ length }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return alphabet.charAt((state >>> 16) % alphabet.length);
    }).join('');
}

function linesOf(file: string): readonly string[] {
  return readFileSync(new URL(file, fixtures), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function textOf(line: string): string {
  const draw = drawing();
  return line
    .replace(/\{([a-z0-9]+):([0-9]+)\}/g, (_, name: string, length: string) =>
      draw(alphabets[name] ?? '', Number(length)),
    )
    .replace(/\\(?:u([0-9a-f]{4})|n|t|\\)/g, (written, unit: string | undefined) => {
      if (unit !== undefined) return String.fromCharCode(Number.parseInt(unit, 16));
      return { '\\n': '\n', '\\t': '\t' }[written] ?? '\\';
    });
}

function shown(text: string, held: readonly string[] = []): readonly string[] {
  return findSecrets(text, held).map(({ type, start, end }) => `${type} ${text.slice(start, end)}`);
}

describe('what is found, and nothing beside it', () => {
  test.each(linesOf('found.txt'))('%s', (line) => {
    const [type = ''] = line.split(':', 1);
    const marked = textOf(line.slice(type.length + 2));
    const start = marked.indexOf('[[');
    const end = marked.indexOf(']]', start);
    const value = marked.slice(start + 2, end);
    const text = marked.slice(0, start) + value + marked.slice(end + 2);
    expect(shown(text)).toEqual([`${type} ${value}`]);
    expect(findSecrets(text, [])[0]?.start).toBe(start);
  });
});

test.each(linesOf('nothing.txt'))('nothing in %s', (line) => {
  expect(shown(textOf(line))).toEqual([]);
});

describe('secrets that Sallyport holds', () => {
  const held = ['blue-Giraffe-42?', 'abcd', 'abc'];

  test.each<[string, string, readonly string[]]>([
    ['as they are', 'it is blue-Giraffe-42?!', ['held blue-Giraffe-42?']],
    ['twice', 'abcd abcd', ['held abcd', 'held abcd']],
    ['in Base64', `see ${btoa('blue-Giraffe-42?')}`, ['held Ymx1ZS1HaXJhZmZlLTQyPw']],
    ['in a link', 'https://x.example/?q=blue-Giraffe-42%3F', ['held blue-Giraffe-42%3F']],
    [
      'where something else is found too',
      'password=abcd1234',
      ['held abcd', 'assignment abcd1234'],
    ],
    ['not those that are ordinary text', 'abc', []],
    ['not in another case', 'BLUE-GIRAFFE-42?', []],
  ])('%s', (_, text, expected) => {
    expect(shown(text, held)).toEqual(expected);
  });

  test('one that begins like others, up to its end', () => {
    const long = `${'a'.repeat(40)}b`;
    expect(shown(`${'a'.repeat(50)} ${'a'.repeat(60)}b`, [long])).toEqual([`held ${long}`]);
  });

  test('none is left where there are none', () => {
    expect(shown('blue-Giraffe-42?')).toEqual([]);
  });
});

const draw = drawing();
const pieces = [
  ...[
    'AKIA',
    'ghp_',
    'sk-ant-',
    'eyJ',
    'xoxb-',
    '-----BEGIN PRIVATE KEY-----',
    '-----END PRIVATE KEY-----',
  ],
  ...[
    'password',
    'token',
    'api_key',
    'Bearer ',
    'Authorization',
    'curl -u ',
    '://',
    '@',
    '"d":"',
    '"kty"',
  ],
  ...[
    '=',
    ':',
    ' ',
    '"',
    "'",
    '\\',
    '.',
    '-',
    '|',
    ';',
    '\u200b',
    '\uff21',
    '$',
    '{X}',
    'xxxx',
    'example',
  ],
  ...[
    draw('0123456789abcdef', 32),
    draw(alphabets['upper'] ?? '', 16),
    draw(alphabets['letters'] ?? '', 40),
  ],
  ...['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0', 'postgres://app:aB3xY9zQ@db', 'Hunter2!'],
];
const text = fc.array(fc.constantFrom(...pieces), { maxLength: 16 }).map((all) => all.join(''));

test('spans are in the text, in order, and those of one type never overlap', () => {
  fc.assert(
    fc.property(text, (whole) => {
      const reached = new Map<string, number>();
      let before = 0;
      for (const { type, start, end, score } of findSecrets(whole, ['Hunter2!', 'api_key'])) {
        expect(start).toBeGreaterThanOrEqual(before);
        expect(start).toBeGreaterThanOrEqual(reached.get(type) ?? 0);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(whole.length);
        expect(score).toBeGreaterThan(0);
        expect(score).toBeLessThanOrEqual(1);
        before = start;
        reached.set(type, end);
      }
    }),
    { numRuns: 500 },
  );
});

/** Nobody hides a secret by what he writes in the lines around it. */
test('more lines hide nothing', () => {
  fc.assert(
    fc.property(text, text, (before, behind) => {
      const whole = findSecrets(`${before}\n${behind}`, []);
      const shift = before.length + 1;
      const parts = [
        ...findSecrets(before, []),
        ...findSecrets(behind, []).map(({ start, end }) => ({
          start: start + shift,
          end: end + shift,
        })),
      ];
      for (const { start, end } of parts)
        expect(whole.some((other) => other.start < end && start < other.end)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
