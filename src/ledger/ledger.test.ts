import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { canonicalJson } from '../content/json.ts';
import { fold } from '../engine/fold.ts';
import { SampleRun, started } from '../store/contract-samples.ts';
import type { Store } from '../store/port.ts';
import { openSqliteReader, openSqliteStore } from '../store/sqlite/open.ts';
import { exportBundle } from './export.ts';
import { createLedgerKey, keyFiles, loadLedgerKey, loadVerifier } from './key.ts';
import { emptyRoot, leafHash } from './leaf.ts';
import { formatVkey } from './note.ts';
import { payloadDigest } from './payloads.ts';
import { formatReceipt, makeReceipt, parseReceipt, verifyReceipt } from './receipt.ts';
import { checkpointFile } from './resume.ts';
import { openSequencer, type Sequencer } from './sequencer.ts';
import { type LedgerReport, verifyLedger } from './verify.ts';

const root = mkdtempSync(join(tmpdir(), 'sallyport-ledger-'));
afterAll(() => rmSync(root, { recursive: true }));

let places = 0;
function place(): string {
  places += 1;
  return join(root, `place-${places}`);
}

function onFault(error: unknown): void {
  throw error;
}

async function withStore<T>(directory: string, work: (store: Store) => Promise<T>): Promise<T> {
  await using store = await openSqliteStore({ directory, foldRun: fold });
  return await work(store);
}

async function withLedger<T>(
  directory: string,
  work: (store: Store, sequencer: Sequencer) => Promise<T>,
): Promise<T> {
  return withStore(directory, async (store) => {
    await using sequencer = await openSequencer({ store, directory, onFault });
    return await work(store, sequencer);
  });
}

/** `count` events: a run opened, then calls started and finished, each with a payload of its own. */
async function append(store: Store, run: string, count: number): Promise<void> {
  const sample = new SampleRun(store, run);
  const commits = [sample.open()];
  for (let index = 1; index < count; index += 1) {
    const bytes = Buffer.from(canonicalJson({ to: `${run}-${index}@example.org` }));
    const payloads = new Map([[payloadDigest(bytes), bytes]]);
    const call = started(run, `${run}-${index}`, store.nowMs(), {
      arguments: payloadDigest(bytes),
    });
    commits.push(sample.commit([call], { payloads }));
  }
  await Promise.all(commits);
}

function edit(directory: string, sql: string): void {
  const db = new DatabaseSync(join(directory, 'sallyport.db'), {
    enableForeignKeyConstraints: false,
    timeout: 1_000,
  });
  db.exec(sql);
  db.close();
}

/** A sealed ledger of 600 events; its checkpoint at 300 was kept elsewhere. */
async function ledger(): Promise<{ directory: string; kept: string; vkey: string }> {
  const directory = place();
  return withLedger(directory, async (store, sequencer) => {
    await append(store, 'a', 300);
    await sequencer.seal();
    const kept = readFileSync(checkpointFile(directory), 'utf8');
    await append(store, 'b', 300);
    await sequencer.seal();
    return { directory, kept, vkey: sequencer.vkey };
  });
}

async function verify(
  directory: string,
  vkey: string,
  keptCheckpoint: string | null,
): Promise<LedgerReport> {
  await using reader = await openSqliteReader({ directory, foldRun: fold });
  return await verifyLedger({ reader, vkey, keptCheckpoint });
}

