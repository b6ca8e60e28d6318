/** The client programs: how each is installed, and how it is run. */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cache, pythonEnvironment } from '../../examples/email-agent/rig/cache.ts';
import { mustRun } from '../../examples/email-agent/rig/process.ts';
import { type Plan, type Report, reportShape } from './clients/report.ts';

export interface ClientProgram {
  readonly name: string;
  /** What it should speak with a gateway that offers both eras. */
  readonly protocol: string;
  /** Installs what is missing, and runs the program once. */
  run(plan: Plan, token: string): Promise<Report>;
}

const runMs = 60_000;
const buildMs = 5 * 60_000;
const clients = join(import.meta.dirname, 'clients');

export const typescriptModern: ClientProgram = program(
  'TypeScript v2 auto',
  '2026-07-28',
  () => typescript('ts-v2.ts'),
  { MATRIX_ERA: 'auto' },
);

export const clientPrograms: readonly ClientProgram[] = [
  program('TypeScript v1', '2025-11-25', () => typescript('ts-v1.ts')),
  program('TypeScript v2', '2025-11-25', () => typescript('ts-v2.ts')),
  typescriptModern,
  program('Python', '2026-07-28', async () => [
    join((await matrixPython()).bin, 'python'),
    join(clients, 'python', 'client.py'),
  ]),
  program('Go', '2026-07-28', async () => [await buildGo()]),
];

async function typescript(file: string): Promise<readonly string[]> {
  return [process.execPath, join(clients, file)];
}

/** The Python SDK and the servers from PyPI. */
export function matrixPython(): Promise<{ readonly bin: string }> {
  return pythonEnvironment(join(clients, 'python', 'requirements.txt'));
}

function program(
  name: string,
  protocol: string,
  install: () => Promise<readonly string[]>,
  env: Readonly<Record<string, string>> = {},
): ClientProgram {
  return {
    name,
    protocol,
    run: async (plan, token) => {
      const [command = '', ...args] = await install();
      const printed = await mustRun(command, [...args, JSON.stringify(plan)], {
        env: { ...process.env, ...env, MATRIX_TOKEN: token },
        timeoutMs: runMs,
      });
      return reportShape.parse(JSON.parse(printed.trim().split('\n').at(-1) ?? ''));
    },
  };
}

async function buildGo(): Promise<string> {
  const source = join(clients, 'go');
  const digest = createHash('sha256');
  for (const file of ['go.mod', 'go.sum', 'main.go'])
    digest.update(await readFile(join(source, file)));
  const binary = join(cache, `go-client-${digest.digest('hex').slice(0, 16)}`);
  if (!existsSync(binary)) {
    await mkdir(cache, { recursive: true });
    await mustRun('go', ['build', '-o', binary, '.'], { cwd: source, timeoutMs: buildMs });
  }
  return binary;
}
