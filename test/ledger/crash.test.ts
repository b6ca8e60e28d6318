/** What a crash loses while events are sealed and checkpoints leave: a process that kills itself there, then a restart. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fold } from '../../src/engine/fold.ts';
import { splitNotes } from '../../src/ledger/note.ts';
import { checkpointFile } from '../../src/ledger/resume.ts';
import { openSequencer } from '../../src/ledger/sequencer.ts';
import { FileSink } from '../../src/ledger/shipping/file-sink.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';

const root = mkdtempSync(join(tmpdir(), 'sallyport-crash-'));
afterAll(() => rmSync(root, { recursive: true }));
const source = new URL('../../src/', import.meta.url);

const acknowledged = 40;

/** Seals 20 events, commits 20 more, and ships the first checkpoint; `crash` lays the mine that the second sealing meets. */
function program(directory: string, kept: string, crash: string): string {
  return `
    import fs, { readFileSync } from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    import { fold } from '${new URL('engine/fold.ts', source)}';
    import { checkpointFile } from '${new URL('ledger/resume.ts', source)}';
    import { openSequencer } from '${new URL('ledger/sequencer.ts', source)}';
    import { FileSink } from '${new URL('ledger/shipping/file-sink.ts', source)}';
    import { SampleRun } from '${new URL('store/contract-samples.ts', source)}';
    import { openSqliteStore } from '${new URL('store/sqlite/open.ts', source)}';
    const die = () => { process.kill(process.pid, 'SIGKILL'); };
    const directory = ${JSON.stringify(directory)};
    const sink = new FileSink(${JSON.stringify(kept)});
    const store = await openSqliteStore({ directory, foldRun: fold });
    const sequencer = await openSequencer({ store, directory, onFault: (error) => { throw error; } });
    const run = new SampleRun(store, 'run');
    await run.open();
    for (let call = 1; call < 20; call += 1) await run.start('call-' + call);
    await sequencer.seal();
    const ship = () => sink.deliver(readFileSync(checkpointFile(directory), 'utf8'), AbortSignal.timeout(5000));
    await ship();
    ${crash}
    for (let call = 20; call < ${acknowledged}; call += 1) await run.start('call-' + call);
    console.log('acknowledged');
    await sequencer.seal();
    await ship();
    console.log('unharmed');
    die();`;
}

const mines: readonly (readonly [string, string])[] = [
  ['after the commit, before the checkpoint', 'sequencer.seal = async () => die();'],
  [
    'before the store has the checkpoint',
    'store.putCheckpoint = async () => { die(); await new Promise(() => {}); };',
  ],
  [
    'after the store has the checkpoint, before anybody sees it',
    'const put = store.putCheckpoint.bind(store); store.putCheckpoint = async (one) => { await put(one); die(); };',
  ],
  ['while the file `checkpoint` is replaced', 'fs.renameSync = die; syncBuiltinESMExports();'],
  ['before the checkpoint leaves the host', 'sink.deliver = async () => die();'],
  ['after the sink has it, before the gateway knows', ''],
];

test.each(mines)('a crash %s loses nothing that was acknowledged', async (_, crash) => {
  const place = mkdtempSync(join(root, 'place-'));
  const [directory, kept] = [join(place, 'data'), join(place, 'kept.checkpoints')];
  const script = join(place, 'program.ts');
  writeFileSync(script, program(directory, kept, crash));
  const ran = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  // The sequencer seals by itself too: a mine may go off before the last commit was acknowledged.
  expect([ran.signal, ran.stderr]).toEqual(['SIGKILL', '']);
  expect(ran.stdout.includes('unharmed')).toBe(crash === '');
  const seen = [
    ...splitNotes(readFileSync(kept, 'utf8')),
    ...(existsSync(checkpointFile(directory))
      ? [readFileSync(checkpointFile(directory), 'utf8')]
      : []),
  ];
  expect(seen.length).toBeGreaterThanOrEqual(2);

  await using store = await openSqliteStore({ directory, foldRun: fold });
  if (ran.stdout.includes('acknowledged')) expect(await store.eventCount()).toBe(acknowledged);
  await using sequencer = await openSequencer({
    store,
    directory,
    onFault: (error) => {
      throw error;
    },
  });
  await sequencer.seal();
  // Every checkpoint that anybody may have seen still holds, and the next one lies once in the sink.
  const newest = (await store.checkpoint())?.note ?? '';
  for (const _again of [1, 2]) await new FileSink(kept).deliver(newest, AbortSignal.timeout(5_000));
  const notes = splitNotes(readFileSync(kept, 'utf8'));
  expect(notes.filter((note) => note === newest)).toHaveLength(1);
  const report = await verifyLedger({
    reader: store,
    vkey: sequencer.vkey,
    keptCheckpoint: [...seen, ...notes].join('\n'),
  });
  const events = await store.eventCount();
  const problems = report.problems.filter(({ code }) => code !== 'payload_missing');
  expect([problems, report.sealed, report.kept]).toEqual([[], events, events]);
});
