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
import { attachStrace, type Seen } from './strace.ts';

export interface SyscallRow {
  readonly what: string;
  readonly injections: readonly string[];
  /** In the data directory. */
  readonly files: readonly string[];
  /**
   * `refuses`: every call from then on is refused with `store.unavailable`, and that is on the spool. `silent`: not even
   * that could be written, so it answers 503. `serves`: nothing happened. `dies`. `either`: `refuses` or `serves`.
   * `detects`: nobody could notice, and its next start says that the record contradicts what was signed.
   * `detects`: it can't notice now, and its next start says that the record contradicts what was signed.
   */
  readonly becomes: 'refuses' | 'silent' | 'serves' | 'dies' | 'either' | 'detects';
}

const journal = ['sallyport.db-wal'];
const database = ['sallyport.db', ...journal];
const spool = ['refusals.jsonl'];
const nth = [1, 2, 7] as const;

export const syscallRows: readonly SyscallRow[] = [
  ...nth.flatMap((n): SyscallRow[] => [
    ...['EIO', 'ENOSPC'].flatMap((error): SyscallRow[] => [
      {
        what: `sync ${n} of the journal: ${error}`,
        injections: [`fsync,fdatasync:error=${error}:when=${n}`],
        files: journal,
        becomes: 'refuses',
      },
      {
        what: `write ${n} to the journal: ${error}`,
        injections: [`pwrite64,write:error=${error}:when=${n}`],
        files: journal,
        becomes: 'refuses',
      },
      {
        what: `from sync ${n} of the database on: ${error}`,
        injections: [`fsync,fdatasync:error=${error}:when=${n}+`],
        files: database,
        becomes: 'refuses',
      },
    ]),
    {
      what: `write ${n} to the journal: interrupted`,
      injections: [`pwrite64,write:error=EINTR:when=${n}`],
      files: journal,
      becomes: 'serves',
    },
    {
      what: `sync ${n} of the journal: interrupted`,
      injections: [`fsync,fdatasync:error=EINTR:when=${n}`],
      files: journal,
      becomes: 'either',
    },
    {
      what: `killed in sync ${n} of the journal`,
      injections: [`fsync,fdatasync:signal=KILL:when=${n}`],
      files: journal,
      becomes: 'dies',
    },
    {
      what: `killed in write ${n} to the journal`,
      injections: [`pwrite64,write:signal=KILL:when=${n}`],
      files: journal,
      becomes: 'dies',
    },
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
    what: 'the disk says that a write to the journal is done, and never does it',
    injections: ['pwrite64,write:retval=8:when=2'],
    files: journal,
    becomes: 'detects',
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
  const trace = await attachStrace(up.child.pid, {
    injections: row.injections,
    files: row.files.map((file) => join(scene.dataDirectory, file)),
    log: join(scene.dataDirectory, '..', 'trace'),
  });
  await Promise.all(clients.map((client) => client.work(up.url, callsEach)));
  // For a second checkpoint, there have to be events after the first.
  await wait(sealedWithinMs);
  await Promise.all(clients.map((client) => client.work(up.url, callsEach)));
  await wait(sealedWithinMs);
  if (row.becomes === 'dies') await Promise.race([up.gone, wait(diesWithinMs)]);
  const alive = up.child.exitCode === null && up.child.signalCode === null;
  const after = alive ? await probe(scene, up.url) : 'dies';
  await end(up.child, 'SIGKILL');
  await trace[Symbol.asyncDispose]();
  const seen = trace.seen();
  const missed = row.becomes !== 'dies' && !seen.some(({ injected }) => injected);
  if (!missed && !fits(row.becomes, after))
    wrong.push(`it ${after}, and ${row.becomes} is expected`);
  if (row.becomes === 'detects') {
    const said = await scene.start().then(() => 'nothing', messageOfNotStarted);
    if (!said.includes('contradicts what was signed')) wrong.push(`its next start said ${said}`);
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
  const failed = seen.findIndex(({ injected, line }) => injected && line.includes('.db-wal>'));
  if (failed < 0) return [];
  return seen
    .slice(failed + 1)
    .filter(({ line }) => line.includes('.db-wal>'))
    .map(({ line }) => `after the failure it went on: ${line}`);
}
