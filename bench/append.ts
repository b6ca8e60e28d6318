/**
 * What durability costs: commits a second, alone and 32 at once, against one raw synced append a call on the same disk.
 *
 * Absolute numbers are the machine's; the ratios are ours. Rounds alternate, and the median counts, so that a disk that
 * slows down meanwhile slows all of them.
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fold } from '../src/engine/fold.ts';
import { SampleRun, started, window } from '../src/store/contract-samples.ts';
import type { Store } from '../src/store/port.ts';
import { openSqliteStore } from '../src/store/sqlite/open.ts';

const rounds = 5;
const commitsPerRound = 640;
const dayMs = 86_400_000;

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, directory: { type: 'string' } },
});
const directory = mkdtempSync(join(values.directory ?? tmpdir(), 'sallyport-bench-'));
try {
  const rates = await measure();
  const result = {
    ok: true,
    commitsPerSecond: rates,
    ratios: {
      aloneToRaw: ratio(rates.alone, rates.raw),
      concurrentToRaw: ratio(rates.concurrent, rates.raw),
      concurrentToAlone: ratio(rates.concurrent, rates.alone),
    },
  };
  console.log(values.json ? JSON.stringify(result) : table(result));
} finally {
  rmSync(directory, { recursive: true });
}

interface Rates {
  /** One synced append of as many bytes as an event has, a call. */
  readonly raw: number;
  /** One commit after another: an event, a counter, a payload. */
  readonly alone: number;
  /** 32 runs at once, each waiting for its own commit. */
  readonly concurrent: number;
}

async function measure(): Promise<Rates> {
  await using store = await openSqliteStore({
    directory: join(directory, 'store'),
    foldRun: fold,
  });
  const samples: { raw: number[]; alone: number[]; concurrent: number[] } = {
    raw: [],
    alone: [],
    concurrent: [],
  };
  for (let round = 0; round < rounds; round += 1) {
    samples.raw.push(raw());
    samples.alone.push(await commits(store, `alone-${round}`, 1));
    samples.concurrent.push(await commits(store, `concurrent-${round}`, 32));
  }
  return {
    raw: median(samples.raw),
    alone: median(samples.alone),
    concurrent: median(samples.concurrent),
  };
}

function raw(): number {
  const line = Buffer.from(JSON.stringify(started('run', 'call', 1)));
  const fd = openSync(join(directory, 'raw'), 'a');
  const begun = performance.now();
  for (let count = 0; count < commitsPerRound; count += 1) {
    writeSync(fd, line);
    fdatasyncSync(fd);
  }
  const rate = perSecond(performance.now() - begun);
  closeSync(fd);
  return rate;
}

async function commits(store: Store, name: string, lanes: number): Promise<number> {
  const runs = Array.from({ length: lanes }, (_, lane) => new SampleRun(store, `${name}-${lane}`));
  await Promise.all(runs.map((run) => run.open()));
  const begun = performance.now();
  await Promise.all(
    runs.map(async (run) => {
      for (let count = 0; count < commitsPerRound / lanes; count += 1) {
        const call = `${run.id}-${count}`;
        await run.start(call, {
          reservations: [window('shared', 1, 1_000_000, dayMs)],
          payloads: new Map([[call, Buffer.from('{"to":"customer@example.org"}')]]),
        });
      }
    }),
  );
  return perSecond(performance.now() - begun);
}

function perSecond(elapsedMs: number): number {
  return Math.round((commitsPerRound / elapsedMs) * 1_000);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

function ratio(one: number, other: number): number {
  return Math.round((one / other) * 100) / 100;
}

function table({
  commitsPerSecond,
  ratios,
}: {
  commitsPerSecond: Rates;
  ratios: { aloneToRaw: number; concurrentToRaw: number };
}): string {
  return [
    'durable appends a second          to raw',
    `raw synced append      ${String(commitsPerSecond.raw).padStart(8)}     1`,
    `commits, one by one    ${String(commitsPerSecond.alone).padStart(8)}     ${ratios.aloneToRaw}`,
    `commits, 32 at once    ${String(commitsPerSecond.concurrent).padStart(8)}     ${ratios.concurrentToRaw}`,
  ].join('\n');
}
