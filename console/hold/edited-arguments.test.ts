import fc from 'fast-check';
import { expect, test } from 'vitest';
import { argumentsOf, fieldsOf, readArguments } from './edited-arguments.ts';

test('arguments that nobody changes come back as they were', () => {
  const values = fc.dictionary(fc.string(), fc.jsonValue());
  fc.assert(
    fc.property(values, (value) => {
      const args: unknown = JSON.parse(JSON.stringify(value));
      const read = readArguments(JSON.stringify(args));
      expect(read).toEqual({ ok: true, args });
      if (read.ok) expect(argumentsOf(fieldsOf(read.args))).toEqual({ ok: true, args });
    }),
  );
});

test('each field is one that fits its value', () => {
  const args = { to: 'a@b.example', body: 'one\ntwo', amount: 12.5, urgent: false, cc: [] };
  const shapes = Object.values(fieldsOf(args)).map(({ as }) => as);
  expect(shapes).toEqual(['line', 'text', 'number', 'switch', 'json']);
});

test.each([
  [{ amount: { as: 'number', text: '12,5' } }, 'amount is not a number'],
  [{ amount: { as: 'number', text: '' } }, 'amount is not a number'],
  [{ amount: { as: 'number', text: '"12"' } }, 'amount is not a number'],
  [{ cc: { as: 'json', text: '[' } }, 'cc is not JSON'],
] as const)('%j is refused', (fields, problem) => {
  expect(argumentsOf(fields)).toEqual({ ok: false, problem });
});

test.each(['', '[]', 'null', '"x"', '{'])('%j is no arguments', (text) => {
  expect(readArguments(text)).toEqual({ ok: false, problem: 'this is no JSON object' });
});
