/** The main thread's end of the writing thread: packs a group, sends it, and learns what came of it. */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { StoreError } from '../errors.ts';
import type { Encoded } from './encode.ts';
import type { GroupMessage, GroupWritten, Step, WriterAnswer, WriterStart } from './group.ts';

/** A buffer that a group outgrew by far isn't kept. */
const keptBytesMax = 4 * 1024 * 1024;
const keptBytesMin = 64 * 1024;

/** RFC 6962 hashes it with each leaf, so that no leaf is taken for a node. */
const leafPrefix = 0;

/** The same file, run as it was written or as it was built. */
const script = new URL(
  `./writer-thread${extname(fileURLToPath(import.meta.url))}`,
  import.meta.url,
);

export interface WriterEvents {
  readonly onWritten: (written: GroupWritten) => void;
  /** Once, and for good: whether the group under way was written isn't known. */
  readonly onFault: (fault: StoreError) => void;
}

export class Writer {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  /** Goes back and forth with the groups. */
  #buffer = new ArrayBuffer(keptBytesMin);

  constructor(start: WriterStart, { onWritten, onFault }: WriterEvents) {
    // The process's own flags may not fit a file: `--input-type`, or a test runner's hooks.
    this.#worker = new Worker(script, { workerData: start, name: 'store', execArgv: [] });
    // Alone it keeps no process alive; a group under way does.
    this.#worker.unref();
    let over = false;
    const fault = (error: StoreError): void => {
      if (!over) onFault(error);
      over = true;
    };
    this.#worker.on('message', (answer: WriterAnswer) => {
      this.#worker.unref();
      if (answer.type === 'failed') {
        const { code, message, hint } = answer;
        return fault(new StoreError(code, message, hint === null ? {} : { hint }));
      }
      this.#buffer = answer.bytes;
      onWritten(answer);
    });
    this.#worker.on('error', (cause) =>
      fault(new StoreError('store.unavailable', 'the writing thread failed', { cause })),
    );
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        fault(new StoreError('store.unavailable', 'the writing thread ended'));
        resolve();
      });
    });
  }

  /** One group at a time: only after it was written may the next one be sent. */
  send(group: readonly Encoded<Step>[]): void {
    const bytes = this.#pack(group);
    const message: GroupMessage = { steps: JSON.stringify(group.map(({ step }) => step)), bytes };
    this.#worker.ref();
    this.#worker.postMessage(message, [bytes]);
  }

  async close(): Promise<void> {
    this.#worker.ref();
    this.#worker.postMessage(null);
    await this.#exited;
  }

  #pack(group: readonly Encoded<Step>[]): ArrayBuffer {
    let needed = 0;
    for (const { bytes } of group) needed += bytes;
    const kept = this.#buffer;
    const fits = needed <= kept.byteLength && kept.byteLength <= keptBytesMax;
    const buffer = Buffer.from(fits ? kept : new ArrayBuffer(Math.max(keptBytesMin, 2 * needed)));
    let at = 0;
    for (const { parts } of group) {
      for (const part of parts) {
        if (typeof part === 'string') {
          at = buffer.writeUInt8(leafPrefix, at);
          at += buffer.write(part, at, 'utf8');
        } else {
          buffer.set(part, at);
          at += part.byteLength;
        }
      }
    }
    return buffer.buffer;
  }
}
