/**
 * What is acknowledged lies here first: each group of commits is written behind the one before it, with one sync, and gets
 * into the database together with many others, in one transaction. Its pages are written once for all of them.
 *
 * What a crash loses: a group that is only half here, which nobody was told of. Whole groups that the database lacks are
 * applied to it before anybody reads it again. Once a transaction is in the database the next group is written over its first one:
 * the database says which transaction it had last, each group which one it is of, and an older one counts for nothing.
 */
import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { crc32 } from 'node:zlib';
import { StoreError } from '../errors.ts';

/** Before each group: magic, checksum of the rest, database, transaction, place in it, bytes of steps and of what is behind them. Big-endian. */
export const headerBytes = 32;

/** "SLYJ" */
const magic = 0x534c594a;
const checksumAt = 4;
const checkedFrom = 8;
const databaseAt = 8;
const transactionAt = 14;
const placeAt = 20;
const stepsAt = 24;
const partsAt = 28;
const uint48 = 6;

/** Which transaction a group is of. */
export interface JournalPosition {
  /** A random number that tells a database from others; 48 bits. */
  readonly database: number;
  /** Of that database, counted from 1; 48 bits. */
  readonly transaction: number;
}

/** As the writing thread gets it. */
export interface Group {
  /** Room for a header; the steps, as JSON; and what they refer to. */
  readonly bytes: Uint8Array;
  readonly stepsBytes: number;
}

interface Header extends JournalPosition {
  readonly checksum: number;
  readonly place: number;
  readonly stepsBytes: number;
  readonly partsBytes: number;
}

/** The writing end. */
export class Journal {
  readonly #fd: number;
  #bytes = 0;
  #groups = 0;

  constructor(file: string) {
    this.#fd = openSync(file, 'r+');
  }

  /** Of the groups since the last restart. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Durable when it returns. */
  append({ database, transaction }: JournalPosition, { bytes, stepsBytes }: Group): void {
    const group = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    group.writeUInt32BE(magic, 0);
    group.writeUIntBE(database, databaseAt, uint48);
    group.writeUIntBE(transaction, transactionAt, uint48);
    group.writeUInt32BE(this.#groups, placeAt);
    group.writeUInt32BE(stepsBytes, stepsAt);
    group.writeUInt32BE(group.length - headerBytes - stepsBytes, partsAt);
    group.writeUInt32BE(crc32(group.subarray(checkedFrom)), checksumAt);
    for (let written = 0; written < group.length; ) {
      const left = group.length - written;
      written += writeSync(this.#fd, group, written, left, this.#bytes + written);
    }
    fdatasyncSync(this.#fd);
    this.#groups += 1;
    this.#bytes += group.length;
  }

  /** The database has all of them. */
  restart(): void {
    this.#groups = 0;
    this.#bytes = 0;
  }

  /** After a restart: what the database has needn't lie about here as well. */
  clear(): void {
    ftruncateSync(this.#fd, 0);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** Of the first group that lies in `fd`, whole or not: whether the database lacks any is seen by it alone. Null: none. */
export function positionIn(fd: number): JournalPosition | null {
  return headerAt(fd, 0);
}

/**
 * The groups of the transaction that follows `last`, in their order, up to the first that isn't whole.
 * @throws {StoreError} `store.corrupt` when one of them was acknowledged and can't be read any more, or when the first one
 *   is of another database or of a later transaction: what lies between was acknowledged, and is in neither of the two files.
 */
export function* groupsAfter(fd: number, last: JournalPosition, file: string): Generator<Group> {
  for (let start = 0, place = 0; ; place += 1) {
    const header = headerAt(fd, start);
    const bytes = header === null ? null : bytesOf(fd, start, header);
    if (header === null || bytes === null) return;
    const end = start + bytes.length;
    if (crc32(bytes.subarray(checkedFrom)) !== header.checksum)
      return checkIsTorn(place, headerAt(fd, end), last, file);
    if (place === 0) checkFits(header, last, file);
    if (!isNext(header, last) || header.place !== place) return;
    yield { bytes, stepsBytes: header.stepsBytes };
    start = end;
  }
}

function isNext({ database, transaction }: JournalPosition, last: JournalPosition): boolean {
  return database === last.database && transaction === last.transaction + 1;
}

/** Null: what a torn header says of lengths could be anything. */
function bytesOf(fd: number, start: number, { stepsBytes, partsBytes }: Header): Buffer | null {
  const length = headerBytes + stepsBytes + partsBytes;
  if (start + length > fstatSync(fd).size) return null;
  const bytes = Buffer.alloc(length);
  return readFully(fd, bytes, start) < length ? null : bytes;
}

/** A group is written once the one before it is there: with one behind it, it wasn't torn but damaged. */
function checkIsTorn(
  place: number,
  behind: Header | null,
  last: JournalPosition,
  file: string,
): void {
  if (behind === null || !isNext(behind, last) || behind.place !== place + 1) return;
  throw new StoreError('store.corrupt', `${file} is damaged: a group that was acknowledged`, {
    hint: 'look at the disk, and put the data directory back from a backup',
  });
}

function checkFits(found: JournalPosition, last: JournalPosition, file: string): void {
  if (found.database === last.database && found.transaction <= last.transaction + 1) return;
  throw new StoreError('store.corrupt', `${file} belongs to another state of the database`, {
    hint: 'put both files back from the same copy of the data directory',
  });
}

function headerAt(fd: number, start: number): Header | null {
  const bytes = Buffer.alloc(headerBytes);
  if (readFully(fd, bytes, start) < headerBytes || bytes.readUInt32BE(0) !== magic) return null;
  return {
    checksum: bytes.readUInt32BE(checksumAt),
    database: bytes.readUIntBE(databaseAt, uint48),
    transaction: bytes.readUIntBE(transactionAt, uint48),
    place: bytes.readUInt32BE(placeAt),
    stepsBytes: bytes.readUInt32BE(stepsAt),
    partsBytes: bytes.readUInt32BE(partsAt),
  };
}

/** @returns how much there was. */
function readFully(fd: number, bytes: Buffer, start: number): number {
  let length = 0;
  while (length < bytes.length) {
    const read = readSync(fd, bytes, length, bytes.length - length, start + length);
    if (read === 0) break;
    length += read;
  }
  return length;
}
