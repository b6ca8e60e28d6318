/** One spawned server with its keeper, as the gateway holds it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { Duplex, type Readable, type Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readJson } from '../../../content/json.ts';
import { isJsonObject, type JsonValue } from '../../../content/value.ts';
import { upstreamLimits } from '../../limits.ts';
import { LineSplitter } from '../lines.ts';
import { endGroup } from './group.ts';

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Where it runs, absolute. */
  readonly directory: string;
}

/** For what is still in the pipes after the end. */
const lastWordsMs = 1_000;

/** Beside this file, in the source tree and in the package. */
const keeperPath = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './keeper.ts' : './keeper.js', import.meta.url),
);

export class KeptProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Why it ended, in words: `exited with code 1`. */
  readonly ended: Promise<string>;
  readonly #keeper: ChildProcess;
  readonly #lifeline: Duplex;
  readonly #mark: string;
  readonly #graceMs: number;
  readonly #gone: Promise<void>;
  #group: number | null = null;
  #report: string | null = null;

  constructor(command: Command, graceMs: number = upstreamLimits.stopGraceMs) {
    this.#graceMs = graceMs;
    const { keeper, stdin, stdout, stderr, lifeline } = spawnKeeper();
    this.#keeper = keeper;
    this.#lifeline = lifeline;
    this.stdin = stdin;
    this.stdout = stdout;
    this.stderr = stderr;
    this.#mark = randomBytes(16).toString('hex');
    const reports = new LineSplitter(
      upstreamLimits.noticeBytesMax,
      (line) => this.#read(line),
      () => {},
    );
    lifeline.on('data', (chunk: Uint8Array) => reports.push(chunk));
    // The exit of the keeper says it better; without a listener, a broken pipe would end the gateway.
    lifeline.on('error', () => {});
    stdin.on('error', () => {});
    const failed = new Promise<void>((resolve) => {
      keeper.once('error', (error) => {
        this.#report ??= `could not be started: ${error.message}`;
        resolve();
      });
    });
    const exited = new Promise<void>((resolve) => keeper.once('exit', () => resolve()));
    this.#gone = Promise.race([exited, failed]).then(() => this.#finishForKeeper());
    // The streams may still hold an answer when the exit is seen; a daemon that keeps one open must not keep us waiting.
    const closed = new Promise<void>((resolve) => keeper.once('close', () => resolve()));
    this.ended = this.#gone
      .then(() => Promise.race([closed, failed, delay(lastWordsMs, undefined, { ref: false })]))
      .then(() => this.#report ?? 'its keeper was killed');
    lifeline.write(`${JSON.stringify({ ...command, mark: this.#mark, graceMs: this.#graceMs })}\n`);
  }

  get keeperPid(): number | undefined {
    return this.#keeper.pid;
  }

  /** Resolves when nothing of it is left. */
  async close(): Promise<void> {
    this.stdin.end();
    this.#lifeline.end();
    await this.#gone;
    for (const stream of [this.stdin, this.stdout, this.stderr, this.#lifeline]) stream.destroy();
  }

  #read(line: Uint8Array): void {
    let message: JsonValue;
    try {
      message = readJson(line);
    } catch {
      return;
    }
    if (!isJsonObject(message)) return;
    const { started, failed, exited } = message;
    if (typeof started === 'number') this.#group = started;
    if (typeof failed === 'string')
      this.#report =
        failed === 'ENOENT' ? 'there is no such command' : `could not be started (${failed})`;
    if (isJsonObject(exited)) {
      this.#report =
        typeof exited['signal'] === 'string'
          ? `was ended by ${exited['signal']}`
          : `exited with code ${JSON.stringify(exited['code'] ?? null)}`;
    }
  }

  /** The keeper ends its group before it leaves. If somebody killed it before it could, that is done here. */
  async #finishForKeeper(): Promise<void> {
    if (this.#group !== null && this.#keeper.exitCode !== 0)
      await endGroup(this.#group, this.#mark, this.#graceMs);
  }
}

interface KeeperProcess {
  readonly keeper: ChildProcess;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly lifeline: Duplex;
}

function spawnKeeper(): KeeperProcess {
  const keeper = spawn(process.execPath, [keeperPath], {
    shell: false,
    // Out of the terminal's process group: Ctrl-C is the gateway's to answer, after the calls in flight.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    // No argument, variable or secret of anybody reaches the keeper's own process; the order comes over the lifeline.
    env: {},
  });
  const lifeline = keeper.stdio[3];
  if (
    keeper.stdin === null ||
    keeper.stdout === null ||
    keeper.stderr === null ||
    !(lifeline instanceof Duplex)
  ) {
    throw new TypeError('a process was spawned without the pipes that were asked for');
  }
  return { keeper, stdin: keeper.stdin, stdout: keeper.stdout, stderr: keeper.stderr, lifeline };
}
