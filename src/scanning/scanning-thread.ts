/**
 * The main thread's end of the thread that looks at long texts: started by the first of them, gone when there were none
 * for a while. One job at a time; a thread that dies over a job or takes too long is replaced, and that job's texts count
 * as unscanned: whoever writes such a text gains a refusal.
 */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type Looks, nothingScanned } from '../content/detection/scan.ts';
import type { Scans } from '../content/detection/sighting.ts';
import type { ScanAnswer, ScanJob } from './scan-thread.ts';

export interface ScanningThreadOptions {
  /** What went wrong with a job; its texts stay unscanned. */
  readonly onFault: (reason: ScanFault) => void;
  readonly jobMsMax?: number;
  readonly waitMsMax?: number;
  readonly idleMsMax?: number;
}

export type ScanFault = 'too_slow' | 'died' | 'too_many' | 'waited';

/** Two orders of magnitude more than the largest result takes. */
const jobMsMax = 10_000;
/** Longer nobody waits for a call: hundreds of slow texts must not hold one up for their sum. */
const waitMsMax = 30_000;
const idleMsMax = 60_000;
/** Of what waits: an agent's own calls come in tens, and each result has its bound. */
const waitingJobsMax = 256;
const waitingCharactersMax = 64 * 1_048_576;

/** A thread that needs more has met a text that was made for it. */
const resourceLimits = { maxYoungGenerationSizeMb: 32, maxOldGenerationSizeMb: 256 };

/** The same file, run as it was written or as it was built. */
const script = new URL(`./scan-thread${extname(fileURLToPath(import.meta.url))}`, import.meta.url);

interface Job {
  readonly texts: readonly string[];
  readonly characters: number;
  readonly looks: Looks;
  readonly sinceMs: number;
  readonly done: (scans: Scans) => void;
}

export class ScanningThread implements AsyncDisposable {
  readonly #onFault: (reason: ScanFault) => void;
  readonly #jobMsMax: number;
  readonly #waitMsMax: number;
  readonly #idleMsMax: number;
  readonly #waiting: Job[] = [];
  #waitingCharacters = 0;
  #worker: Worker | null = null;
  #job: Job | null = null;
  /** What the thread was told last. */
  #told: Looks | null = null;
  /** Ends a job that takes too long, or a thread that has none. */
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ScanningThreadOptions) {
    this.#onFault = options.onFault;
    this.#jobMsMax = options.jobMsMax ?? jobMsMax;
    this.#waitMsMax = options.waitMsMax ?? waitMsMax;
    this.#idleMsMax = options.idleMsMax ?? idleMsMax;
  }

  /** Whether the thread runs at this moment. */
  get running(): boolean {
    return this.#worker !== null;
  }

  /** Never rejects. */
  scan(texts: readonly string[], characters: number, looks: Looks): Promise<Scans> {
    if (
      this.#closed ||
      this.#waiting.length >= waitingJobsMax ||
      this.#waitingCharacters + characters > waitingCharactersMax
    ) {
      this.#onFault('too_many');
      return Promise.resolve(nothingScanned);
    }
    return new Promise((done) => {
      this.#waiting.push({ texts, characters, looks, sinceMs: performance.now(), done });
      this.#waitingCharacters += characters;
      this.#next();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const worker = this.#end(nothingScanned);
    for (const { done } of this.#waiting.splice(0)) done(nothingScanned);
    await worker?.terminate();
  }

  #next(): void {
    if (this.#job !== null) return;
    const job = this.#take();
    clearTimeout(this.#timer);
    if (job === undefined) {
      this.#timer = setTimeout(() => void this.#end(nothingScanned)?.terminate(), this.#idleMsMax);
      this.#timer.unref();
      return;
    }
    this.#job = job;
    const worker = this.#worker ?? this.#start();
    this.#timer = setTimeout(() => this.#fail(worker, 'too_slow'), this.#jobMsMax);
    worker.ref();
    const message: ScanJob = {
      texts: job.texts,
      looks: job.looks === this.#told ? null : job.looks,
    };
    this.#told = job.looks;
    worker.postMessage(message);
  }

  /** The one that has waited longest, but not too long. */
  #take(): Job | undefined {
    for (;;) {
      const job = this.#waiting.shift();
      if (job === undefined) return undefined;
      this.#waitingCharacters -= job.characters;
      if (performance.now() - job.sinceMs <= this.#waitMsMax) return job;
      this.#onFault('waited');
      job.done(nothingScanned);
    }
  }

  #start(): Worker {
    // The process's own flags may not fit a file: `--input-type`, or a test runner's hooks.
    const worker = new Worker(script, { name: 'scan', resourceLimits, execArgv: [] });
    this.#worker = worker;
    this.#told = null;
    worker.on('message', (answer: ScanAnswer) => {
      if (this.#worker !== worker || this.#job === null) return;
      const { texts, done } = this.#job;
      this.#job = null;
      worker.unref();
      const scans = new Map<string, ScanAnswer[number]>();
      for (const [at, text] of texts.entries()) {
        const scan = answer[at];
        if (scan !== undefined) scans.set(text, scan);
      }
      done(scans);
      this.#next();
    });
    // Told by `exit` too.
    worker.on('error', () => this.#fail(worker, 'died'));
    worker.on('exit', () => this.#fail(worker, 'died'));
    return worker;
  }

  #fail(worker: Worker, reason: ScanFault): void {
    if (this.#worker !== worker) return;
    this.#onFault(reason);
    void this.#end(nothingScanned)?.terminate();
    this.#next();
  }

  /** Lets go of the thread, and ends its job like this. */
  #end(scans: Scans): Worker | null {
    clearTimeout(this.#timer);
    const [worker, job] = [this.#worker, this.#job];
    this.#worker = null;
    this.#job = null;
    job?.done(scans);
    return worker;
  }
}
