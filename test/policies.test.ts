import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadPolicy } from '../src/policy/load.ts';
import { policyReference } from '../src/policy/reference.ts';
import { policyJsonSchema } from '../src/policy/shape/document.ts';
import { folder, load, lock, readBroken, renderErrors } from './policies/fixture.ts';

const root = join(import.meta.dirname, '..');
const broken = readdirSync(join(folder, 'broken')).filter((name) => name.endsWith('.txt'));
const good = readdirSync(join(folder, 'good')).filter((name) => name.endsWith('.yaml'));
const fitsSchema = new Ajv({ allowUnionTypes: true, strict: true }).compile(policyJsonSchema());

function readFixture(name: string): ReturnType<typeof readBroken> {
  return readBroken(readFileSync(join(folder, 'broken', name), 'utf8'));
}

describe('broken policies', () => {
  test('the corpus is large', () => {
    expect(broken.length).toBeGreaterThanOrEqual(60);
  });

  test.each(broken)('%s', (name) => {
    const fixture = readFixture(name);
    const loaded = load(fixture);
    expect(loaded.ok ? 'it loads' : renderErrors(loaded.errors)).toBe(fixture.errors);
  });

  // What an editor marks and what the loader refuses come from one description. Names, pins and rules that join several
  // keys are beyond a schema, and so is what YAML itself hides.
  const forTheSchema = broken.filter((name) => {
    const { files, errors } = readFixture(name);
    const codes = [...errors.matchAll(/^policy\.yaml:\d+:\d+ (\S+)/gm)].map(([, code]) => code);
    const isPlain = !codes.some((code) =>
      /^policy\.(yaml|yaml_feature|unquoted|file|duplicate)$/.test(code ?? ''),
    );
    return (
      files.size === 1 &&
      isPlain &&
      codes.some((code) => /^policy\.(key|later|type)$/.test(code ?? ''))
    );
  });
  test.each(forTheSchema)('%s, by the published schema', (name) => {
    const [policy = ''] = readFixture(name).files.values();
    expect(fitsSchema(parse(policy))).toBe(false);
  });

  test('many of them are for the schema to see', () => {
    expect(forTheSchema.length).toBeGreaterThan(30);
  });
});

describe('good policies', () => {
  test.each(good)('%s loads, and fits the published schema', (name) => {
    const file = join(folder, 'good', name);
    const loaded = loadPolicy({ file, readFile: (path) => readFileSync(path, 'utf8'), lock });
    expect(loaded.ok ? '' : renderErrors(loaded.errors)).toBe('');
    fitsSchema(parse(readFileSync(file, 'utf8')));
    expect(fitsSchema.errors ?? []).toEqual([]);
  });
});

test('sallyport.schema.json is what the code says', () => {
  const published = readFileSync(join(root, 'sallyport.schema.json'), 'utf8');
  expect(published).toBe(`${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
});

test('docs/policy-reference.md is what the code says', () => {
  expect(readFileSync(join(root, 'docs', 'policy-reference.md'), 'utf8')).toBe(policyReference());
});
