/** The main thread's end of the writing thread: packs a group, sends it, and learns what came of it. */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { StoreError } from '../errors.ts';
import type { Encoded } from './encode.ts';
import type {
  GroupMessage,
  GroupSteps,
  GroupWritten,
  Step,
  WriterAnswer,
  WriterMessage,
  WriterStart,
} from './group.ts';
import { headerBytes } from './journal.ts';

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
  /** What was written before lies in the database. Once for each time it was asked for. */
  readonly onFlushed: () => void;
  /** Once, and for good: whether the group under way was written isn't known. */
  readonly onFault: (fault: StoreError) => void;
}

export class Writer {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #leaseOwner: string;
  /** Asked and not answered; while there are any, the process stays alive. */
  #awaited = 0;
  #isClosing = false;
  /** Goes back and forth with the groups. */
  #buffer = new ArrayBuffer(keptBytesMin);

  /** @param leaseOwner - of the calls that begin. */
  constructor(
    start: WriterStart,
    leaseOwner: string,
    { onWritten, onFlushed, onFault }: WriterEvents,
  ) {
    this.#leaseOwner = leaseOwner;
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
      // After a fault it answers nothing more.
      this.#awaited = answer.type === 'failed' ? 0 : this.#awaited - 1;
      if (this.#awaited <= 0 && !this.#isClosing) this.#worker.unref();
      if (answer.type === 'flushed') return onFlushed();
      if (answer.type === 'failed') {
        const { code, message, hint } = answer;
        return fault(new StoreError(code, message, hint === null ? {} : { hint }));
      }
      this.#buffer = answer.buffer;
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
    const steps: GroupSteps = {
      leaseOwner: this.#leaseOwner,
      steps: group.map(({ step }) => step),
    };
    const text = JSON.stringify(steps);
    const message = this.#pack(text, group);
    this.#ask(message, [message.buffer]);
  }

  flush(): void {
    this.#ask({ type: 'flush' });
  }

  async close(): Promise<void> {
    // Whatever it still answers: what is waited for is its exit.
    this.#isClosing = true;
    this.#worker.ref();
    this.#worker.postMessage(null);
    await this.#exited;
  }

  #ask(message: WriterMessage, transferred: ArrayBuffer[] = []): void {
    this.#awaited += 1;
    this.#worker.ref();
    this.#worker.postMessage(message, transferred);
  }

  #pack(text: string, group: readonly Encoded<Step>[]): GroupMessage {
    const stepsBytes = Buffer.byteLength(text, 'utf8');
    let needed = headerBytes + stepsBytes;
    for (const { bytes } of group) needed += bytes;
    const kept = this.#buffer;
    const fits = needed <= kept.byteLength && kept.byteLength <= keptBytesMax;
    const buffer = Buffer.from(fits ? kept : new ArrayBuffer(Math.max(keptBytesMin, 2 * needed)));
    let at = headerBytes;
    at += buffer.write(text, at, 'utf8');
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
    return { type: 'group', buffer: buffer.buffer, stepsBytes, bytes: needed };
  }
}
