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

/** The gateway before died there for the n-th time: the journal has a group that the database lacks. */
const death = { point: 'after journal sync', nth: 24 } as const;

export interface StartRow {
  readonly what: string;
  readonly injection: string;
  /** In the data directory. */
  readonly files: readonly string[];
  /** `either`: it starts, or refuses to and says why. */
  readonly becomes: 'refuses' | 'dies' | 'either';
}

const everything = [
  ...['sallyport.db', 'sallyport.db-wal', 'sallyport.journal'],
  ...['refusals.jsonl', 'checkpoint.next', '.'],
];

/** What is done to bring the journal into the database, in its order. */
const replay = [
  { does: 'opening the journal', call: 'openat', file: 'sallyport.journal', times: [2] },
  { does: 'read of the journal', call: 'pread64', file: 'sallyport.journal', times: [1, 2, 3] },
  {
    does: 'write to the write-ahead log',
    call: 'pwrite64',
    file: 'sallyport.db-wal',
    times: [1, 4],
  },
  {
    does: 'sync of the write-ahead log',
    call: 'fsync',
    file: 'sallyport.db-wal',
    times: [1, 2, 3],
  },
  { does: 'write to the database', call: 'pwrite64', file: 'sallyport.db', times: [1, 4] },
  { does: 'sync of the database', call: 'fsync', file: 'sallyport.db', times: [1] },
  { does: 'truncation of the journal', call: 'ftruncate', file: 'sallyport.journal', times: [1] },
  { does: 'sync of the journal', call: 'fsync', file: 'sallyport.journal', times: [1] },
] as const;

export const startRows: readonly StartRow[] = [
  ...[1, 2, 3].flatMap((n) => {
    const of = { files: everything, becomes: 'either' } as const;
    return [
      {
        ...{ what: `at the start, sync ${n}: EIO`, ...of },
        injection: `fsync,fdatasync:error=EIO:when=${n}`,
      },
      {
        ...{ what: `at the start, write ${n}: ENOSPC`, ...of },
        injection: `pwrite64,write:error=ENOSPC:when=${n}`,
      },
      {
        ...{ what: `at the start, opening ${n}: EIO`, ...of },
        injection: `openat:error=EIO:when=${n}`,
      },
      {
        ...{ what: `at the start, killed in sync ${n}`, ...of },
        injection: `fsync,fdatasync:signal=KILL:when=${n}`,
      },
      {
        ...{ what: `at the start, killed in write ${n}`, ...of },
        injection: `pwrite64:signal=KILL:when=${n}`,
      },
    ];
  }),
  ...replay.flatMap(({ does, call, file, times }) =>
    times.flatMap((n): StartRow[] => {
      const what = `at the start, ${does}, time ${n}`;
      const errors = call === 'openat' || call === 'pread64' ? ['EIO'] : ['EIO', 'ENOSPC'];
      return [
        ...errors.map(
          (error): StartRow => ({
            what: `${what}: ${error}`,
            injection: `${call}:error=${error}:when=${n}`,
            files: [file],
            becomes: 'refuses',
          }),
        ),
        {
          what: `${what}: killed`,
          injection: `${call}:signal=KILL:when=${n}`,
          files: [file],
          becomes: 'dies',
        },
      ];
    }),
  ),
];

export async function performStart(
  { injection, files, becomes }: StartRow,
  seed: number,
  compileCache: string,
): Promise<SyscallVerdict> {
  await using scene = await openScene({ stdio: false, compileCache });
  const wrong: string[] = [];
  const clients = [1, 2].map(
    (n) => new Client(scene, `b${seed}c${n}`, seededRandom(seed * 10 + n)),
  );
  const seen = join(scene.dataDirectory, '..', 'seen');
  const first = await scene.start({
    preload: ['points.ts'],
    env: { SALLYPORT_FAULT_POINTS: JSON.stringify({ seen, kill: death }) },
  });
  if (first === null) throw new Error('the first gateway did not come up');
  await Promise.all(clients.map((client) => client.work(first.url, 20)));
  await end(first.child, 'SIGKILL');
  if (!readFileSync(seen, 'utf8').includes('killed '))
    throw new Error('the first gateway did not die where it was to');

  const log = join(scene.dataDirectory, '..', 'trace');
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
  const refused = heard.startsWith('{"ok":false');
  if (refused && !/"message":"[^"]{10,}"/.test(heard))
    wrong.push(`it does not say what is wrong: ${heard}`);
  const became = heard === 'gone' ? 'dies' : refused ? 'refuses' : 'starts';
  if (becomes !== 'either' && became !== becomes) wrong.push(`it ${became}: ${heard}`);
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
  const hit = became === 'dies' || readFileSync(log, 'utf8').includes('(INJECTED)');
  return { missed: !hit, wrong };
}
