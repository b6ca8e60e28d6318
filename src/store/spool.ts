/**
 * Where refusals go that the store couldn't take: an append-only file of JSON lines, synced line by line.
 *
 * A crash loses nothing that was acknowledged; the line being written may be torn, and is then dropped at the next
 * start. A crash between recording what was taken and clearing it repeats those refusals: the record may say a refusal
 * twice, but never forgets one.
 */
import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../content/json.ts';
import type { JsonValue } from '../content/value.ts';
import { StoreError } from './errors.ts';
import { syncDirectory } from './sync-directory.ts';

/** Some 30,000 refusals: a store that is gone for longer needs a person, and the caller answers 503. */
export const spoolBytesMax: number = 16 * 1024 * 1024;

const newline = 0x0a;

export interface Spool extends Disposable {
  /**
   * Durable when it resolves.
   * @throws {StoreError} `store.unavailable` when the spool is full or its disk fails.
   */
  append(refusal: JsonValue): Promise<void>;
  /** Everything spooled. A whole line that isn't JSON was written by somebody else, and is named as `spool.unreadable`. */
  read(): Promise<readonly JsonValue[]>;
  /** Drops what was read last, once it is recorded elsewhere; when more came meanwhile, nothing: twice beats never. */
  clear(): Promise<void>;
}

export function spoolFile(directory: string): string {
  return join(directory, 'refusals.jsonl');
}

/** Opens the spool of a data directory, made with mode 0600 when missing; a torn last line is cut off. */
export async function openSpool(directory: string): Promise<Spool> {
  const file = spoolFile(directory);
  const fd = guarded(() => openSync(file, 'a+', 0o600));
  guarded(() => {
    cutTornLine(fd);
    syncDirectory(directory);
  });
  let bytesRead = 0;

  return {
    async append(refusal) {
      const line = Buffer.from(`${canonicalJson(refusal)}\n`, 'utf8');
      guarded(() => {
        const { size } = fstatSync(fd);
        if (size + line.length > spoolBytesMax) {
          throw new StoreError('store.unavailable', `the spool ${file} is full`, {
            hint: 'mend the store: at its next start it records what is spooled',
          });
        }
        try {
          const written = writeSync(fd, line);
          if (written < line.length) throw new Error('the disk took only a part of the line');
          fdatasyncSync(fd);
        } catch (error) {
          // Else the next line would be glued to the torn one, and both lost.
          ftruncateSync(fd, size);
          throw error;
        }
      });
    },

    async read() {
      const bytes = guarded(() => readAll(fd));
      bytesRead = bytes.length;
      return bytes.toString('utf8').split('\n').slice(0, -1).map(parse);
    },

    async clear() {
      guarded(() => {
        if (fstatSync(fd).size > bytesRead) return;
        ftruncateSync(fd, 0);
        fsyncSync(fd);
      });
    },

    [Symbol.dispose]: () => closeSync(fd),
  };
}

function cutTornLine(fd: number): void {
  const bytes = readAll(fd);
  const end = bytes.lastIndexOf(newline) + 1;
  if (end < bytes.length) ftruncateSync(fd, end);
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError('store.unavailable', 'the refusal spool failed', { cause: error });
  }
}

function readAll(fd: number): Buffer {
  const { size } = fstatSync(fd);
  const bytes = Buffer.alloc(size);
  let length = 0;
  while (length < size) {
    const read = readSync(fd, bytes, length, size - length, length);
    if (read === 0) break;
    length += read;
  }
  return bytes.subarray(0, length);
}

function parse(line: string): JsonValue {
  try {
    return JSON.parse(line);
  } catch {
    return { code: 'spool.unreadable' };
  }
}
