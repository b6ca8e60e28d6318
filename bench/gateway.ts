/** A gateway as users run it: built, in a process of its own, with a data directory on a real disk. */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cache } from '../examples/email-agent/rig/cache.ts';
import { mustRun } from '../examples/email-agent/rig/process.ts';
import { openGateway } from '../src/gateway.ts';
import type { Lock } from '../src/policy/lock.ts';
import { formatLock } from '../src/policy/lock-file.ts';

import type { Processes, Started } from './processes.ts';

const home = join(cache, 'bench');
const repository = join(import.meta.dirname, '..');
const buildMs = 120_000;

/** Below the repository: `/tmp` is memory on many systems, where a sync costs nothing. */
export async function workDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  await mkdir(home, { recursive: true });
  const path = await mkdtemp(join(home, 'run-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** @returns the command line's main file, built from the sources as they are now, as it is published. */
export function buildGateway(): Promise<string> {
  return built('gateway', (target) => [join(repository, 'scripts/build-package.ts'), target]);
}

/** The same, a file a module: a profile tells by its file which room a function belongs to. */
export function buildModules(): Promise<string> {
  return built('modules', (target) => [
    join(repository, 'node_modules/typescript/bin/tsc'),
    ...['-p', join(repository, 'tsconfig.build.json'), '--noCheck', '--outDir', target],
    ...['--emitDeclarationOnly', 'false'],
  ]);
}

async function built(name: string, argv: (target: string) => readonly string[]): Promise<string> {
  const directory = join(home, name);
  await mkdir(directory, { recursive: true });
  await mustRun(process.execPath, argv(join(directory, 'dist')), { timeoutMs: buildMs });
  await copyFile(join(repository, 'package.json'), join(directory, 'package.json'));
  return join(directory, 'dist/cli/main.js');
}

export interface Project {
  readonly policyFile: string;
  /** Tokens, as they are minted once. */
  readonly agent: string;
  readonly opener: string;
}

export async function makeProject(directory: string, policy: string, lock: Lock): Promise<Project> {
  const policyFile = join(directory, 'sallyport.yaml');
  await writeFile(policyFile, policy);
  await writeFile(join(directory, 'sallyport.lock'), formatLock(lock));
  await using gateway = await openGateway({
    policyFile,
    dataDirectory: join(directory, '.sallyport'),
    as: 'command',
    log: () => undefined,
  });
  const never = { name: 'bench', expiresAtMs: null } as const;
  const agent = await gateway.tokens.mint({ ...never, holder: 'agent', user: null });
  const opener = await gateway.tokens.mint({ ...never, holder: 'opener', agents: null });
  return { policyFile, agent: agent.token, opener: opener.token };
}

export interface RunningGateway {
  readonly process: Started;
  readonly url: string;
}

export async function up(
  processes: Processes,
  main: string,
  { policyFile }: Project,
): Promise<RunningGateway> {
  const argv = [main, 'up', '--policy', policyFile, '--port', '0', '--json'];
  const started = await processes.start(process.execPath, argv);
  return { process: started, url: new URL(JSON.parse(started.line).url).origin };
}
