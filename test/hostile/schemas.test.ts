/** Schemas of a hostile server, from its listing through `tools pin` and the lock into a policy, and into a call. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../src/cli/program.ts';
import type { JsonObject } from '../../src/content/value.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import type { Lock } from '../../src/policy/lock.ts';
import { parseLock } from '../../src/policy/lock-file.ts';
import { undeclaredArguments } from '../../src/policy/schema-check.ts';
import { oddSchemas } from './odd-schemas.ts';

const directory = mkdtempSync(join(tmpdir(), 'sallyport-schemas-'));
const server = join(import.meta.dirname, 'odd-schemas-server.ts');
const asked: string[] = [];
const elsewhere = createServer((request, response) => {
  asked.push(request.url ?? '');
  response.end('{}');
});
let address = '';
let lock: Lock;

beforeAll(async () => {
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  const bound = elsewhere.address();
  address = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`;
  await pin('odd.yaml', [server, address]);
  lock = parseLock(readFileSync(join(directory, 'odd.lock'), 'utf8'));
}, 60_000);
afterAll(() => {
  elsewhere.close();
  rmSync(directory, { recursive: true, force: true });
});

async function pin(name: string, args: readonly string[]): Promise<string> {
  const file = join(directory, name);
  const command = `{ mcp: { command: '${process.execPath}', args: [${args.map((arg) => `'${arg}'`).join(', ')}] } }`;
  writeFileSync(file, `sallyport: 1\nupstreams: { odd: ${command} }\n`);
  let said = '';
  const streams = {
    out: { write: (text: string) => (said += text) },
    err: { write: (text: string) => (said += text) },
  };
  await run(['tools', 'pin', '--all', '--policy', file], streams);
  return said;
}

function load(operation: string, args: readonly string[]): ReturnType<typeof loadPolicy> {
  const kinds = args.map((name) => `${JSON.stringify(name)}: content`).join(', ');
  const text = `sallyport: 1
upstreams: { odd: { mcp: { command: none } } }
tools: { odd.${operation}: { action: use, tier: read_only, reach: internal, args: { ${kinds} } } }
agents: { helper: { permissions: { odd: { use: { when: "agent == 'helper'" } } } } }
`;
  return loadPolicy({ file: 'policy.yaml', readFile: () => text, lock });
}

/** As the gateway would read the arguments of a call. */
function accepts(operation: string, args: readonly string[], given: JsonObject): boolean {
  const loaded = load(operation, args);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors));
  const pinned = loaded.policy.tools.get(`odd.${operation}`)?.pin;
  if (pinned == null) throw new Error('not pinned');
  const filled = pinned.fillDefaults(given);
  return (
    pinned.checkInput(filled).length === 0 &&
    undeclaredArguments(pinned.inputSchema, filled).length === 0
  );
}

const rows = [...oddSchemas('http://127.0.0.1:1')];

test.each(rows.filter(([, { refused }]) => refused !== null))(
  '%s: no policy can use it',
  (name, { refused, schema }) => {
    const loaded = load(name, []);
    const errors = loaded.ok ? [] : loaded.errors;
    expect(errors.map(({ code }) => code)).toContain('policy.pin');
    expect(errors.map(({ message }) => message).join('\n')).toContain(refused);
    expect(JSON.stringify(errors).length).toBeLessThan(5_000);
    expect(schema).toBeDefined();
  },
);

describe.each(rows.filter(([, { refused }]) => refused === null))(
  '%s: usable',
  (name, { fits = [], unfit = [], schema }) => {
    const properties = schema['properties'];
    const names = Object.keys(
      typeof properties === 'object' && properties !== null ? properties : {},
    );

    test('what fits is let through, what doesn’t is refused', () => {
      for (const args of fits) expect([args, accepts(name, names, args)]).toEqual([args, true]);
      for (const args of unfit) expect([args, accepts(name, names, args)]).toEqual([args, false]);
    });
  },
);

test('a hundred properties that each refer to the whole are one type, not a hundred million', () => {
  const properties = Object.fromEntries(
    Array.from({ length: 100 }, (_, n) => [`p${n}`, { $ref: '#' }]),
  );
  const definition = { name: 'wide', inputSchema: { type: 'object', properties } };
  const tools = { wide: { digest: 'sha256:00', definition, pinnedAt: '2026-01-01T00:00:00Z' } };
  lock = { ...lock, upstreams: { odd: { tools: { ...lock.upstreams['odd']?.tools, ...tools } } } };
  const loaded = load('wide', Object.keys(properties));
  expect(loaded.ok ? [] : loaded.errors).toEqual([]);
}, 10_000);

test('tools that nobody could tell apart, or read the name of, are in no lock', () => {
  const pinned = Object.keys(lock.upstreams['odd']?.tools ?? {});
  expect(pinned).toEqual(expect.arrayContaining(['tree', 'mutual']));
  const odd = pinned.filter((name) => /twin|ased|^esc|other|^l|^$|xxx|no_schema/.test(name));
  expect(odd.toSorted()).toEqual(['look_ahead_within', 'look_alike_names', 'look_behind']);
});

test('a server that lists `__proto__` is one that can’t be listed', async () => {
  expect(await pin('proto.yaml', [server, address, 'proto'])).toMatch(
    /can't be listed.*nothing to accept/s,
  );
});

test('nothing of a schema was ever fetched', () => {
  expect(asked).toEqual([]);
});
