/** Where the examples keep what they install: `.cache/` of the repository, ignored by git. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { mustRun } from './process.ts';

export const repository: string = resolve(import.meta.dirname, '../../..');
export const cache: string = join(repository, '.cache');

const installMs = 10 * 60_000;

/**
 * A Python environment with exactly the packages of a hash-locked requirements file. Named by the file's digest, so a
 * changed file makes a new one; marked when it is whole, so an interrupted install is made again.
 */
export async function pythonEnvironment(requirements: string): Promise<{ readonly bin: string }> {
  const locked = await readFile(requirements);
  const digest = createHash('sha256').update(locked).digest('hex');
  const home = join(cache, `python-${digest.slice(0, 16)}`);
  const whole = join(home, 'installed');
  if (!existsSync(whole)) {
    await rm(home, { recursive: true, force: true });
    await mustRun('python3', ['-m', 'venv', home], { timeoutMs: installMs });
    await mustRun(
      join(home, 'bin', 'python'),
      [
        ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'],
        ...['--require-hashes', '-r', requirements],
      ],
      { timeoutMs: installMs },
    );
    await writeFile(whole, '');
  }
  return { bin: join(home, 'bin') };
}
