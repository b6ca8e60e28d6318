/**
 * The keeper: a program of ours between the gateway and one spawned server. It starts the server in a process group of
 * its own, on the gateway's pipes, and holds a lifeline to the gateway. When the lifeline breaks, for whatever reason
 * (SIGKILL included: the kernel closes it), the whole group ends. No byte between gateway and server passes through here.
 *
 * On the lifeline (fd 3), lines of JSON. In: one `{command, args, env, directory, mark, graceMs}`. Out: `{started: pid}` or
 * `{failed: reason}`, then `{exited: {code, signal}}`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { endGroup, markVariable } from './group.ts';

interface Order {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly mark: string;
  readonly graceMs: number;
}

const lifeline = new Socket({ fd: 3, readable: true, writable: true });
let child: ChildProcess | null = null;
let order: Order | null = null;
let ending: Promise<void> | null = null;
let received = '';

lifeline.setEncoding('utf8');
lifeline.on('data', (text: string) => {
  received += text;
  const end = received.indexOf('\n');
  if (order === null && end !== -1) start(JSON.parse(received.slice(0, end)));
});
// Each of these says that the gateway has gone or wants the server gone.
for (const event of ['end', 'close', 'error']) lifeline.on(event, () => void end());
process.on('SIGTERM', () => void end());
process.on('SIGINT', () => void end());
process.on('SIGHUP', () => void end());

function start(given: Order): void {
  order = given;
  const started = spawn(given.command, given.args, {
    shell: false,
    // A session and a process group of its own: one signal reaches everything that the server starts.
    detached: true,
    stdio: 'inherit',
    cwd: given.directory,
    env: { ...given.env, [markVariable]: given.mark },
  });
  child = started;
  started.once('spawn', () => {
    // Else a pipe that the server closes would stay open here, and the gateway would wait for answers that can't come.
    for (const fd of [0, 1, 2]) closeSync(fd);
    say({ started: started.pid });
  });
  started.once('error', (error: NodeJS.ErrnoException) => {
    say({ failed: error.code ?? 'unknown' });
    process.exit(0);
  });
  started.once('exit', (code, signal) => {
    say({ exited: { code, signal } });
    // What the server started must not live on without it.
    void end();
  });
}

function end(): Promise<void> {
  ending ??= endAll();
  return ending;
}

async function endAll(): Promise<void> {
  if (child?.pid !== undefined && order !== null) {
    // Its stdin is closed by now: a well-behaved server leaves by itself.
    for (
      let waitedMs = 0;
      waitedMs < order.graceMs && child.exitCode === null && child.signalCode === null;
      waitedMs += 25
    )
      await delay(25);
    await endGroup(child.pid, order.mark, order.graceMs);
  }
  process.exit(0);
}

function say(message: object): void {
  if (lifeline.writable) lifeline.write(`${JSON.stringify(message)}\n`);
}