describe('sealing', () => {
  test('committed events are sealed without being asked, in time', async () => {
    const directory = place();
    await withLedger(directory, async (store, sequencer) => {
      await append(store, 'a', 3);
      await sequencer.sealed(2);
      expect(sequencer.sealedSize).toBeGreaterThanOrEqual(3);
      expect((await store.checkpoint())?.size).toBe(sequencer.sealedSize);
      expect(readFileSync(checkpointFile(directory), 'utf8')).toBe(
        (await store.checkpoint())?.note,
      );
    });
  });

  test('closing seals what is left, and the next start goes on from there', async () => {
    const directory = place();
    await withLedger(directory, (store) => append(store, 'a', 300));
    await withLedger(directory, async (store, sequencer) => {
      expect(sequencer.sealedSize).toBe(300);
      await append(store, 'b', 300);
    });
    const report = await verify(directory, formatVkey(loadVerifier(directory)), null);
    expect(report).toMatchObject({ ok: true, events: 600, sealed: 600 });
  });

  test('a backlog of events from before is sealed, over several checkpoints', async () => {
    const directory = place();
    await withStore(directory, async (store) => {
      for (let run = 0; run < 10; run += 1) await append(store, `run-${run}`, 1_000);
    });
    await withLedger(directory, async (store, sequencer) => {
      await sequencer.seal();
      expect((await store.checkpoint())?.size).toBe(10_000);
    });
    const report = await verify(directory, formatVkey(loadVerifier(directory)), null);
    expect(report).toMatchObject({ ok: true, sealed: 10_000 });
  });

  const tampered: [string, (directory: string) => void | Promise<void>][] = [
    [
      'an edited event',
      (directory: string) =>
        edit(
          directory,
          "UPDATE events SET leaf = CAST(replace(leaf, 'ann', 'bob') AS BLOB) WHERE seq = 500",
        ),
    ],
    [
      'events cut off the end',
      (directory: string) => edit(directory, 'DELETE FROM events WHERE seq >= 590'),
    ],
    [
      'an event cut out',
      (directory: string) => edit(directory, 'DELETE FROM events WHERE seq = 500'),
    ],
    [
      'an altered hash',
      (directory: string) =>
        edit(
          directory,
          'UPDATE tiles SET hashes = zeroblob(length(hashes)) WHERE level = 0 AND idx = 2',
        ),
    ],
    ['its checkpoints deleted', (directory: string) => edit(directory, 'DELETE FROM checkpoints')],
    [
      'a newer checkpoint beside it',
      async (directory: string) => {
        const older = place();
        cpSync(directory, older, { recursive: true });
        await withLedger(directory, (store) => append(store, 'c', 5));
        cpSync(checkpointFile(directory), checkpointFile(older));
        rmSync(directory, { recursive: true });
        cpSync(older, directory, { recursive: true });
        chmodSync(directory, 0o700);
      },
    ],
    [
      'all of it wiped, save the checkpoint',
      (directory: string) => unlinkSync(join(directory, 'sallyport.db')),
    ],
    [
      "another log's checkpoint",
      async (directory: string) => {
        const other = await ledger();
        cpSync(checkpointFile(other.directory), checkpointFile(directory));
      },
    ],
    [
      "another ledger's key",
      (directory: string) => {
        const other = place();
        createLedgerKey(other);
        cpSync(keyFiles(other).secret, keyFiles(directory).secret);
        cpSync(keyFiles(other).vkey, keyFiles(directory).vkey);
      },
    ],
    [
      'its key gone',
      (directory: string) => {
        unlinkSync(keyFiles(directory).secret);
        unlinkSync(keyFiles(directory).vkey);
      },
    ],
  ];

  test.each(tampered)('nothing more is signed over a ledger with %s', async (_, tamper) => {
    const { directory } = await ledger();
    await tamper(directory);
    await withStore(directory, async (store) => {
      await expect(openSequencer({ store, directory, onFault })).rejects.toMatchObject({
        code: expect.stringMatching(/^ledger\./),
      });
    });
  });

  test('an event that vanishes before it is read stops the sequencer, loudly', async () => {
    const directory = place();
    await withStore(directory, async (store) => {
      await (await openSequencer({ store, directory, onFault }))[Symbol.asyncDispose]();
      await append(store, 'b', 5);
    });
    await withStore(directory, async (store) => {
      const faults: unknown[] = [];
      await using sequencer = await openSequencer({
        store,
        directory,
        onFault: (fault) => faults.push(fault),
      });
      edit(directory, 'DELETE FROM events WHERE seq = 3');
      const waiting = sequencer.sealed(4);
      await expect(sequencer.seal()).rejects.toMatchObject({ code: 'ledger.inconsistent' });
      await expect(waiting).rejects.toMatchObject({ code: 'ledger.inconsistent' });
      await expect(sequencer.sealed(4)).rejects.toMatchObject({ code: 'ledger.inconsistent' });
      expect(await store.checkpoint()).toBeNull();
    });
  });

  test('an event that vanishes between its commit and its seal is sealed all the same, and missed', async () => {
    const directory = place();
    await withLedger(directory, async (store, sequencer) => {
      await append(store, 'b', 5);
      edit(directory, 'DELETE FROM events WHERE seq = 3');
      await sequencer.seal();
      const report = await verifyLedger({
        reader: store,
        vkey: sequencer.vkey,
        keptCheckpoint: null,
      });
      expect(report).toMatchObject({ ok: false, sealed: 5, firstBadSeq: 3 });
    });
  });
});

