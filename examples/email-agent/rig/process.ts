/** Child processes of the examples: bounded, and never left behind. */
import { type ChildProcess, spawn } from 'node:child_process';

/** What a failed command printed, cut: enough to see why, never a flood. */
const outputBytesMax = 64 * 1024;

export class CommandError extends Error {
  override readonly name = 'CommandError';
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
  readonly input?: string;
}

export interface CommandOutput {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, whatever its exit code. Rejects only when it can't be started or takes too long. */
export function run(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandOutput> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: 'pipe',
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
    });
    const out = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      out.stderr = (out.stderr + text).slice(-outputBytesMax);
    });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(
        new CommandError(
          `${command} took longer than ${options.timeoutMs / 1_000} s\n${out.stderr}`.trim(),
        ),
      );
    }, options.timeoutMs);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(new CommandError(`${command} can't be started: ${error.message}`));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, ...out });
    });
    child.stdin.on('error', () => {}); // It ended without reading its input: its exit code says so.
    child.stdin.end(options.input ?? '');
  });
}

/** The same, for a command that has to succeed. */
export async function mustRun(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, options);
  if (code !== 0) {
    const shown = (stderr.trim() || stdout.trim()).slice(-4_000);
    throw new CommandError(`${[command, ...args].join(' ')} ended with ${code}\n${shown}`);
  }
  return stdout;
}

export interface Service {
  /** Resolves when it ends, however it ends. */
  readonly ended: Promise<void>;
  /** What it wrote, its newest part: for the message when it doesn't come up. */
  output(): string;
  stop(): Promise<void>;
  /** `kill -9`: as the machine's power would end it. */
  kill(): Promise<void>;
}

const running = new Set<ChildProcess>();

function stopAllAtExit(): void {
  process.once('exit', () => {
    for (const child of running) child.kill('SIGTERM');
  });
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
}
let stopsAllAtExit = false;

/** How long a service may take to stop by itself before it is killed. */
const stopMs = 5_000;

/**
 * Starts a daemon in the foreground. It doesn't outlive this process: it is stopped on exit and on a signal, and
 * `setpriv` (of util-linux, on every Linux) has the kernel stop it even when this process is killed.
 */
export function startService(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Service {
  if (!stopsAllAtExit) stopAllAtExit();
  stopsAllAtExit = true;
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', command, ...args], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-outputBytesMax);
    });
  }
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      running.delete(child);
      resolve();
    };
    child.on('error', (error) => {
      output += error.message;
      end();
    });
    child.on('exit', end);
  });
  return {
    ended,
    output: () => output,
    stop: async () => {
      if (!running.has(child)) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), stopMs);
      await ended;
      clearTimeout(timer);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
