/**
 * System calls that fail under a gateway, on the files that its promises lie in. One row, one failure: what the gateway
 * is to do about it, and what the checker has to find afterwards, which is always the same: nothing wrong.
 */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { callTool } from '../mcp-client.ts';
import { seededRandom } from '../seeded-random.ts';
import { Client } from './clients.ts';
import { end, NotStarted, openScene, type Scene } from './scene.ts';
import { attachStrace, type Seen, type Trace } from './strace.ts';

export interface SyscallRow {
  readonly what: string;
  readonly injections: readonly string[];
  /** In the data directory. */
  readonly files: readonly string[];
  /**
   * `refuses`: every call from then on is refused with `store.unavailable`, and that is on the spool. `silent`: not even
   * that could be written, so it answers 503. `serves`: nothing happened. `dies`. `either`: `refuses` or `serves`.
   * `detects`: it can't notice now, and its next start says that something is missing. `ends`: told to, with the
   * fault from that moment on, and with no error.
   */
  readonly becomes: 'refuses' | 'silent' | 'serves' | 'dies' | 'either' | 'detects' | 'ends';
}

const journal = ['sallyport.journal'];
/** SQLite's write-ahead log: what is in the journal gets there next. */
const log = ['sallyport.db-wal'];
const database = ['sallyport.db', ...log];
const spool = ['refusals.jsonl'];
const nth = [1, 2, 7] as const;

/** A file that the promises lie in, and how it is written; Node repeats what was interrupted, SQLite only writes. */
const kept = [
  { name: 'the journal', files: journal, sync: 'fdatasync', interrupted: 'serves' },
  { name: 'the write-ahead log', files: log, sync: 'fsync,fdatasync', interrupted: 'either' },
] as const;

export const syscallRows: readonly SyscallRow[] = [
  ...nth.flatMap((n): SyscallRow[] => [
    ...kept.flatMap(({ name, files, sync, interrupted }): SyscallRow[] => [
      ...['EIO', 'ENOSPC'].flatMap((error): SyscallRow[] => [
        {
          what: `sync ${n} of ${name}: ${error}`,
          injections: [`${sync}:error=${error}:when=${n}`],
          files,
          becomes: 'refuses',
        },
        {
          what: `write ${n} to ${name}: ${error}`,
          injections: [`pwrite64,write:error=${error}:when=${n}`],
          files,
          becomes: 'refuses',
        },
      ]),
      {
        what: `write ${n} to ${name}: interrupted`,
        injections: [`pwrite64,write:error=EINTR:when=${n}`],
        files,
        becomes: 'serves',
      },
      {
        what: `sync ${n} of ${name}: interrupted`,
        injections: [`${sync}:error=EINTR:when=${n}`],
        files,
        becomes: interrupted,
      },
      {
        what: `killed in sync ${n} of ${name}`,
        injections: [`${sync}:signal=KILL:when=${n}`],
        files,
        becomes: 'dies',
      },
      {
        what: `killed in write ${n} to ${name}`,
        injections: [`pwrite64,write:signal=KILL:when=${n}`],
        files,
        becomes: 'dies',
      },
    ]),
    ...['EIO', 'ENOSPC'].map(
      (error): SyscallRow => ({
        what: `from sync ${n} of the database on: ${error}`,
        injections: [`fsync,fdatasync:error=${error}:when=${n}+`],
        files: database,
        becomes: 'refuses',
      }),
    ),
  ]),
  ...[1, 2].flatMap((n): SyscallRow[] => [
    {
      what: `the new checkpoint can’t be renamed, time ${n}`,
      injections: [`rename,renameat,renameat2:error=EIO:when=${n}`],
      files: ['checkpoint', 'checkpoint.next'],
      becomes: 'serves',
    },
    {
      what: `killed while the checkpoint is renamed, time ${n}`,
      injections: [`rename,renameat,renameat2:signal=KILL:when=${n}`],
      files: ['checkpoint', 'checkpoint.next'],
      becomes: 'dies',
    },
    {
      what: `the new checkpoint can’t be opened, time ${n}`,
      injections: [`openat:error=ENOSPC:when=${n}`],
      files: ['checkpoint.next'],
      becomes: 'serves',
    },
    {
      what: `the new checkpoint can’t be written, time ${n}`,
      injections: [`write:error=ENOSPC:when=${n}`],
      files: ['checkpoint.next'],
      becomes: 'serves',
    },
  ]),
  {
    what: 'the disk says that a write to the write-ahead log is done, and never does it',
    injections: ['pwrite64,write:retval=8:when=2'],
    files: log,
    becomes: 'detects',
  },
  // While the process lives the database gets what the journal lacks, and syncs it by itself.
  {
    what: 'the disk says that a write to the journal is done, and never does it',
    injections: ['pwrite64,write:retval=8:when=2'],
    files: journal,
    becomes: 'serves',
  },
  {
    what: 'the disk says that the journal is synced, and never does it',
    injections: ['fdatasync:retval=0'],
    files: journal,
    becomes: 'serves',
  },
  ...['EIO', 'ENOSPC'].flatMap((error): SyscallRow[] => [
    {
      what: `the journal and the spool can’t be synced: ${error}`,
      injections: [`fsync,fdatasync:error=${error}`],
      files: [...journal, ...spool],
      becomes: 'silent',
    },
    {
      what: `the journal and the spool can’t be written: ${error}`,
      injections: [`pwrite64,write:error=${error}`],
      files: [...journal, ...spool],
      becomes: 'silent',
    },
    {
      what: `told to end, the journal can’t be truncated: ${error}`,
      injections: [`ftruncate:error=${error}`],
      files: journal,
      becomes: 'ends',
    },
  ]),
  ...['write', 'sync'].flatMap((step): SyscallRow[] => [
    {
      what: `told to end, each ${step} of the write-ahead log fails`,
      injections: [`${step === 'write' ? 'pwrite64,write' : 'fsync'}:error=EIO`],
      files: log,
      becomes: 'ends',
    },
  ]),
];

