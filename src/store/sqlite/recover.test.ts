/** What was acknowledged and isn't in the database yet when the process dies. */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { fold } from '../../engine/fold.ts';
import { SampleRun, window } from '../contract-samples.ts';
import { groupsAfter } from './journal.ts';
import { openSqliteReader, openSqliteStore } from './open.ts';
import { lastPositionOf, lastPositionQuery } from './transaction.ts';

const root = mkdtempSync(join(tmpdir(), 'sallyport-recover-'));
afterAll(() => rmSync(root, { recursive: true }));

let places = 0;
function place(): string {
  places += 1;
  return join(root, `place-${places}`);
}

const source = (path: string) => new URL(path, import.meta.url).href;

/**
 * Commits of every kind, the same ones for a seed; those that can't be are among them. Says what each came to, then dies
 * before the database has the last ones, or closes.
 */
const script = `
import { fold } from '${source('../../engine/fold.ts')}';
import { once, SampleRun, window } from '${source('../contract-samples.ts')}';
import { openSqliteStore } from '${source('./open.ts')}';
const [directory, seed, batches, end] = process.argv.slice(1);
let nowMs = 1_000;
const store = await openSqliteStore({ directory, foldRun: fold, leaseOwner: 'owner-' + seed, clock: () => (nowMs += 1) });
let state = Number(seed);
const below = (n) => (state = (state * 1103515245 + 12345) % 2147483648) % n;
const runs = Array.from({ length: 3 }, (_, n) => new SampleRun(store, 'run-' + seed + '-' + n));
const types = [];
const settle = async (commits) => {
  const outcomes = await Promise.all(commits.map(({ outcome }) => outcome));
  types.push(...outcomes.map(({ type }) => type));
  // As a run's one writer does: what wasn't committed isn't in its run.
  for (const run of runs) {
    const failed = commits.findIndex((commit, at) => commit.run === run && outcomes[at].type !== 'committed');
    if (failed >= 0) run.folded = commits[failed].before;
  }
};
await settle(runs.map((run) => ({ run, before: null, outcome: run.open() })));
for (let batch = 0; batch < Number(batches); batch += 1) {
  await settle(Array.from({ length: 1 + below(6) }, (_, k) => {
    const run = runs[below(3)];
    const before = run.folded;
    const call = 'call-' + seed + '-' + below(60);
    const payloads = new Map([['sha256:' + below(50), Buffer.from('zwölf ' + batch + ' ' + k)]]);
    const kinds = [
      () => run.start(call, { payloads, reservations: [window('w' + below(3), below(5), 30, 40), once('o' + below(20))] }),
      () => run.start(call, { payloads, marks: ['m' + below(20)], reservations: [window('w' + below(3), 1, 1e6, null)] }),
      () => run.finish(call, { releases: [call] }),
      () => store.commitGateway({ events: [], writes: [{ key: 's' + below(4), value: below(3), expect: below(3) }, { key: 't' + below(4), value: below(2) || null }] }),
      () => store.putCheckpoint({ size: batch, note: 'note ' + batch, tiles: [{ level: 0, index: below(3), hashes: new Uint8Array(32).fill(batch) }] }).then(() => ({ type: 'committed' })),
    ];
    const kind = below(5);
    return { run: kind < 3 ? run : null, before, outcome: kinds[kind]() };
  }));
}
const last = new SampleRun(store, 'last-' + seed);
await settle([{ run: last, before: null, outcome: last.open() }, { run: last, before: null, outcome: last.start('last-call-' + seed) }]);
console.log(JSON.stringify({ events: await store.eventCount(), types }));
if (end === 'close') await store[Symbol.asyncDispose]();
else process.kill(process.pid, 'SIGKILL');
`;

function live(directory: string, seed: number, batches: number, end: 'close' | 'die') {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', script, directory, String(seed), String(batches), end],
    { timeout: 30_000 },
  );
  if (stdout.length === 0) throw new Error(String(stderr));
  return JSON.parse(String(stdout));
}

/** A moment's delay, and the database has the last ones before their writer dies: then it is tried once more. */
function dieBehind(seed: number, batches: number) {
  for (let tried = 0; tried < 20; tried += 1) {
    const directory = place();
    const { events, types } = live(directory, seed, batches, 'die');
    const db = new DatabaseSync(join(directory, 'sallyport.db'), { readOnly: true });
    const { count } = db.prepare('SELECT count(*) AS count FROM events').get() ?? {};
    db.close();
    if (Number(count) < events) return { directory, events, types };
  }
  throw new Error('the database had everything each time');
}

/** Every row of every table, but of what counts transactions. */
function rowsOf(directory: string): object {
  const db = new DatabaseSync(join(directory, 'sallyport.db'), { readOnly: true });
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  const rows = tables
    .map(({ name }) => String(name))
    .filter((name) => name !== 'journal' && !name.startsWith('sqlite_'))
    .map((name) => [name, db.prepare(`SELECT * FROM ${name}`).all()]);
  db.close();
  return Object.fromEntries(rows);
}

function endOfGroups(directory: string): number {
  const journal = join(directory, 'sallyport.journal');
  const db = new DatabaseSync(join(directory, 'sallyport.db'), { readOnly: true });
  const last = lastPositionOf(db.prepare(lastPositionQuery).get() ?? {});
  db.close();
  const fd = openSync(journal, 'r');
  const sizes = [...groupsAfter(fd, last, journal)].map(({ bytes }) => bytes.length);
  closeSync(fd);
  return sizes.reduce((end, size) => end + size, 0);
}

