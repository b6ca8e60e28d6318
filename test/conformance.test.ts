import { expect, test } from 'vitest';
import { formatRows } from './conformance/comparison.ts';
import { conformanceReport } from './conformance/report.ts';

test('every required scenario of both revisions passes through the gateway, or is refused on purpose', {
  timeout: 120_000,
}, async () => {
  const { rows, unknown } = await conformanceReport();
  console.info(formatRows(rows));
  expect(rows.filter(({ direct, gateway }) => direct === 'failed' || gateway === 'failed')).toEqual(
    [],
  );
  expect(unknown).toEqual([]);
  expect(new Set(rows.map(({ revision }) => revision)).size).toBe(2);
});
