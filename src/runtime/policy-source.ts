/**
 * The policy in force, from its files: loaded once to start, and again whenever a file of it changes. A bad file never
 * replaces a good policy; either way the ledger says so.
 */
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { SallyportError } from '../content/errors.ts';
import type { GatewayEvent } from '../engine/events.ts';
import { policyLimits } from '../policy/defaults.ts';
import { type Diagnostic, formatDiagnostic } from '../policy/diagnostic.ts';
import { changedKeys } from '../policy/hash.ts';
import { loadPolicyInSteps } from '../policy/load.ts';
import { emptyLock, type Lock } from '../policy/lock.ts';
import { lockBytesMax, parseLock } from '../policy/lock-file.ts';
import type { Policy } from '../policy/model.ts';
import { finish, type Steps } from '../policy/steps.ts';
import { loadGrammarFor } from './sql-grammar.ts';

const pollMs = 1_000;
/** How long a reload holds calls up at a time; a single step of it may take longer. */
const sliceMs = 5;
const errorsRecordedMax = 20;
/** A policy whose files never rest is taken as it was found at last: it may be what withdraws a permission. */
const readsMax = 3;

export class PolicyFileError extends SallyportError {
  readonly diagnostics: readonly Diagnostic[];

  constructor(file: string, diagnostics: readonly Diagnostic[]) {
    super(
      'policy.invalid',
      `${file}: ${diagnostics.length} error${diagnostics.length === 1 ? '' : 's'}\n\n${diagnostics.map(formatDiagnostic).join('\n\n')}`,
    );
    this.diagnostics = diagnostics;
  }
}

export interface LoadedPolicy {
  readonly policy: Policy;
  readonly lock: Lock;
  readonly warnings: readonly Diagnostic[];
  /** Everything that was read, by absolute path, as it was found just before: what a reload watches. */
  readonly files: Stamps;
  /** Of the policy's own files, their text by absolute path: what people are shown as the policy in force. */
  readonly texts: ReadonlyMap<string, string>;
}

/** A file's state by its path. */
type Stamps = ReadonlyMap<string, string>;

/** `policy.yaml` has its lock beside it, under the same name: `policy.lock`. */
export function lockFileOf(policyFile: string): string {
  return `${policyFile.replace(/\.ya?ml$/, '')}.lock`;
}

/**
 * @param lockFile - the definitions that it is read with; those beside it where nothing is said.
 * @throws {PolicyFileError} with every error at once.
 */
export function readPolicy(
  policyFile: string,
  lockFile: string = lockFileOf(resolve(policyFile)),
): LoadedPolicy {
  return finish(readWatched(policyFile, lockFile, new Map()));
}

/** @param files - filled with what was looked at, also when it turns out to be wrong. */
function* readWatched(
  policyFile: string,
  lockFile: string,
  files: Map<string, string>,
): Steps<LoadedPolicy> {
  const mainFile = resolve(policyFile);
  // Before each is read: a file that is written while we read looks changed afterwards, and is read once more.
  files.set(mainFile, stampOf(mainFile));
  files.set(lockFile, stampOf(lockFile));
  const lockText = readBounded(lockFile, lockBytesMax);
  const lock = lockText === null ? emptyLock : parseLock(lockText);
  yield;
  const root = dirname(mainFile);
  const texts = new Map<string, string>();
  const loaded = yield* loadPolicyInSteps({
    file: mainFile,
    readFile: (path) => {
      files.set(path, stampOf(path));
      // A link that leads out of the policy's folder would put its rules where nobody reviews them.
      const text = isBelow(root, path) ? readBounded(path, policyLimits.fileBytesMax) : null;
      if (text !== null) texts.set(path, text);
      return text;
    },
    lock,
  });
  if (!loaded.ok) throw new PolicyFileError(policyFile, loaded.errors);
  return { policy: loaded.policy, lock, warnings: loaded.warnings, files, texts };
}

function isBelow(root: string, file: string): boolean {
  return existsSync(file) && realpathSync(file).startsWith(`${realpathSync(root)}${sep}`);
}

/**
 * The text of a regular file; null: there is none. A pipe or a device put in its place would never end, and bytes that
 * aren't UTF-8 would be read as something else than they are.
 */
function readBounded(file: string, bytesMax: number): string | null {
  let fd: number;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new SallyportError('policy.unreadable', `${file} can't be read`, {
      hint: 'check that it is a file and that Sallyport may read it',
      cause: error,
    });
  }
  try {
    const stats = fstatSync(fd);
    const { size } = stats;
    if (!stats.isFile())
      throw new SallyportError('policy.unreadable', `${file} is not a regular file`);
    if (size > bytesMax)
      throw new SallyportError('policy.too_large', `${file} is larger than ${bytesMax} bytes`);
    const bytes = Buffer.allocUnsafe(size + 1);
    let length = 0;
    for (let read = 1; read > 0 && length <= size; length += read)
      read = readSync(fd, bytes, length, bytes.length - length, null);
    // The watch sees the change, and reads it again when it is whole.
    if (length !== size)
      throw new SallyportError('policy.unreadable', `${file} changed while it was read`);
    return utf8Of(file, bytes.subarray(0, length));
  } finally {
    closeSync(fd);
  }
}

