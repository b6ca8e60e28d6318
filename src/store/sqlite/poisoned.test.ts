/** A store whose journal fails while the database lacks what was acknowledged: what it says until it is restarted. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fold } from '../../engine/fold.ts';
import { openSqliteStore } from './open.ts';

const root = mkdtempSync(join(tmpdir(), 'sallyport-poisoned-'));
afterAll(() => rmSync(root, { recursive: true }));

const source = (path: string) => new URL(path, import.meta.url).href;

/** Loaded into every thread: the writing one can't write to the journal once the flag is there, and finds it gone at its third group. */
const failing = `
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { isMainThread } from 'node:worker_threads';
const write = fs.writeSync;
let written = 0;
if (!isMainThread)
  fs.writeSync = (...values) => {
    written += 1;
    if (written === 3) fs.rmSync(process.env.TAKEN, { force: true });
    if (!fs.existsSync(process.env.FLAG)) return write(...values);
    throw Object.assign(new Error('EIO: said the disk'), { code: 'EIO' });
  };
syncBuiltinESMExports();
`;

const prelude = `
import fs from 'node:fs';
import { fold } from '${source('../../engine/fold.ts')}';
import { SampleRun } from '${source('../contract-samples.ts')}';
import { openSequencer } from '${source('../../ledger/sequencer.ts')}';
import { openSqliteStore } from '${source('./open.ts')}';
const directory = process.argv[1];
const store = await openSqliteStore({ directory, foldRun: fold });
const codeOf = (work) => work.then(() => 'done', ({ code }) => code);
const open = (run) => codeOf(new SampleRun(store, run).open());
const breakDisk = () => fs.writeFileSync(process.env.FLAG, '');
const say = (said) => console.log(JSON.stringify(said));
`;

/** @returns what the script said, when it ended by itself. */
function live(name: string, script: string, taken = 'nothing'): unknown {
  const directory = join(root, name);
  mkdirSync(directory, { mode: 0o700 });
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', prelude + script, directory],
    {
      timeout: 10_000,
      env: {
        ...process.env,
        FLAG: join(root, `${name}.breaks`),
        TAKEN: join(directory, taken),
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(failing)}`,
      },
    },
  );
  if (status !== 0) throw new Error(`it didn't end: ${String(stdout)} ${String(stderr)}`);
  return JSON.parse(String(stdout));
}

async function runsIn(name: string): Promise<string[]> {
  await using store = await openSqliteStore({ directory: join(root, name), foldRun: fold });
  return (await store.listRuns({ limit: 10 })).map(({ run }) => run);
}

test('nobody is shown the past for the present, and nobody is told that the ledger was rolled back', async () => {
  const said = live(
    'past',
    `
const faults = [];
const sequencer = await openSequencer({ store, directory, onFault: ({ code }) => faults.push(code) });
const done = [await open('a'), await codeOf(sequencer.seal()), await codeOf(store.countRuns('open'))];
// Sealed, and the checkpoint is seen by others, while the database has neither it nor what it covers.
done.push(await open('b'), await codeOf(sequencer.seal()), await open('c'));
breakDisk();
const failed = [
  await open('d'),
  await codeOf(store.loadRun('b')),
  await codeOf(store.listRuns({ limit: 10 })),
  await codeOf(sequencer.seal()),
  await codeOf(sequencer.seal()),
];
await sequencer[Symbol.asyncDispose]();
await store[Symbol.asyncDispose]();
say({ done, failed, faults: [...new Set(faults)] });
`,
  );
  expect(said).toEqual({
    done: Array.from({ length: 6 }, () => 'done'),
    failed: Array.from({ length: 5 }, () => 'store.unavailable'),
    faults: ['store.unavailable'],
  });
  expect(await runsIn('past')).toEqual(['c', 'b', 'a']);
});

test('a program that asked for several things at once, and closes nothing, ends all the same', () => {
  const said = live(
    'ends',
    `
await open('a');
breakDisk();
// As many as are sent at once, so that the read is asked for while they are under way.
const opened = Array.from({ length: 16 }, (_, n) => open('b' + n));
say([...new Set(await Promise.all([...opened, codeOf(store.countRuns('open'))]))]);
`,
  );
  expect(said).toEqual(['store.unavailable']);
});

test('a journal that is taken away takes nothing with it that was acknowledged', async () => {
  const said = live(
    'taken',
    `
const first = await open('a');
await store.countRuns('open');
const second = open('b');
await new Promise(setImmediate);
// Under way while these gather, so that they follow it before the database has it.
const third = open('c');
const said = await Promise.all([first, second, third]);
await store[Symbol.asyncDispose]();
say(said);
`,
    'sallyport.journal',
  );
  expect(said).toEqual(['done', 'done', 'store.unavailable']);
  expect(await runsIn('taken')).toEqual(expect.arrayContaining(['b', 'a']));
});

test('a store that is closed twice at once is closed once, after everything in it', async () => {
  const said = live(
    'twice',
    `
const opened = open('a');
const closed = [1, 2].map(() => codeOf(store[Symbol.asyncDispose]()));
say(await Promise.all([opened, ...closed, codeOf(store[Symbol.asyncDispose]())]));
`,
  );
  expect(said).toEqual(['done', 'done', 'done', 'done']);
  expect(await runsIn('twice')).toEqual(['a']);
});