describe('verification', () => {
  test('a ledger that nobody touched is fine, with and without a kept checkpoint', async () => {
    const { directory, kept, vkey } = await ledger();
    const fine = { ok: true, events: 600, sealed: 600, firstBadSeq: null, problems: [] };
    expect(await verify(directory, vkey, null)).toMatchObject({ ...fine, kept: null });
    expect(await verify(directory, vkey, kept)).toMatchObject({ ...fine, kept: 300 });
  });

  test('events after the newest checkpoint are counted as not sealed yet', async () => {
    const { directory, kept, vkey } = await ledger();
    await withStore(directory, (store) => append(store, 'late', 4));
    expect(await verify(directory, vkey, kept)).toMatchObject({
      ok: true,
      events: 604,
      sealed: 600,
    });
  });

  test('a gateway at work does not disturb it', async () => {
    const { directory, kept, vkey } = await ledger();
    await withLedger(directory, async (store) => {
      const appending = append(store, 'busy', 200);
      expect(await verify(directory, vkey, kept)).toMatchObject({ ok: true });
      await appending;
    });
  });

  const leaf = (seq: number, from: string, to: string) =>
    `UPDATE events SET leaf = CAST(replace(leaf, '${from}', '${to}') AS BLOB) WHERE seq = ${seq};`;
  const swap = (one: number, other: number) =>
    `UPDATE events SET seq = -1 WHERE seq = ${one}; UPDATE events SET seq = ${one} WHERE seq = ${other};
     UPDATE events SET seq = ${other} WHERE seq = -1;`;

  test.each([
    ['an edited event', leaf(17, '"ann"', '"bob"'), 17, ['edited']],
    ['an event edited into no event', leaf(17, '"v":1', '"v":0'), 17, ['edited', 'edited']],
    ['a dropped event', 'DELETE FROM events WHERE seq = 17', 17, ['dropped']],
    [
      'three dropped events',
      'DELETE FROM events WHERE seq IN (17, 18, 400)',
      17,
      ['dropped', 'dropped'],
    ],
    ['the first event dropped', 'DELETE FROM events WHERE seq = 0', 0, ['dropped']],
    ['two events in each other’s place', swap(17, 400), 17, ['reordered', 'reordered']],
    ['the end cut off', 'DELETE FROM events WHERE seq >= 580', 580, ['truncated']],
    ['everything deleted', 'DELETE FROM events', 0, ['wiped']],
    [
      'everything deleted, checkpoints and tiles too',
      'DELETE FROM events; DELETE FROM checkpoints; DELETE FROM tiles',
      0,
      ['wiped'],
    ],
    [
      'an altered column',
      "UPDATE events SET agent = 'other_agent' WHERE seq = 17",
      17,
      ['mislabelled'],
    ],
    [
      'an event left out of its run',
      'UPDATE events SET previous_seq = 15 WHERE seq = 17',
      17,
      ['mislabelled'],
    ],
    [
      'the same, renumbered',
      `UPDATE events SET previous_seq = 15 WHERE seq = 17;
       UPDATE events SET run_version = run_version - 1 WHERE seq BETWEEN 17 AND 299;
       UPDATE runs SET version = 299 WHERE run = 'a'`,
      17,
      ['mislabelled'],
    ],
    [
      "a run that goes on from another's end",
      'UPDATE events SET previous_seq = 299 WHERE seq = 301',
      299,
      ['mislabelled', 'mislabelled'],
    ],
    ['a run cut short', "UPDATE runs SET last_seq = 17 WHERE run = 'a'", 299, ['mislabelled']],
    [
      'a run that leads nowhere',
      "UPDATE runs SET last_seq = 900 WHERE run = 'a'",
      299,
      ['mislabelled'],
    ],
    [
      "a run that is listed as another agent's",
      "UPDATE runs SET agent = 'other_agent' WHERE run = 'a'",
      299,
      ['mislabelled'],
    ],
    ['a run that is not listed', "DELETE FROM runs WHERE run = 'a'", null, ['mislabelled']],
    [
      'a type that is not found',
      "DELETE FROM event_blocks WHERE name = 'type:call.started' AND block = 1",
      256,
      ['mislabelled'],
    ],
    [
      'an agent that is not found',
      "DELETE FROM event_blocks WHERE name LIKE 'agent:%' AND block = 2",
      512,
      ['mislabelled'],
    ],
    [
      'an edited payload',
      `UPDATE payloads SET bytes = x'7b7d' WHERE rowid = 3`,
      3,
      ['payload_edited'],
    ],
    [
      'another payload found in the place of a sound one',
      `INSERT INTO payloads (digest, bytes) SELECT digest, x'7b7d' FROM payloads WHERE id = 3;
       UPDATE payload_ids SET id = (SELECT max(id) FROM payloads) WHERE id = 3`,
      null,
      ['payload_edited'],
    ],
    ['a dropped payload', 'DELETE FROM payloads WHERE rowid = 3', 3, ['payload_missing']],
    [
      'an altered checkpoint',
      "UPDATE checkpoints SET note = replace(note, '600', '601')",
      0,
      ['checkpoint', 'rolled_back'],
    ],
    ['its checkpoints deleted', 'DELETE FROM checkpoints', 0, ['rolled_back']],
  ])('finds %s', async (_, sql, firstBadSeq, codes) => {
    const { directory, kept, vkey } = await ledger();
    edit(directory, sql);
    const report = await verify(directory, vkey, kept);
    expect(report.ok).toBe(false);
    expect(report.firstBadSeq).toBe(firstBadSeq);
    expect(
      report.problems
        .map(({ code }) => code)
        .filter((code) => code !== 'rewritten')
        .sort(),
    ).toEqual(codes.sort());
  });

  test('an event dropped and the later ones moved up: the first missing one is named', async () => {
    const { directory, kept, vkey } = await ledger();
    edit(
      directory,
      'DELETE FROM events WHERE seq = 17; UPDATE events SET seq = -seq WHERE seq > 17; UPDATE events SET seq = -seq - 1 WHERE seq < 0',
    );
    const report = await verify(directory, vkey, kept);
    expect(report.problems[0]).toMatchObject({ code: 'dropped', seq: 17 });
    expect(report.problems.length).toBeLessThanOrEqual(100);
    expect(report.problemCount).toBeGreaterThan(500);
  });

  test('a ledger put back to an older copy is found by the kept checkpoint', async () => {
    const directory = place();
    const older = place();
    const vkey = await withLedger(directory, async (store, sequencer) => {
      await append(store, 'a', 100);
      return sequencer.vkey;
    });
    cpSync(directory, older, { recursive: true });
    await withLedger(directory, (store) => append(store, 'b', 100));
    const later = readFileSync(checkpointFile(directory), 'utf8');
    expect(await verify(older, vkey, later)).toMatchObject({
      ok: false,
      firstBadSeq: 100,
      problems: [{ code: 'rolled_back' }],
    });
  });

  test('the operator, who holds the key, rewrites all of it: only the kept checkpoint tells', async () => {
    const { directory, kept, vkey } = await ledger();
    edit(directory, `${leaf(17, '"ann"', '"bob"')} DELETE FROM checkpoints; DELETE FROM tiles;`);
    unlinkSync(checkpointFile(directory));
    await withLedger(directory, async (_, sequencer) => sequencer.seal());
    expect(await verify(directory, vkey, null)).toMatchObject({ ok: true });
    expect(await verify(directory, vkey, kept)).toMatchObject({
      ok: false,
      problems: [{ code: 'rewritten', detail: expect.stringContaining('first 300 events') }],
    });
  });

  test('no store at all, where a kept checkpoint says that one was', async () => {
    const { kept, vkey } = await ledger();
    expect(await verifyLedger({ reader: null, vkey, keptCheckpoint: kept })).toMatchObject({
      ok: false,
      problems: [{ code: 'wiped' }],
    });
  });

  test('a kept checkpoint that the key did not sign proves nothing', async () => {
    const { directory, vkey } = await ledger();
    const other = await ledger();
    expect(await verify(directory, vkey, other.kept)).toMatchObject({
      ok: false,
      problems: [{ code: 'checkpoint' }],
    });
  });
});

