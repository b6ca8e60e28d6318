/**
 * System calls that fail while a gateway starts, over a data directory that the one before left in the middle of its work.
 * It may start all the same or say why not; it never hangs, and the next one finds everything there.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { seededRandom } from '../seeded-random.ts';
import { Client } from './clients.ts';
import { end, openScene } from './scene.ts';
import type { SyscallVerdict } from './syscalls.ts';

const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
const startsWithinMs = 60_000;

export interface StartRow {
  readonly what: string;
  readonly injection: string;
}

export const startRows: readonly StartRow[] = [1, 2, 3].flatMap((n) => [
  { what: `at the start, sync ${n}: EIO`, injection: `fsync,fdatasync:error=EIO:when=${n}` },
  { what: `at the start, write ${n}: ENOSPC`, injection: `pwrite64,write:error=ENOSPC:when=${n}` },
  { what: `at the start, opening ${n}: EIO`, injection: `openat:error=EIO:when=${n}` },
  { what: `at the start, killed in sync ${n}`, injection: `fsync,fdatasync:signal=KILL:when=${n}` },
  { what: `at the start, killed in write ${n}`, injection: `pwrite64:signal=KILL:when=${n}` },
]);

export async function performStart(
  { injection }: StartRow,
  seed: number,
  compileCache: string,
): Promise<SyscallVerdict> {
  await using scene = await openScene({ stdio: false, compileCache });
  const wrong: string[] = [];
  const clients = [1, 2].map(
    (n) => new Client(scene, `b${seed}c${n}`, seededRandom(seed * 10 + n)),
  );
  const first = await scene.start();
  if (first === null) throw new Error('the first gateway did not come up');
  const working = clients.map((client) => client.work(first.url, 20));
  await wait(100);
  await end(first.child, 'SIGKILL');
  await Promise.all(working);

  const log = join(scene.dataDirectory, '..', 'trace');
  const files = ['sallyport.db', 'sallyport.db-wal', 'refusals.jsonl', 'checkpoint.next', '.'];
  const traced = spawn(
    'strace',
    [
      ...['-f', '-s', '0', '-o', log],
      ...['-e', `trace=${injection.slice(0, injection.indexOf(':'))}`, '-e', `inject=${injection}`],
      ...files.flatMap((file) => ['-P', join(scene.dataDirectory, file)]),
      ...[process.execPath, main, 'up', '--policy', scene.policyFile, '--port', '0', '--json'],
    ],
    { stdio: ['ignore', 'pipe', 'ignore'], detached: true },
  );
  const gone = once(traced, 'exit');
  const said = once(createInterface(traced.stdout), 'line').then(([line]) => String(line));
  const heard = await Promise.race([said, gone.then(() => 'gone'), wait(startsWithinMs, 'hangs')]);
  if (heard === 'hangs') wrong.push('it neither started nor ended');
  if (heard.startsWith('{"ok":false') && !/"message":"[^"]{10,}"/.test(heard))
    wrong.push(`it does not say what is wrong: ${heard}`);
  // With all that it started: strace alone would leave its charge behind.
  if (traced.pid !== undefined && traced.exitCode === null && traced.signalCode === null)
    process.kill(-traced.pid, 'SIGKILL');
  await gone;

  const last = await scene.start();
  if (last === null) return { missed: false, wrong: [...wrong, 'the next one did not come up'] };
  for (const client of clients)
    if (!(await client.work(last.url, 3))) wrong.push('the next one went away');
  await end(last.child, 'SIGTERM');
  for (const { invariant, detail } of await scene.check('stopped'))
    wrong.push(`${invariant}: ${detail}`);
  const hit = injection.includes('signal=KILL')
    ? heard === 'gone'
    : readFileSync(log, 'utf8').includes('(INJECTED)');
  return { missed: !hit, wrong };
}
