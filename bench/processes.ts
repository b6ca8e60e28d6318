/** The processes that are measured, each by itself: started, asked what they used, and never left behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export interface Started {
  readonly pid: number;
  /** What it printed first: where it listens. */
  readonly line: string;
  stop(): Promise<void>;
}

export class Processes implements AsyncDisposable {
  readonly #children = new Set<ChildProcess>();

  async start(command: string, argv: readonly string[]): Promise<Started> {
    const child = spawn(command, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#children.add(child);
    child.on('exit', () => this.#children.delete(child));
    // That a gateway stops is what was asked of it; whatever else it says is worth a line.
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (!line.includes('"level":"info"')) process.stderr.write(`${line}\n`);
    });
    const lines = createInterface({ input: child.stdout });
    const [line] = await Promise.race([
      once(lines, 'line'),
      once(lines, 'close').then(() => {
        throw new Error(`${command} ${argv.join(' ')} ended before it was up`);
      }),
    ]);
    return { pid: child.pid ?? 0, line: String(line), stop: () => this.#stop(child) };
  }

  async #stop(child: ChildProcess): Promise<void> {
    if (!this.#children.has(child)) return;
    const exit = once(child, 'exit');
    child.kill();
    await exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#children].map((child) => this.#stop(child)));
  }
}

/** Linux counts processor time in hundredths of a second. */
const ticksPerSecond = 100;

/** User and system time of all its threads so far; null where the system doesn't say. */
export function cpuSeconds(pid: number): number | null {
  const stat = procFile(pid, 'stat');
  if (stat === null) return null;
  // The name in parentheses may hold spaces; what follows it doesn't.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Resident memory; null where the system doesn't say. */
export function residentMegabytes(pid: number): number | null {
  const kibibytes = /^VmRSS:\s*(\d+) kB$/m.exec(procFile(pid, 'status') ?? '')?.[1];
  return kibibytes === undefined ? null : (Number(kibibytes) * 1_024) / 1e6;
}

function procFile(pid: number, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return null;
  }
}
