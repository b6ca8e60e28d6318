/**
 * Loaded into a gateway before its own code: names every point at which the gateway's code gives way,
 * and kills the process, as nothing else could, at the n-th passing of one of them.
 *
 * A point is an `await` of a file under `src/`, found by the engine's own hooks on promises in every thread, at its two moments: `at`,
 * where it gives way, and `after`, where it goes on. The statements that begin and end a transaction are points too, in
 * whatever thread they run, and so is what is done to the store's journal: each write, half of it, each sync, and its
 * truncation. Nothing in the gateway knows of any of this.
 */
import fs, { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { promiseHooks } from 'node:v8';
import { z } from 'zod/mini';
import { inGateway } from './preloaded.ts';

const plan = z
  .object({
    /** Receives a line for each point when it is passed first: its name. */
    seen: z.string(),
    /** The point to die at, and at which passing; null: only watch. */
    kill: z.nullable(z.object({ point: z.string(), nth: z.number() })),
  })
  .parse(JSON.parse(process.env['SALLYPORT_FAULT_POINTS'] ?? ''));

const source = new URL('../../src/', import.meta.url).href;
const passed = new Map<string, number>();
const sites = new WeakMap<object, string>();

function pass(point: string): void {
  const count = (passed.get(point) ?? 0) + 1;
  passed.set(point, count);
  // Only powers of two: how often a point is passed is needed roughly, and each line costs a write.
  if ((count & (count - 1)) === 0) appendFileSync(plan.seen, `${count} ${point}\n`);
  if (plan.kill?.point !== point || plan.kill.nth !== count) return;
  appendFileSync(plan.seen, `killed ${point}\n`);
  process.kill(process.pid, 'SIGKILL');
}

/** The line that made a promise, when it is the gateway's: an `await` makes one, under its own. */
function siteOf(): string | null {
  const holder: { stack?: string } = {};
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 1;
  Error.captureStackTrace(holder, made);
  Error.stackTraceLimit = stackTraceLimit;
  const [, name = 'module', file = '', place = ''] =
    /^\s+at (?:(?:async )?(\S.*) \()?(file:[^\s()]+\.ts):(\d+:\d+)\)?$/m.exec(holder.stack ?? '') ??
    [];
  return file.startsWith(source) ? `${file.slice(source.length)}:${place} ${name}` : null;
}

function made(promise: object): void {
  const site = siteOf();
  if (site === null) return;
  sites.set(promise, site);
  pass(`at ${site}`);
}

const transaction = /^\s*(BEGIN|COMMIT)\b/;

function around<T>(sql: string, act: () => T): T {
  const [, statement] = transaction.exec(sql) ?? [];
  if (statement === undefined) return act();
  pass(`at sqlite ${statement}`);
  const done = act();
  pass(`after sqlite ${statement}`);
  return done;
}

const journals = new Set<number>();

function aroundJournal<T>(fd: number, name: string, act: () => T): T {
  if (!journals.has(fd)) return act();
  pass(`at journal ${name}`);
  const done = act();
  pass(`after journal ${name}`);
  return done;
}

/** Whatever writes to the journal: which descriptors are its own is seen as it is opened. */
function watchJournal(): void {
  const { openSync, closeSync, writeSync, fdatasyncSync, fsyncSync, ftruncateSync } = fs;
  fs.openSync = (file, ...how) => {
    const fd = openSync(file, ...how);
    if (String(file).endsWith('/sallyport.journal')) journals.add(fd);
    return fd;
  };
  fs.closeSync = (fd) => {
    journals.delete(fd);
    closeSync(fd);
  };
  fs.fdatasyncSync = (fd) => aroundJournal(fd, 'sync', () => fdatasyncSync(fd));
  fs.fsyncSync = (fd) => aroundJournal(fd, 'sync after truncation', () => fsyncSync(fd));
  fs.ftruncateSync = (fd, length) =>
    aroundJournal(fd, 'truncation', () => ftruncateSync(fd, length));
  const write = (fd: number, ...what: readonly unknown[]): number =>
    Reflect.apply(writeSync, fs, [fd, ...what]);
  Reflect.set(fs, 'writeSync', (fd: number, ...what: readonly unknown[]): number => {
    const [bytes, offset, length, position] = what;
    if (!journals.has(fd) || typeof length !== 'number') return write(fd, ...what);
    // The rest of a group whose first half is written below.
    if (offset !== 0) return aroundJournal(fd, 'write of the other half', () => write(fd, ...what));
    // A write may do less than it was asked to: here each does, so that half of a group is what a death leaves.
    const half = Math.ceil(length / 2);
    const name = position === 0 ? 'write over older groups' : 'write behind other groups';
    return aroundJournal(fd, name, () => write(fd, bytes, offset, half, position));
  });
  syncBuiltinESMExports();
}

if (inGateway) {
  watchJournal();
  promiseHooks.createHook({
    init: made,
    before(promise: object) {
      const site = sites.get(promise);
      if (site !== undefined) pass(`after ${site}`);
    },
  });

  const exec: (this: DatabaseSync, sql: string) => void = Reflect.get(
    DatabaseSync.prototype,
    'exec',
  );
  DatabaseSync.prototype.exec = function points(sql) {
    around(sql, () => exec.call(this, sql));
  };

  const { value: run } = Object.getOwnPropertyDescriptor(StatementSync.prototype, 'run') ?? {};
  Object.defineProperty(StatementSync.prototype, 'run', {
    value: function points(this: StatementSync, ...values: unknown[]): unknown {
      return around(this.sourceSQL, () => Reflect.apply(run, this, values));
    },
  });
}