describe('receipts', () => {
  test('stand alone: the key is all that it takes', async () => {
    const { directory, vkey } = await ledger();
    await using reader = await openSqliteReader({ directory, foldRun: fold });
    for (const seq of [0, 17, 255, 256, 599]) {
      const receipt = await makeReceipt(reader, seq);
      const report = verifyReceipt(receipt, vkey);
      const [stored] = await reader.events({ fromSeq: seq, limit: 1 });
      expect(report).toMatchObject({ ok: true, seq, size: 600, event: stored?.event });
      expect(formatReceipt(parseReceipt(receipt))).toBe(receipt);
    }
  });

  test('an event that is not there, or not sealed yet, has none', async () => {
    const { directory } = await ledger();
    await withStore(directory, async (store) => {
      await append(store, 'late', 1);
      await expect(makeReceipt(store, 600)).rejects.toMatchObject({ code: 'ledger.not_sealed' });
      await expect(makeReceipt(store, 601)).rejects.toMatchObject({ code: 'ledger.format' });
    });
  });

  test('every altered character is noticed', async () => {
    const directory = place();
    const { receipt, vkey } = await withLedger(directory, async (store, sequencer) => {
      await append(store, 'a', 3);
      await sequencer.seal();
      return { receipt: await makeReceipt(store, 1), vkey: sequencer.vkey };
    });
    expect(verifyReceipt(receipt, vkey).ok).toBe(true);
    for (let index = 0; index < receipt.length; index += 1) {
      const other = receipt[index] === 'A' ? 'B' : 'A';
      const altered = receipt.slice(0, index) + other + receipt.slice(index + 1);
      expect(verifyReceipt(altered, vkey).ok, `${index}`).toBe(false);
    }
  });

  test.each([
    ['another key', async (receipt: string) => ({ receipt, vkey: (await ledger()).vkey })],
    [
      'an index moved by one',
      async (receipt: string) => ({ receipt: receipt.replace('index 17', 'index 16') }),
    ],
    [
      'an index with a leading zero',
      async (receipt: string) => ({ receipt: receipt.replace('index 17', 'index 017') }),
    ],
    ['no event', async (receipt: string) => ({ receipt: receipt.replace(/extra .*\n/, '') })],
    [
      'a hash more',
      async (receipt: string) => ({ receipt: receipt.replace(/(index 17\n)(.*\n)/, '$1$2$2') }),
    ],
    [
      'a hash less',
      async (receipt: string) => ({ receipt: receipt.replace(/(index 17\n)(.*\n)/, '$1') }),
    ],
    ['no checkpoint', async (receipt: string) => ({ receipt: receipt.split('\n\n')[0] ?? '' })],
    ['nothing', async () => ({ receipt: '' })],
  ])('with %s proves nothing', async (_, change) => {
    const { directory, vkey } = await ledger();
    await using reader = await openSqliteReader({ directory, foldRun: fold });
    const changed = { vkey, ...(await change(await makeReceipt(reader, 17))) };
    expect(verifyReceipt(changed.receipt, changed.vkey)).toMatchObject({ ok: false });
  });
});

