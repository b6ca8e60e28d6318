/**
 * Which room of `src` may know which stands in `biome.json`. This shows that it bites: a probe a row is linted under the
 * real configuration, so that no change to it, and no release of the linter, switches the rule off in silence.
 */
import { spawnSync } from 'node:child_process';
import { copyFile, glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';

const from = (specifier: string) => `import { x } from '${specifier}';\nx();\n`;
const core = ['policy', 'engine', 'content'];
const ports = ['store', 'ledger', 'identity', 'credentials', 'upstreams'];

/** A file that stands in `src`, and one line that it must not have. */
const refused: readonly (readonly [string, string])[] = [
  ...core.flatMap((room) => [
    ...['runtime', ...ports, 'edges/http', 'cli'].map(
      (other) => [`${room}/probe.ts`, from(`../${other}/port.ts`)] as const,
    ),
    [`${room}/deeper/probe.ts`, from('../../runtime/port.ts')] as const,
    [`${room}/probe.ts`, from('../gateway.ts')] as const,
    [`${room}/probe.ts`, from('node:fs')] as const,
    [`${room}/probe.ts`, from('fs')] as const,
    [`${room}/probe.ts`, "export const x = await import('node:fs');\n"] as const,
    [`${room}/probe.ts`, "export { x } from '../runtime/port.ts';\n"] as const,
    [`${room}/probe.ts`, 'export const x = process.env;\n'] as const,
    [`${room}/probe.ts`, "export const x = fetch('https://a.example');\n"] as const,
    [`${room}/probe.ts`, 'export const x = performance.now();\n'] as const,
    [`${room}/probe.ts`, 'export const x = crypto.randomUUID();\n'] as const,
    [`${room}/probe.ts`, 'export const x = setTimeout(String, 1);\n'] as const,
  ]),
  ...['../edges/http/server.ts', '../cli/main.ts', '../gateway.ts'].flatMap((other) =>
    ['runtime', ...ports].map((room) => [`${room}/probe.ts`, from(other)] as const),
  ),
  ...['../store/sqlite/open.ts', '../upstreams/mcp/upstream.ts', '../ledger/tree.ts'].map(
    (other) => ['runtime/probe.ts', from(other)] as const,
  ),
  ...ports.map((room) => [`${room}/probe.ts`, from('../runtime/port.ts')] as const),
  ...['../edges/http/server.ts', '../gateway.ts', '../store/sqlite/open.ts'].map(
    (other) => ['notifications/probe.ts', from(other)] as const,
  ),
  ['edges/http/probe.ts', from('../../gateway.ts')],
  ['edges/http/probe.ts', from('../../cli/main.ts')],
];

const permitted: readonly (readonly [string, string])[] = [
  ['policy/probe.ts', from('../content/json.ts')],
  ['engine/probe.ts', from('../policy/model.ts')],
  ['policy/probe.ts', from('yaml')],
  ['policy/probe.test.ts', from('node:fs')],
  ['runtime/probe.ts', from('../store/port.ts')],
  ['runtime/probe.ts', from('node:crypto')],
  ['store/sqlite/probe.ts', from('../../engine/run.ts')],
  ['edges/http/probe.ts', from('../../runtime/port.ts')],
  ['notifications/probe.ts', from('../store/port.ts')],
  ['gateway.ts', from('./edges/http/server.ts')],
  ['cli/probe.ts', from('../gateway.ts')],
];

const report = z.object({
  diagnostics: z.array(
    z.object({
      category: z.string(),
      severity: z.string(),
      location: z.object({ path: z.string() }),
    }),
  ),
});

test('a room that imports what it must not know, or a core that reads the world, is refused by lint', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-rule-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true }));
  await copyFile(new URL('../biome.json', import.meta.url), join(folder, 'biome.json'));
  const probes = [
    ...refused.map((probe) => ({ probe, wanted: 'refused' })),
    ...permitted.map((probe) => ({ probe, wanted: 'permitted' })),
  ].map(({ probe: [place, source], wanted }, number) => ({
    path: join('src', place.replace('probe', `probe${number}`)),
    source,
    wanted,
  }));
  for (const { path, source } of probes) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), source);
  }

  const program = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
  const { stdout } = spawnSync(
    process.execPath,
    [program, 'lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', '.'],
    { cwd: folder, encoding: 'utf8' },
  );
  const errors = report
    .parse(JSON.parse(stdout))
    .diagnostics.filter(
      ({ category, severity }) => severity === 'error' && category.startsWith('lint/style/'),
    );
  const paths = new Set(errors.map(({ location }) => location.path));

  expect(
    probes.map(({ path, source }) => [path, source, paths.has(path) ? 'refused' : 'permitted']),
  ).toEqual(probes.map(({ path, source, wanted }) => [path, source, wanted]));
});

test('the core is synchronous, and reads neither clock nor chance', async () => {
  const found: string[] = [];
  for await (const path of glob(`src/{${core.join()}}/**/*.ts`)) {
    if (path.endsWith('.test.ts')) continue;
    const source = await readFile(path, 'utf8');
    for (const [written] of source.matchAll(
      /\basync (?:function|\(|#?\w+\()|\bawait |\bPromise<|Date\.now|new Date\(\)|Math\.random/g,
    ))
      found.push(`${path}: ${written}`);
  }
  expect(found).toEqual([]);
});
