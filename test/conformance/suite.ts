/** Runs one revision's server scenarios against a URL, with the suite that its authors published. */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';

export type Revision = '2025-11-25' | '2026-07-28';
export const revisions: readonly Revision[] = ['2025-11-25', '2026-07-28'];

export interface Scenario {
  readonly name: string;
  readonly checks: readonly Check[];
}

export interface Check {
  readonly id: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  readonly message: string;
}

const arguments_: Readonly<Record<Revision, readonly string[]>> = {
  '2025-11-25': ['--suite', 'active', '--spec-version', '2025-11-25'],
  '2026-07-28': ['--requirements', '2026-07-28'],
};

const checksShape = z.array(
  z.object({
    id: z.string(),
    status: z.enum(['SUCCESS', 'FAILURE', 'WARNING', 'SKIPPED', 'INFO']),
    errorMessage: z.string().optional(),
  }),
);

/** Not required, because the suite's own example fails them: we and the fixture don't. */
const pending = ['http-header-validation', 'http-custom-header-server-validation'];

/** By name. Scenarios of optional extensions are left out. */
export async function runSuite(revision: Revision, url: string): Promise<readonly Scenario[]> {
  const entry = createRequire(import.meta.url).resolve(`conformance-${revision}/dist/index.js`);
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-conformance-'));
  try {
    await run([entry, 'server', '--url', url, '--output-dir', directory, ...arguments_[revision]]);
    const wanted = await wantedScenarios(revision, entry);
    const scenarios: Scenario[] = [];
    for (const folder of await readdir(directory)) {
      const [, name] = /^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/.exec(folder) ?? [];
      if (name === undefined || (wanted !== null && !wanted.includes(name))) continue;
      const checks = checksShape.parse(
        JSON.parse(await readFile(join(directory, folder, 'checks.json'), 'utf8')),
      );
      scenarios.push({
        name,
        checks: checks.map(({ id, status, errorMessage = '' }) => ({
          id,
          status,
          message: errorMessage,
        })),
      });
    }
    const missing =
      wanted?.filter((name) => !scenarios.some((scenario) => scenario.name === name)) ?? [];
    if (scenarios.length === 0 || missing.length > 0)
      throw new Error(`the suite of ${revision} left out: ${missing.join(', ') || 'everything'}`);
    return scenarios.sort((a, b) => (a.name < b.name ? -1 : 1));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Null where the suite itself runs nothing else. */
async function wantedScenarios(
  revision: Revision,
  entry: string,
): Promise<readonly string[] | null> {
  if (revision === '2025-11-25') return null;
  const file = join(dirname(entry), '..', 'requirements', `${revision}.yaml`);
  const { server } = z
    .object({ server: z.array(z.string()) })
    .parse(parseYaml(await readFile(file, 'utf8')));
  return [...server, ...pending];
}

/** Its exit code says whether all passed; what passed is read from what it wrote. */
function run(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    child.once('error', reject);
    child.once('exit', () => resolve());
  });
}