test('a writer that dies leaves the last commits in the journal, and the next start finds all of them', async () => {
  const { directory, events } = dieBehind(1, 20);
  await using store = await openSqliteStore({ directory, foldRun: fold });
  expect(await store.eventCount()).toBe(events);
  expect((await store.loadRun('last-1'))?.version).toBe(2);
  expect(statSync(join(directory, 'sallyport.journal')).size).toBe(0);
  // Not the one who applied it: else nobody would ever see that its owner is gone.
  expect(await store.openCalls(1_000)).toContainEqual(
    expect.objectContaining({ call: 'last-call-1', owner: 'owner-1' }),
  );
});

test.each([2, 4, 5, 6])(
  'applied again, each commit comes to what it came to when it was made (seed %i)',
  async (seed) => {
    const { directory, events, types } = dieBehind(seed, 60);
    expect(new Set(types)).toEqual(new Set(['committed', 'conflict', 'refused']));
    const spared = place();
    expect(live(spared, seed, 60, 'close')).toEqual({ events, types });
    const store = await openSqliteStore({ directory, foldRun: fold });
    const found = await store.events({ limit: 10_000 });
    expect(found.map(({ seq }) => seq)).toEqual(Array.from({ length: events }, (_, at) => at));
    for (const { run, version } of await store.listRuns({ limit: 100 }))
      expect((await store.loadRun(run))?.version).toBe(version);
    await store[Symbol.asyncDispose]();
    expect(rowsOf(directory)).toEqual(rowsOf(spared));
  },
);

test('killed again and again while it recovers or works, it never loses or doubles anything', async () => {
  const directory = place();
  let events = 0;
  for (const seed of [11, 12, 13]) {
    const died = live(directory, seed, 5, 'die');
    expect(died.events).toBeGreaterThan(events);
    events = died.events;
  }
  await using store = await openSqliteStore({ directory, foldRun: fold });
  expect(await store.eventCount()).toBe(events);
});

test('whoever reads after a crash sees what was acknowledged, with no gateway to bring it there', async () => {
  const { directory, events } = dieBehind(5, 3);
  await using reader = await openSqliteReader({ directory, foldRun: fold });
  expect(await reader.eventCount()).toBe(events);
  expect((await reader.loadRun('last-5'))?.version).toBe(2);
});

test('whoever reads beside a writer sees each commit as soon as it is acknowledged', async () => {
  const directory = place();
  await using store = await openSqliteStore({ directory, foldRun: fold });
  await using reader = await openSqliteReader({ directory, foldRun: fold });
  const run = new SampleRun(store, 'a');
  await run.open();
  for (let call = 0; call < 50; call += 1) {
    await run.start(`c${call}`, { reservations: [window('k', 1, 1_000, null)] });
    expect(await reader.eventCount()).toBe(call + 2);
    expect(await reader.windowSum('k', null)).toBe(call + 1);
    if (call % 10 === 9) await new Promise((resolve) => setTimeout(resolve, call % 20));
  }
});

test('whoever reads while a failed writer holds things back is told so, not shown the past', async () => {
  const { directory } = dieBehind(6, 3);
  const other = place();
  await using _writer = await openSqliteStore({ directory: other, foldRun: fold });
  // As a writer leaves it that acknowledged something, failed, and still lives.
  const files = ['sallyport.db', 'sallyport.db-wal', 'sallyport.journal'];
  for (const file of files)
    if (existsSync(join(directory, file))) copyFileSync(join(directory, file), join(other, file));
  await using reader = await openSqliteReader({ directory: other, foldRun: fold });
  await expect(reader.eventCount()).rejects.toMatchObject({
    code: 'store.unavailable',
    hint: expect.stringContaining('restart'),
  });
}, 30_000);

test('a group that is only half there was acknowledged to nobody, and is gone', async () => {
  const { directory, events } = dieBehind(7, 3);
  const journal = join(directory, 'sallyport.journal');
  truncateSync(journal, endOfGroups(directory) - 1);
  await using reader = await openSqliteReader({ directory, foldRun: fold });
  // The last one opened a run and began a call.
  expect(await reader.eventCount()).toBe(events - 2);
  expect(statSync(journal).size).toBe(0);
});

test("a database that was put back without its journal's copy is not opened", async () => {
  const directory = place();
  live(directory, 8, 3, 'close');
  const older = join(directory, 'older.db');
  copyFileSync(join(directory, 'sallyport.db'), older);
  live(directory, 9, 200, 'die');
  for (const file of ['sallyport.db-wal', 'sallyport.db-shm']) rmSync(join(directory, file));
  copyFileSync(older, join(directory, 'sallyport.db'));
  await expect(openSqliteStore({ directory, foldRun: fold })).rejects.toMatchObject({
    code: 'store.corrupt',
    message: expect.stringContaining('belongs to another state of the database'),
  });
});

test('a writer that ends in order leaves nothing in the journal', () => {
  const directory = place();
  live(directory, 10, 3, 'close');
  expect(statSync(join(directory, 'sallyport.journal')).size).toBe(0);
});

test('what is found in the write-ahead log gets a commit behind it, which syncs it, also while somebody reads there', async () => {
  const directory = place();
  await using store = await openSqliteStore({ directory, foldRun: fold });
  await new SampleRun(store, 'a').open();
  await store.listRuns({ limit: 1 });
  const killed = place();
  mkdirSync(killed, { mode: 0o700 });
  for (const file of ['sallyport.db', 'sallyport.db-wal', 'sallyport.journal'])
    copyFileSync(join(directory, file), join(killed, file));
  const log = join(killed, 'sallyport.db-wal');
  const { size } = statSync(log);
  const db = new DatabaseSync(join(killed, 'sallyport.db'), { readOnly: true });
  db.exec('BEGIN');
  db.prepare('SELECT count(*) FROM runs').get();
  await using _opened = await openSqliteStore({ directory: killed, foldRun: fold });
  expect(statSync(log).size).toBeGreaterThan(size);
  db.close();
});
