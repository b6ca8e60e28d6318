/** `strace` on a gateway that runs: which of its system calls fail, and what it did before and after. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const attachedWithinMs = 10_000;

/** Why nobody here can make system calls fail, with what to do; null: it works. */
export function whyNoStrace(): string | null {
  const version = spawnSync('strace', ['-V']);
  if (version.error !== undefined)
    return '`strace` is not installed: apt-get install strace (as root)';
  const victim = spawn('sleep', ['5'], { stdio: 'ignore' });
  try {
    const attach = ['-p', String(victim.pid), '-e', 'trace=none', '-o', '/dev/null'];
    // Ended after a moment, where it may attach; where it may not it ends at once and says so.
    const tried = spawnSync('timeout', ['-s', 'INT', '0.3', 'strace', ...attach]);
    return /attached/.test(String(tried.stderr))
      ? null
      : '`strace` may not attach to a process here: run as root, or set kernel.yama.ptrace_scope=0';
  } finally {
    victim.kill('SIGKILL');
  }
}

/** Where it may, puts `strace` there. */
export function installStrace(): void {
  if (spawnSync('strace', ['-V']).error === undefined || process.getuid?.() !== 0) return;
  spawnSync('apt-get', ['install', '-y', 'strace'], { stdio: 'ignore' });
}

/** One system call on a watched file, as it was seen. */
export interface Seen {
  readonly call: string;
  readonly line: string;
  readonly injected: boolean;
}

export interface Trace extends AsyncDisposable {
  /** What has been seen so far, in order. */
  readonly seen: () => readonly Seen[];
}

/** Only calls that name one of `files`, or a descriptor of one, are watched and can fail. */
export async function attachStrace(
  pid: number,
  {
    injections,
    files,
    log,
  }: {
    readonly injections: readonly string[];
    readonly files: readonly string[];
    readonly log: string;
  },
): Promise<Trace> {
  const calls = [...new Set(injections.map((what) => what.slice(0, what.indexOf(':'))))];
  const watched = new Set([...calls, 'fsync', 'fdatasync', 'pwrite64', 'ftruncate']);
  const strace = spawn(
    'strace',
    [
      ...['-f', '-y', '-s', '0', '-p', String(pid), '-o', log],
      ...['-e', `trace=${[...watched].join(',')}`],
      ...injections.flatMap((what) => ['-e', `inject=${what}`]),
      ...files.flatMap((file) => ['-P', file]),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await attached(strace);
  return {
    seen: () =>
      readFileSync(log, 'utf8')
        .split('\n')
        .flatMap((line) => {
          const [, call] = /^\d+ +(?:<\.\.\. )?(\w+)/.exec(line) ?? [];
          return call === undefined ? [] : [{ call, line, injected: line.includes('(INJECTED)') }];
        }),
    async [Symbol.asyncDispose]() {
      if (strace.exitCode !== null || strace.signalCode !== null) return;
      const gone = once(strace, 'exit');
      // It lets go of a living process first.
      strace.kill('SIGINT');
      await gone;
    },
  };
}

async function attached(strace: ChildProcess): Promise<void> {
  if (strace.stderr === null) throw new Error('strace was started without its standard error');
  const late = AbortSignal.timeout(attachedWithinMs);
  for await (const line of createInterface({ input: strace.stderr, signal: late })) {
    if (line.includes('attached')) {
      // Nobody reads it any more, and a full pipe would stop it.
      strace.stderr.resume();
      return;
    }
  }
  throw new Error('strace did not attach');
}
