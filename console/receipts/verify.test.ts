/** The browser's verification, in Node's WebCrypto, of receipts that a real ledger made. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/content/json.ts';
import type { ReceiptView } from '../../src/edges/console/views.ts';
import { fold } from '../../src/engine/fold.ts';
import { signCheckpoint } from '../../src/ledger/checkpoint.ts';
import { createLedgerKey, loadVerifier } from '../../src/ledger/key.ts';
import { formatVkey } from '../../src/ledger/note.ts';
import { payloadDigest } from '../../src/ledger/payloads.ts';
import { makeReceipt, parseReceipt } from '../../src/ledger/receipt.ts';
import { openSequencer } from '../../src/ledger/sequencer.ts';
import { subtreesOf } from '../../src/ledger/tiles.ts';
import { consistencyProof } from '../../src/ledger/tree.ts';
import { SampleRun, started } from '../../src/store/contract-samples.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { eventRow } from '../../test/console/event-row.ts';
import { type Comparison, compare, forgetKept, keep, readKept } from './kept.ts';
import { openCheckpoint, parseVerifier } from './note.ts';
import { differences, isPayload } from './shown.ts';
import { verifyReceipt } from './verify.ts';

const root = mkdtempSync(join(tmpdir(), 'sallyport-browser-'));
afterAll(() => rmSync(root, { recursive: true }));

/** A ledger that has grown twice: receipts of every event, from the first checkpoint and from the second. */
async function ledger(name: string, sizes: readonly number[]): Promise<readonly ReceiptView[][]> {
  const directory = join(root, name);
  await using store = await openSqliteStore({ directory, foldRun: fold });
  const stages: ReceiptView[][] = [];
  const onFault = (error: unknown) => {
    throw error;
  };
  const sample = new SampleRun(store, name);
  await sample.open();
  for (const size of sizes) {
    for (let count = await store.eventCount(); count < size; count += 1)
      await sample.commit([started(name, `${name}-${count}`, store.nowMs())]);
    const sequencer = await openSequencer({ store, directory, onFault });
    await sequencer[Symbol.asyncDispose]();
    const since = stages.at(-1)?.length ?? 0;
    const subtree = subtreesOf((level, index) => store.tile(level, index));
    const receipts: ReceiptView[] = [];
    for (let seq = 0; seq < size; seq += 1) {
      const receipt = parseReceipt(await makeReceipt(store, seq));
      const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
      receipts.push({
        seq,
        leaf: base64(receipt.leaf),
        proof: receipt.proof.map(base64),
        treeSize: size,
        checkpoint: receipt.checkpoint,
        verifierKey: formatVkey(loadVerifier(directory)),
        consistency: (await consistencyProof(since, size, subtree)).map(base64),
      });
    }
    stages.push(receipts);
  }
  return stages;
}

let before: readonly ReceiptView[] = [];
let after: readonly ReceiptView[] = [];
let others: readonly ReceiptView[] = [];
beforeAll(async () => {
  [before = [], after = []] = await ledger('ours', [6, 23]);
  [others = []] = await ledger('theirs', [6]);
});

function first(receipts: readonly ReceiptView[]): ReceiptView {
  const [receipt] = receipts;
  if (receipt === undefined) throw new Error('no receipt');
  return receipt;
}

async function checkpointOf({ checkpoint, verifierKey }: ReceiptView) {
  const verifier = await parseVerifier(verifierKey);
  const opened = verifier === null ? null : await openCheckpoint(checkpoint, verifier);
  if (opened === null) throw new Error('a bad checkpoint');
  return opened;
}

test('each receipt of a real ledger verifies, and gives the event', async () => {
  for (const receipt of [...before, ...after]) {
    const verdict = await verifyReceipt(receipt);
    expect(verdict).toMatchObject({ ok: true, event: { v: 1, run: 'ours' } });
  }
  expect([before.length, after.length]).toEqual([6, 23]);
});

function flipped(base64: string, at = 0): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes.toString('base64');
}

const forgeries: readonly (readonly [string, (real: ReceiptView) => ReceiptView])[] = [
  ['a changed event', (real) => ({ ...real, leaf: flipped(real.leaf, 20) })],
  ['another place', (real) => ({ ...real, seq: real.seq + 1 })],
  ['a place beyond the tree', (real) => ({ ...real, seq: 10_000 })],
  ['no number for a place', (real) => ({ ...real, seq: Number.NaN })],
  ['a shorter proof', (real) => ({ ...real, proof: real.proof.slice(1) })],
  ['a longer proof', (real) => ({ ...real, proof: [...real.proof, ...real.proof.slice(0, 1)] })],
  ['a changed proof', (real) => ({ ...real, proof: real.proof.map((one) => flipped(one)) })],
  ['a hash that is too short', (real) => ({ ...real, proof: ['AAAA', ...real.proof.slice(1)] })],
  ['base64 of another spelling', (real) => ({ ...real, leaf: `${real.leaf} ` })],
  [
    'a changed size',
    (real) => ({ ...real, checkpoint: real.checkpoint.replace('\n23\n', '\n24\n') }),
  ],
  ['no signature', (real) => ({ ...real, checkpoint: `${real.checkpoint.split('\n\n')[0]}\n\n` })],
  [
    'a broken signature',
    (real) => ({
      ...real,
      checkpoint: real.checkpoint.replace(
        /(\S+)\n$/,
        (_, signature) => `${flipped(signature, 30)}\n`,
      ),
    }),
  ],
  [
    'a bad signature in the key’s name beside the good one',
    (real) => ({
      ...real,
      checkpoint: real.checkpoint.replace(
        /(— \S+ )(\S+)\n$/,
        (line, name, signature) => `${line}${name}${flipped(signature, 30)}\n`,
      ),
    }),
  ],
  ['another ledger’s key', (real) => ({ ...real, verifierKey: first(others).verifierKey })],
  [
    'a key under a false id',
    (real) => ({ ...real, verifierKey: real.verifierKey.replace(/\+[0-9a-f]{8}\+/, '+00000000+') }),
  ],
  ['no key', (real) => ({ ...real, verifierKey: '' })],
  ['another ledger’s checkpoint', (real) => ({ ...real, checkpoint: first(others).checkpoint })],
];