describe('the key', () => {
  test('is made once, for its owner alone, and loads again', () => {
    const directory = place();
    const made = createLedgerKey(directory);
    expect(statSync(keyFiles(directory).secret).mode & 0o777).toBe(0o600);
    expect(made.name).toMatch(/^sallyport\.local\/[0-9a-f]{12}$/);
    const loaded = loadLedgerKey(directory);
    expect(loaded === null ? null : formatVkey(loaded)).toBe(formatVkey(made));
    expect(formatVkey(loadVerifier(directory))).toBe(formatVkey(made));
    expect(() => createLedgerKey(directory)).toThrow(
      expect.objectContaining({ code: 'ledger.key' }),
    );
  });

  test.each([
    ['readable by others', (secret: string) => chmodSync(secret, 0o644)],
    ['readable by the group', (secret: string) => chmodSync(secret, 0o640)],
    ['no key', (secret: string) => writeFileSync(secret, 'hello')],
    [
      "another ledger's",
      (secret: string) => {
        const other = place();
        createLedgerKey(other);
        cpSync(keyFiles(other).secret, secret);
      },
    ],
  ])('that is %s is refused', (_, spoil) => {
    const directory = place();
    createLedgerKey(directory);
    spoil(keyFiles(directory).secret);
    expect(() => loadLedgerKey(directory)).toThrow(expect.objectContaining({ code: 'ledger.key' }));
  });

  test('there is none where none was made', () => {
    const directory = place();
    mkdirSync(directory);
    expect(loadLedgerKey(directory)).toBeNull();
    expect(existsSync(keyFiles(directory).secret)).toBe(false);
  });
});