export interface SyscallVerdict {
  /** It was never reached: nothing was tested. */
  readonly missed: boolean;
  readonly wrong: readonly string[];
}

const callsEach = 6;
const sealedWithinMs = 250;
const diesWithinMs = 2_000;
const endsWithinMs = 10_000;

export async function performSyscall(
  row: SyscallRow,
  seed: number,
  compileCache: string,
): Promise<SyscallVerdict> {
  await using scene = await openScene({ stdio: false, compileCache });
  const wrong: string[] = [];
  const clients = [1, 2].map(
    (n) => new Client(scene, `s${seed}c${n}`, seededRandom(seed * 10 + n)),
  );
  const up = await scene.start();
  if (up?.child.pid === undefined) throw new Error('the gateway did not come up');
  const { pid } = up.child;
  const attach = (): Promise<Trace> =>
    attachStrace(pid, {
      injections: row.injections,
      files: row.files.map((file) => join(scene.dataDirectory, file)),
      log: join(scene.dataDirectory, '..', 'trace'),
    });
  const work = async (): Promise<void> => {
    await Promise.all(clients.map((client) => client.work(up.url, callsEach)));
    // For a second checkpoint, there have to be events after the first.
    await wait(sealedWithinMs);
    await Promise.all(clients.map((client) => client.work(up.url, callsEach)));
  };
  if (row.becomes === 'ends') await work();
  const trace = await attach();
  if (row.becomes === 'ends') up.child.kill('SIGTERM');
  else {
    await work();
    await wait(sealedWithinMs);
  }
  if (row.becomes === 'dies') await Promise.race([up.gone, wait(diesWithinMs)]);
  if (row.becomes === 'ends') await Promise.race([up.gone, wait(endsWithinMs)]);
  const alive = up.child.exitCode === null && up.child.signalCode === null;
  const gone = up.child.exitCode === 0 ? 'ends' : up.child.signalCode === null ? 'fails' : 'dies';
  const after = alive ? await probe(scene, up.url) : gone;
  await end(up.child, 'SIGKILL');
  await trace[Symbol.asyncDispose]();
  const seen = trace.seen();
  const missed = row.becomes !== 'dies' && !seen.some(({ injected }) => injected);
  if (!missed && !fits(row.becomes, after))
    wrong.push(`it ${after}, and ${row.becomes} is expected`);
  if (row.becomes === 'detects') {
    const said = await scene.start().then(() => 'nothing', messageOfNotStarted);
    if (!/contradicts what was signed|another state of the database/.test(said))
      wrong.push(`its next start said ${said}`);
    return { missed, wrong };
  }
  if (after === 'refuses' || after === 'silent') wrong.push(...retried(seen));
  for (const { invariant, detail } of await scene.check('killed'))
    wrong.push(`killed: ${invariant}: ${detail}`);

  const last = await scene.start();
  if (last === null) throw new Error('the last gateway did not come up');
  for (const client of clients)
    if (!(await client.work(last.url, callsEach))) wrong.push('the mended gateway went away');
  if ((await probe(scene, last.url)) !== 'serves') wrong.push('the mended gateway does not serve');
  await end(last.child, 'SIGTERM');
  for (const { invariant, detail } of await scene.check('stopped'))
    wrong.push(`restarted: ${invariant}: ${detail}`);
  return { missed: missed || (row.becomes === 'dies' && alive), wrong };
}

function fits(becomes: SyscallRow['becomes'], after: string): boolean {
  if (becomes === 'either') return after === 'refuses' || after === 'serves';
  return after === (becomes === 'detects' ? 'serves' : becomes);
}

function messageOfNotStarted(error: unknown): string {
  if (error instanceof NotStarted) return error.message;
  throw error;
}

/** How a gateway answers now, to a call that writes. */
async function probe(scene: Scene, url: string): Promise<'refuses' | 'silent' | 'serves'> {
  const [token] = scene.tokens.agents;
  const id = `probe ${scene.witness.answers.length}`;
  const { result, error } = await callTool(url, token, 'desk.note', { id });
  if (error !== undefined) return 'silent';
  const decision = result?._meta?.['dev.sallyport/decision'];
  if (decision?.code !== 'store.unavailable') return 'serves';
  scene.witness.answers.push({ type: 'refused', call: decision.call, code: decision.code });
  return 'refuses';
}

/** After a failed sync the kernel may call lost pages clean: whoever syncs again is told that all is well. */
function retried(seen: readonly Seen[]): readonly string[] {
  const written = /\.db-wal>|\.journal>/;
  const failed = seen.findIndex(({ injected, line }) => injected && written.test(line));
  if (failed < 0) return [];
  return seen
    .slice(failed + 1)
    .filter(({ line }) => written.test(line))
    .map(({ line }) => `after the failure it went on: ${line}`);
}
