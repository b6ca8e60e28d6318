/** `sallyport policy diff`: its exit codes, its two forms, and the locks that it reads. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { run } from '../src/cli/program.ts';
import { definitionDigest, formatLock } from '../src/policy/lock-file.ts';

const policy = `sallyport: 1
upstreams: { files: { mcp: { url: "http://127.0.0.1:9/mcp" } } }
tools:
  files.read: { action: read, tier: read_only, reach: internal, args: { path: path } }
agents:
  reporter:
    permissions: { files: { read: { paths: { under: [reports] } } } }
`;

const directory = mkdtempSync(join(tmpdir(), 'sallyport-diff-'));
afterAll(() => rmSync(directory, { recursive: true }));

const definition = {
  name: 'read',
  description: 'reads',
  inputSchema: { type: 'object', properties: { path: { type: 'string' } } },
};
const pin = { digest: definitionDigest(definition), definition, pinnedAt: '2026-01-01T00:00:00Z' };
const files: Readonly<Record<string, string>> = {
  'sallyport.yaml': policy
    .replace('[reports]', '[reports, drafts]')
    .replace('reporter:\n', 'reporter:\n    budget: { tool_calls: 50 }\n'),
  'sallyport.lock': formatLock({ lockVersion: 1, upstreams: { files: { tools: { read: pin } } } }),
  'accepted.yaml': policy,
  'copy.yaml': `# a remark\n${policy}`,
  'bad.yaml': policy.replace('read_only', 'mostly_harmless'),
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);

async function diff(...argv: readonly string[]) {
  const said = { out: '', err: '' };
  const into = (name: 'out' | 'err') => ({ write: (text: string) => (said[name] += text) });
  const paths = argv.map((arg) => (arg.startsWith('-') ? arg : join(directory, arg)));
  const code = await run(['policy', 'diff', ...paths], { out: into('out'), err: into('err') });
  return { code, ...said };
}

test.each([
  ['policies that decide alike', ['accepted.yaml', 'copy.yaml'], 0],
  ['policies that differ', ['accepted.yaml', 'sallyport.yaml'], 1],
  ['a file that is missing', ['accepted.yaml', 'nowhere.yaml'], 2],
  ['a file that is no policy', ['accepted.yaml', 'bad.yaml'], 2],
  ['one file', ['accepted.yaml'], 2],
])('%s', async (_, argv, code) => {
  expect(await diff(...argv)).toMatchObject({ code });
});

test('the difference that the documents show', async () => {
  const { out } = await diff('accepted.yaml', 'sallyport.yaml');
  const shown = readFileSync(join(import.meta.dirname, '../docs/operations.md'), 'utf8');
  expect(shown).toContain(`$ sallyport policy diff accepted.yaml sallyport.yaml\n${out}\`\`\``);
});

test('one JSON object whose first field is `ok`', async () => {
  const { out } = await diff('--json', 'accepted.yaml', 'sallyport.yaml');
  expect(Object.keys(JSON.parse(out))[0]).toBe('ok');
  expect(JSON.parse(out)).toEqual({
    ok: false,
    groups: [
      {
        about: 'agents.reporter',
        changes: [
          { effect: 'wider', text: '`files.read`: paths: added drafts' },
          { effect: 'narrower', text: 'budget.tool_calls: 50 (was no limit)' },
        ],
      },
    ],
  });
});

test('a file without a lock is read with the definitions of the other', async () => {
  writeFileSync(join(directory, 'same.yaml'), files['sallyport.yaml'] ?? '');
  expect(await diff('same.yaml', 'sallyport.yaml')).toMatchObject({ code: 0 });
});
