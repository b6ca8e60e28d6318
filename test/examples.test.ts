/** Every example loads, its table passes and says enough, and what waits for later work is refused if somebody loads it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { formatDiagnostic } from '../src/policy/diagnostic.ts';
import { loadPolicy } from '../src/policy/load.ts';
import { parseLock } from '../src/policy/lock-file.ts';
import type { Policy } from '../src/policy/model.ts';
import { runPolicyTests } from '../src/policy/policytest.ts';
import { readPolicyTests } from '../src/policy/policytest-format.ts';
import { formatPolicyTests } from '../src/policy/policytest-summary.ts';
import { loadGrammar } from './sql/grammar.ts';

const folder = join(import.meta.dirname, '..', 'examples');
const examples = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .filter((name) => existsSync(join(folder, name, 'sallyport.yaml')));
const rowsMin = 15;

function load(example: string): Policy {
  const loaded = loadPolicy({
    file: 'sallyport.yaml',
    readFile: (path) => readFileSync(join(folder, example, path), 'utf8'),
    lock: parseLock(readFileSync(join(folder, example, 'sallyport.lock'), 'utf8')),
  });
  if (!loaded.ok) throw new Error(loaded.errors.map(formatDiagnostic).join('\n\n'));
  return loaded.policy;
}

function table(example: string): string {
  return readFileSync(join(folder, example, 'sallyport.policytest.yaml'), 'utf8');
}

beforeAll(loadGrammar);

test('the examples that the design has', () => {
  expect(examples).toEqual(
    expect.arrayContaining([
      'claims-agent',
      'coding-agent',
      'email-agent',
      'gmail-agent',
      'healthcare-agent',
      'quickstart',
      'support-agent',
    ]),
  );
});

test.each(examples)('%s decides what its table says', (example) => {
  const results = runPolicyTests(load(example), 'sallyport.policytest.yaml', table(example));
  if ('errors' in results) throw new Error(results.errors.map(formatDiagnostic).join('\n\n'));
  const failed = results.tests.filter(({ failures }) => failures.length > 0);
  expect(formatPolicyTests(example, failed), formatPolicyTests(example, failed)).not.toContain(
    'FAIL',
  );
});

test.each(examples)('the table of %s allows and refuses', (example) => {
  const read = readPolicyTests('sallyport.policytest.yaml', table(example));
  if ('errors' in read) throw new Error(read.errors.map(formatDiagnostic).join('\n\n'));
  const verdicts = read.table.tests.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.type === 'call' ? [step.call.expect.verdict] : [])),
  );
  expect(read.table.tests.length).toBeGreaterThanOrEqual(rowsMin);
  expect(verdicts.filter((verdict) => verdict === 'allow').length).toBeGreaterThanOrEqual(5);
  expect(verdicts.filter((verdict) => verdict === 'deny').length).toBeGreaterThanOrEqual(5);
});

test.each(examples)('every tool that %s classifies is pinned', (example) => {
  const unpinned = [...load(example).tools.values()].filter(({ pin }) => pin === null);
  expect(unpinned.map(({ name }) => name)).toEqual([]);
});

const overlays = examples.filter((example) =>
  readdirSync(join(folder, example)).includes('sallyport.later.yaml'),
);

test.each(overlays)('what waits in the overlay of %s is refused, never ignored', (example) => {
  const overlay = readFileSync(join(folder, example, 'sallyport.later.yaml'), 'utf8');
  const loaded = loadPolicy({
    // Under another name: one that ends in `.later.yaml` isn't even read.
    file: 'overlay.yaml',
    readFile: () => `sallyport: 1\n${overlay}`,
    lock: { lockVersion: 1, upstreams: {} },
  });
  if (loaded.ok) throw new Error('it loaded');
  expect(loaded.errors.map(({ code }) => code)).toContain('policy.later');
});