test.each(forgeries)('%s is refused', async (_, forge) => {
  const real = after[7] ?? first(after);
  expect(await verifyReceipt(real)).toMatchObject({ ok: true });
  expect(await verifyReceipt(forge(real))).toMatchObject({ ok: false });
});

test('what a line says of an event is held against its bytes', async () => {
  const receipt = after[3] ?? first(after);
  const verdict = await verifyReceipt(receipt);
  if (!verdict.ok) throw new Error(verdict.problem);
  const { event } = verdict;
  const row = eventRow({
    seq: 3,
    atMs: Number(event['atMs']),
    type: 'call.started',
    run: 'ours',
    agent: String(event['agent']),
    user: typeof event['user'] === 'string' ? event['user'] : null,
    call: String(event['call']),
    tool: String(event['tool']),
  });
  expect(differences(row, event)).toEqual([]);
  expect(differences({ ...row, tool: 'crm.read', atMs: 1 }, event)).toEqual(['atMs', 'tool']);
});

test('a payload is the one that its digest names, or it isn’t', async () => {
  const payload = { b: [1, 2.5e-7, null, 'é\u2028'], a: { z: true, ä: 'x', A: -0 } };
  const digest = payloadDigest(Buffer.from(canonicalJson(payload)));
  expect(await isPayload(digest, payload)).toBe(true);
  expect(await isPayload(digest, { ...payload, a: 1 })).toBe(false);
});

class Drawer {
  readonly #kept = new Map<string, string>();
  getItem(key: string) {
    return this.#kept.get(key) ?? null;
  }
  setItem(key: string, value: string) {
    this.#kept.set(key, value);
  }
  removeItem(key: string) {
    this.#kept.delete(key);
  }
}

async function keptOf(receipt: ReceiptView) {
  const drawer = new Drawer();
  keep(drawer, await checkpointOf(receipt), receipt.verifierKey, 1);
  return readKept(drawer);
}

describe('beside the checkpoint that this browser has kept', () => {
  test('the first is kept, and forgotten on demand', async () => {
    const drawer = new Drawer();
    expect(readKept(drawer)).toBeNull();
    keep(drawer, await checkpointOf(first(before)), first(before).verifierKey, 5);
    expect(readKept(drawer)).toMatchObject({ size: 6, atMs: 5 });
    forgetKept(drawer);
    expect(readKept(drawer)).toBeNull();
  });

  test.each(['{', 'null', '{"size":0}', '{"size":"6","root":"","verifierKey":"","atMs":1}'])(
    'what isn’t a checkpoint (%s) counts as none',
    (text) => {
      const drawer = new Drawer();
      drawer.setItem('sallyport.checkpoint', text);
      expect(readKept(drawer)).toBeNull();
    },
  );

  const pairs: readonly (readonly [
    string,
    Comparison,
    () => readonly [ReceiptView, ReceiptView],
  ])[] = [
    ['the same', 'continues', () => [first(before), first(before)]],
    ['one that has grown', 'continues', () => [first(before), first(after)]],
    ['one that is shorter', 'rollback', () => [first(after), first(before)]],
    ['no proof', 'unproven', () => [first(before), { ...first(after), consistency: null }]],
    ['an empty proof', 'fork', () => [first(before), { ...first(after), consistency: [] }]],
    ['a broken proof', 'fork', () => [first(before), { ...first(after), consistency: ['AAAA'] }]],
    ['another key', 'other_key', () => [first(before), first(others)]],
  ];

  test.each(pairs)('%s is told: %s', async (_, told, pair) => {
    const [old, now] = pair();
    expect(await compare(await keptOf(old), await checkpointOf(now), now)).toBe(told);
  });

  test('a good proof from another begin is a fork', async () => {
    const kept = await keptOf(first(before));
    if (kept === null) throw new Error('nothing was kept');
    const { root: other } = await checkpointOf(first(others));
    const forked = { ...kept, root: Buffer.from(other).toString('base64') };
    expect(await compare(forked, await checkpointOf(first(after)), first(after))).toBe('fork');
  });

  test('another past of the same length, or a longer one, signed by the very key, is a fork', async () => {
    const directory = join(root, 'forger');
    const signer = createLedgerKey(directory);
    const verifierKey = formatVkey(signer);
    const tree = (size: number, fill: number) => ({ size, root: new Uint8Array(32).fill(fill) });
    const signed = async (size: number, fill: number, consistency: readonly string[] | null) => {
      const checkpoint = signCheckpoint(tree(size, fill), signer);
      return { ...first(before), checkpoint, verifierKey, consistency };
    };
    const kept = await keptOf(await signed(6, 1, null));
    for (const other of [await signed(6, 2, []), await signed(9, 2, first(after).consistency)])
      expect(await compare(kept, await checkpointOf(other), other)).toBe('fork');
  });

  test('every step of a growing ledger is consistent with every earlier one', async () => {
    const sizes = [1, 2, 3, 4, 5, 7, 8, 9, 16, 17];
    const stages = await ledger('steps', sizes);
    for (let index = 1; index < stages.length; index += 1) {
      const [old, now] = [first(stages[index - 1] ?? []), first(stages[index] ?? [])];
      expect(await compare(await keptOf(old), await checkpointOf(now), now)).toBe('continues');
    }
  });
});
