import { expect, test } from 'vitest';
import { placeholder } from './placeholder.ts';

const card = placeholder('credit_card', '4111111111111111', 'run');

test.each([
  ['4111 1111 1111 1111'],
  ['4111-1111-1111-1111'],
  ['4111.1111.1111.1111'],
  ['４１１１ １１１１ １１１１ １１１１'],
])('%s is the same card', (written) => {
  expect(placeholder('credit_card', written, 'run')).toBe(card);
  expect(card).toMatch(/^\[credit_card #[a-z2-7]{6}\]$/);
});

test.each([
  ['another value', 'credit_card', '4012888888881881', 'run'],
  ['another kind of value', 'secret', '4111111111111111', 'run'],
  ['another run', 'credit_card', '4111111111111111', 'other'],
])('%s has another placeholder', (_, label, value, key) => {
  expect(placeholder(label, value, key).split('#')[1]).not.toBe(card.split('#')[1]);
});
