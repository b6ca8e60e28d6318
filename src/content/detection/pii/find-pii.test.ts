import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findPii } from './find-pii.ts';

const fixtures = new URL('../../../../test/fixtures/detection/pii/', import.meta.url);

function linesOf(file: string): readonly string[] {
  return readFileSync(new URL(file, fixtures), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** Escapes of JSON, in a line that needn't quote anything else. */
function textOf(line: string): string {
  return line.replace(/\\(?:u([0-9a-f]{4})|n|t|\\)/g, (written, unit: string | undefined) => {
    if (unit !== undefined) return String.fromCharCode(Number.parseInt(unit, 16));
    return { '\\n': '\n', '\\t': '\t' }[written] ?? '\\';
  });
}

function shown(text: string): readonly string[] {
  return findPii(text).map(({ type, start, end }) => `${type} ${text.slice(start, end)}`);
}

describe('what is found, and nothing beside it', () => {
  test.each(linesOf('found.txt'))('%s', (line) => {
    const [type = ''] = line.split(':', 1);
    const marked = textOf(line.slice(type.length + 2));
    const start = marked.lastIndexOf('[[');
    const end = marked.indexOf(']]', start);
    const value = marked.slice(start + 2, end);
    const text = marked.slice(0, start) + value + marked.slice(end + 2);
    expect(findPii(text)).toEqual([
      { type, start, end: start + value.length, score: expect.any(Number) },
    ]);
  });
});

test.each(linesOf('nothing.txt'))('nothing in %s', (line) => {
  expect(shown(textOf(line))).toEqual([]);
});

test('several of them, in order, none of them twice', () => {
  expect(
    shown(
      'Ann <ann@x.example>, phone +49 170 1234567, IBAN DE89 3704 0044 0532 0130 00, 86.121.97.248',
    ),
  ).toEqual([
    'email ann@x.example',
    'phone +49 170 1234567',
    'iban DE89 3704 0044 0532 0130 00',
    'ip_address 86.121.97.248',
  ]);
});

test('a text that speaks of it makes the detector surer', () => {
  const scoreOf = (text: string) => findPii(text)[0]?.score ?? 0;
  expect(scoreOf('card 4111111111111111')).toBeGreaterThan(scoreOf('4111111111111111'));
  expect(scoreOf('SSN 474-49-7577')).toBeGreaterThan(scoreOf('474-49-7577'));
});

const piece = fc.constantFrom(
  ...[
    '4111 1111 1111 1111',
    '4111',
    '1111',
    ' ',
    '-',
    '.',
    '+',
    '(',
    ')',
    '@',
    ':',
    '\u200b',
    '\uff11',
  ],
  ...[
    'card',
    'phone',
    'SSN',
    'version',
    'id',
    'number',
    'ann@x.example',
    'GB82 WEST 1234 5698 7654 32',
  ],
  ...[
    '474-49-7577',
    '86.121.97.248',
    '2001:db8::1',
    '+49 170 1234567',
    'a',
    '9',
    '\\n',
    '%40',
    '\ud835',
  ],
);
const text = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(''));

test('spans are in the text, in order, and never overlap', () => {
  fc.assert(
    fc.property(text, (whole) => {
      let reached = 0;
      for (const { start, end, score } of findPii(whole)) {
        expect(start).toBeGreaterThanOrEqual(reached);
        expect(end).toBeGreaterThan(start);
        expect(score).toBeGreaterThan(0);
        expect(score).toBeLessThanOrEqual(1);
        reached = end;
      }
      expect(reached).toBeLessThanOrEqual(whole.length);
    }),
    { numRuns: 500 },
  );
});

/** A line is not made harmless by the lines around it: what is found in it alone is covered in the whole. */
test('more lines hide nothing', () => {
  fc.assert(
    fc.property(text, text, (before, behind) => {
      const whole = findPii(`${before}\n${behind}`);
      const parts = [
        ...findPii(before),
        ...findPii(behind).map((sighting) => ({
          ...sighting,
          start: sighting.start + before.length + 1,
          end: sighting.end + before.length + 1,
        })),
      ];
      for (const { start, end } of parts)
        expect(whole.some((other) => other.start < end && start < other.end)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
