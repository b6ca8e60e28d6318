import { hash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestOf, digestOfText, hashWith } from './digest.ts';

test('the digest of a text is the SHA-256 of its UTF-8', () => {
  expect(digestOfText('')).toBe(
    'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  );
  expect(digestOfText('€')).toBe(digestOfText('\u20ac'));
});

test('equal values have one digest, in whatever order their keys were written', () => {
  expect(digestOf({ a: 1, b: [1, 2] })).toBe(digestOf({ b: [1, 2], a: 1 }));
  expect(digestOf({ b: [1, 2] })).not.toBe(digestOf({ b: [2, 1] }));
  expect(digestOf('1')).not.toBe(digestOf(1));
});

test('the platform’s digests are the same', () => {
  const texts = fc.sample(fc.string({ unit: 'binary' }), { numRuns: 200, seed: 1 });
  const own = texts.map(digestOfText);
  hashWith((text) => hash('sha256', text));
  expect(texts.map(digestOfText)).toEqual(own);
});