function utf8Of(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SallyportError('policy.unreadable', `${file} is not UTF-8`);
  }
}

export class PolicySource {
  readonly #file: string;
  readonly #record: (event: GatewayEvent) => Promise<void>;
  readonly #nowMs: () => number;
  readonly #replaced: (() => void)[] = [];
  #loaded: LoadedPolicy;
  /** Of the last try, good or bad: a file that a bad policy names may be what mends it. */
  #files: Stamps;
  #timer: NodeJS.Timeout | undefined;
  #reloading: Promise<unknown> = Promise.resolve();
  #underWay = 0;

  constructor(
    file: string,
    loaded: LoadedPolicy,
    nowMs: () => number,
    record: (event: GatewayEvent) => Promise<void>,
  ) {
    this.#file = file;
    this.#loaded = loaded;
    this.#nowMs = nowMs;
    this.#record = record;
    this.#files = loaded.files;
  }

  get policy(): Policy {
    return this.#loaded.policy;
  }

  get warnings(): readonly Diagnostic[] {
    return this.#loaded.warnings;
  }

  /** By name, from the policy's own folder. */
  get texts(): readonly { readonly name: string; readonly text: string }[] {
    const root = dirname(resolve(this.#file));
    return [...this.#loaded.texts].map(([path, text]) => ({ name: relative(root, path), text }));
  }

  /** Where what it accepts is written. */
  get lockFile(): string {
    return lockFileOf(resolve(this.#file));
  }

  get lock(): Lock {
    return this.#loaded.lock;
  }

  onReplaced(listener: () => void): void {
    this.#replaced.push(listener);
  }

  /** Modification times are polled: they work on every file system, and through an editor's rename. */
  watch(onRejected: (error: Error) => void): void {
    this.#timer = setInterval(() => {
      // What changes while a reload is under way is still changed when it has ended.
      if (this.#underWay > 0 || !hasChanged(this.#files)) return;
      this.reload().then((outcome) => {
        if (outcome !== null) onRejected(outcome);
      }, onRejected);
    }, pollMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** @returns why the new files were refused; null when they are in force. */
  reload(): Promise<Error | null> {
    this.#underWay += 1;
    // One after another: an older one that ends later must not take the place of a newer one.
    const reloaded = this.#reloading
      .then(() => this.#reload())
      .finally(() => {
        this.#underWay -= 1;
      });
    this.#reloading = reloaded.catch(() => undefined);
    return reloaded;
  }

  async #reload(): Promise<Error | null> {
    let next: LoadedPolicy;
    try {
      next = await this.#readWhole();
      await loadGrammarFor(next.policy);
    } catch (error) {
      const errors =
        error instanceof PolicyFileError
          ? error.diagnostics.map(formatDiagnostic)
          : [String(error)];
      await this.#record({
        v: 1,
        type: 'policy.rejected',
        atMs: this.#nowMs(),
        policy: null,
        errors: errors.slice(0, errorsRecordedMax),
      });
      return error instanceof Error ? error : new Error(String(error));
    }
    const before = this.#loaded.policy;
    if (next.policy.hash === before.hash && next.policy.lockDigest === before.lockDigest) {
      this.#loaded = next;
      return null;
    }
    // Recorded first: a policy that the ledger doesn't know of must decide nothing.
    await this.#record(loadEvent(next.policy, before, this.#nowMs()));
    this.#loaded = next;
    for (const listener of this.#replaced) listener();
    return null;
  }

  /** Files that change between one and the next of them being read are no policy that anybody wrote: they are read again. */
  async #readWhole(): Promise<LoadedPolicy> {
    const file = this.#file;
    for (let tries = 1; ; tries += 1) {
      const files = new Map<string, string>();
      this.#files = files;
      const read = inSlices(readWatched(file, lockFileOf(resolve(file)), files));
      // A failure, too, may come of nothing else.
      await read.catch(() => undefined);
      if (!hasChanged(files) || tries === readsMax) return read;
    }
  }
}

export function loadEvent(policy: Policy, before: Policy | null, atMs: number): GatewayEvent {
  return {
    v: 1,
    type: 'policy.loaded',
    atMs,
    policy: policy.hash,
    lock: policy.lockDigest,
    changed: before === null ? [] : changedKeys(before.canonical, policy.canonical),
  };
}

function hasChanged(files: Stamps): boolean {
  return [...files].some(([file, stamp]) => stampOf(file) !== stamp);
}

/** Calls go on meanwhile: a large policy takes longer to load than a call may wait. */
async function inSlices<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const begunMs = performance.now();
    let tookMs = 0;
    do {
      const step = steps.next();
      if (step.done === true) return step.value;
      tookMs = performance.now() - begunMs;
    } while (tookMs < sliceMs);
    // As long again for the others: a call takes several turns, and must not wait for a slice at each of them.
    await setTimeout(tookMs);
  }
}

/** Total: it runs on a timer, where a throw would end the process. */
function stampOf(file: string): string {
  try {
    const stat = statSync(file, { throwIfNoEntry: false });
    return stat === undefined ? '-' : `${stat.mtimeMs}:${stat.ctimeMs}:${stat.size}:${stat.ino}`;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : '?';
  }
}
