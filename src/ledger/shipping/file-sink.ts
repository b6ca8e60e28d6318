/**
 * Checkpoints appended to a file, an empty line between them: on a mount that the gateway's operator can't rewrite, a
 * copy of the past that outlives this host. Nothing that lies there whole is ever changed.
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from '../../store/sync-directory.ts';
import { type CheckpointSink, SinkError } from './sink.ts';

/** Room for the newest checkpoint there, with cosignatures. */
const tailBytes = 64 * 1024;

export class FileSink implements CheckpointSink {
  readonly name = 'file';
  readonly #file: string;
  #underWay = false;
  /** The last write failed: what reads back may never reach the disk, and syncing it again would prove nothing. */
  #doubtful = false;

  constructor(file: string) {
    this.#file = file;
  }

  async deliver(note: string, signal: AbortSignal): Promise<void> {
    // A mount that hangs can't be asked to stop; waiting behind it would only pile up.
    if (this.#underWay) throw new SinkError('the last write has not ended');
    this.#underWay = true;
    const written = this.#append(note).finally(() => {
      this.#underWay = false;
    });
    await Promise.race([written, abortOf(signal)]);
  }

  async #append(note: string): Promise<void> {
    try {
      const { O_RDWR, O_APPEND, O_CREAT, O_NONBLOCK, O_NOFOLLOW } = constants;
      const flags = O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK | O_NOFOLLOW;
      await using handle = await open(this.#file, flags, 0o644);
      const kept = await readTail(handle, note);
      const doubtful = this.#doubtful;
      this.#doubtful = true;
      if (doubtful || !kept.text.endsWith(note)) {
        // Torn by a crash in mid-write, and never called delivered: without it, what follows reads as one note a piece.
        if (kept.wholeBytes < kept.bytes) await handle.truncate(kept.wholeBytes);
        await handle.appendFile(kept.wholeBytes === 0 ? note : `\n${note}`);
      }
      // Also where it stood there already: whoever wrote it may have died before its sync.
      await handle.sync();
      if (doubtful || kept.bytes === 0) syncDirectory(dirname(this.#file));
      this.#doubtful = false;
    } catch (error) {
      if (error instanceof SinkError) throw error;
      throw new SinkError(reasonOf(error));
    }
  }
}

interface Tail {
  readonly text: string;
  readonly bytes: number;
  /** Up to the end of the last whole checkpoint. */
  readonly wholeBytes: number;
}

async function readTail(handle: FileHandle, note: string): Promise<Tail> {
  const stats = await handle.stat();
  if (!stats.isFile()) throw new SinkError('it is not a regular file');
  const bytes = stats.size;
  const begin = Math.max(0, bytes - tailBytes);
  const { buffer, bytesRead } = await handle.read(
    Buffer.alloc(bytes - begin),
    0,
    bytes - begin,
    begin,
  );
  const tail = buffer.subarray(0, bytesRead);
  const whole = [...tail.toString('latin1').matchAll(/\n\u00e2\u0080\u0094 \S+ \S+\n/g)].at(-1);
  const wholeBytes = whole === undefined ? 0 : begin + whole.index + whole[0].length;
  await checkOurs(handle, bytes, note);
  if (whole === undefined && begin > 0) throw new SinkError('it holds something else');
  return { text: tail.toString('utf8'), bytes, wholeBytes };
}

/** A path that was mistyped must not cost anybody a file: ours begins with the ledger's name. */
async function checkOurs(handle: FileHandle, bytes: number, note: string): Promise<void> {
  const origin = Buffer.from(note.slice(0, note.indexOf('\n') + 1));
  const length = Math.min(bytes, origin.length);
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, 0);
  if (!buffer.equals(origin.subarray(0, length)))
    throw new SinkError('it holds something else than checkpoints of this ledger');
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new SinkError('it took too long')), {
      once: true,
    });
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'it can’t be written';
}