describe('many kept checkpoints, as a file sink has them', () => {
  test('are all held against the ledger; the newest says how far nothing can have changed', async () => {
    const { directory, kept, vkey } = await ledger();
    const newest = readFileSync(checkpointFile(directory), 'utf8');
    expect(await verify(directory, vkey, `${kept}\n${newest}`)).toMatchObject({
      ok: true,
      kept: 600,
    });
    const forged = kept.replace('\n300\n', '\n299\n');
    expect(await verify(directory, vkey, `${forged}\n${newest}`)).toMatchObject({
      ok: false,
      problems: [{ code: 'checkpoint' }],
    });
  });

  test('a rewritten past contradicts the older of them too', async () => {
    const [one, other] = [await ledger(), await ledger()];
    const both = one.kept + readFileSync(checkpointFile(one.directory), 'utf8');
    rmSync(one.directory, { recursive: true });
    cpSync(other.directory, one.directory, { recursive: true });
    const report = await verify(one.directory, one.vkey, both);
    expect(report.ok).toBe(false);
    expect(report.problems.filter(({ code }) => code === 'rewritten')).toHaveLength(2);
  });
});

describe('the bundle', () => {
  async function exported(directory: string): Promise<readonly [string, ...string[]]> {
    await using reader = await openSqliteReader({ directory, foldRun: fold });
    const lines: string[] = [];
    for await (const line of exportBundle(reader, formatVkey(loadVerifier(directory))))
      lines.push(line);
    const [header = '', ...rest] = lines;
    return [header, ...rest];
  }

  test('has every event with its payloads, byte for byte as it was hashed', async () => {
    const { directory, vkey } = await ledger();
    const [header, ...lines] = await exported(directory);
    await using reader = await openSqliteReader({ directory, foldRun: fold });
    expect(JSON.parse(header)).toEqual({
      bundle: 1,
      vkey,
      checkpoint: readFileSync(checkpointFile(directory), 'utf8'),
      events: 600,
    });
    expect(lines).toHaveLength(600);
    const events = await reader.events({ limit: 1_000 });
    for (const [seq, line] of lines.entries()) {
      const { leaf = emptyRoot, event } = events[seq] ?? {};
      const digest = event?.type === 'call.started' ? event.arguments : null;
      const payload = digest === null ? null : await reader.payload(digest);
      const payloads =
        payload === null ? '' : `${JSON.stringify(digest)}:${Buffer.from(payload).toString()}`;
      const hash = Buffer.from(leafHash(leaf)).toString('hex');
      expect(line).toBe(
        `{"seq":${seq},"leafHash":"${hash}","event":${Buffer.from(leaf).toString()},"payloads":{${payloads}}}\n`,
      );
    }
  });

  test.each([
    ['an event that is no JSON', "UPDATE events SET leaf = x'220a7d7d' WHERE seq = 5"],
    [
      'an event with a key twice',
      `UPDATE events SET leaf = CAST(replace(leaf, '"v":1', '"v":1,"v":1') AS BLOB) WHERE seq = 5`,
    ],
    [
      'a payload that poses as more members',
      `UPDATE payloads SET bytes = CAST('1},"seq":6' AS BLOB) WHERE digest = (SELECT json_extract(CAST(leaf AS TEXT), '$.arguments') FROM events WHERE seq = 5)`,
    ],
  ])('%s stays within a string of its own line', async (_, sql) => {
    const { directory } = await ledger();
    edit(directory, sql);
    const [, ...lines] = await exported(directory);
    expect(lines).toHaveLength(600);
    const line = JSON.parse(lines[5] ?? '');
    expect(Object.keys(line)).toEqual(['seq', 'leafHash', 'event', 'payloads']);
    const [changed] = [line.event, ...Object.values(line.payloads)].filter(
      (value) => typeof value === 'string',
    );
    expect(changed).toBeDefined();
  });
});
