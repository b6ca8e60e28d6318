/** The load of a soak, and what its gateway holds while nothing is under way. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { seededRandom } from '../seeded-random.ts';
import { Client } from './clients.ts';
import type { Sample } from './leak.ts';
import { type Person, peopleOf } from './people.ts';
import { openScene, type Scene, type Up } from './scene.ts';
import type { Violation, World } from './world.ts';

/** So many calls a second a client asks for, at the most: the machine is not the soak's alone. */
const callsPerSecond = 10;
const callsPerRun = 300;
const reloadEveryMs = 20_000;
const settleMs = 1_000;
const goneWithinMs = 10_000;
const lookEveryMs = 50;

const censusShape = z.object({
  rss: z.number(),
  heapUsed: z.number(),
  threadsHeapUsed: z.number(),
  external: z.number(),
  timers: z.number(),
  resources: z.record(z.string(), z.number()),
});

export class Soak implements AsyncDisposable {
  readonly #scene: Scene;
  readonly #clients: readonly Client[];
  readonly #people: readonly Person[];
  readonly #census: string;
  #up: Up | null = null;
  #reloadedMs = performance.now();

  static async open(seed: number, clients: number): Promise<Soak> {
    return new Soak(await openScene({ stdio: true, compileCache: null }), seed, clients);
  }

  private constructor(scene: Scene, seed: number, clients: number) {
    this.#scene = scene;
    this.#census = join(scene.dataDirectory, '..', 'census');
    writeFileSync(this.#census, '');
    this.#people = peopleOf(scene, seed);
    this.#clients = Array.from({ length: clients }, (_, lane) => {
      const random = seededRandom(seed * clients + lane + 1);
      // One of them is a bare client, whose calls share the run of its token.
      const habits = {
        ...{ bare: lane === 0, callsPerRun, children: lane === 1 },
        ...{ leavesOneIn: 25, reportsOneIn: 10, twiceOneIn: 10 },
      };
      return new Client(scene, `w${lane}`, random, habits);
    });
  }

  get calls(): number {
    return this.#scene.witness.answers.length;
  }

  /** Of the file that starts over with every transaction of the store. */
  get journalBytes(): number {
    return statSync(join(this.#scene.dataDirectory, 'sallyport.journal')).size;
  }

  async start(): Promise<void> {
    this.#up = await this.#scene.start({
      preload: ['census.ts'],
      env: { SALLYPORT_CENSUS: this.#census },
    });
    if (this.#up === null) throw new Error('the gateway did not come up');
  }

  /** For so long; then every client has the answer to what it asked. */
  async work(forMs: number): Promise<void> {
    const { url, console } = this.#running();
    const untilMs = performance.now() + forMs;
    const lane = async (client: Client): Promise<void> => {
      while (performance.now() < untilMs) {
        const begun = performance.now();
        if (!(await client.work(url, 1))) throw new Error('the gateway went away');
        this.#reload();
        await wait(Math.max(0, 1_000 / callsPerSecond - (performance.now() - begun)));
      }
    };
    const isOver = (): boolean => performance.now() >= untilMs;
    await Promise.all([
      ...this.#clients.map(lane),
      ...this.#people.map((person) => person.work(console, isOver)),
    ]);
  }

  /** While clients work on: ends the gateway. @returns how many of its children outlived it. */
  async stop(by: 'SIGKILL' | 'SIGTERM'): Promise<number> {
    const { url, child, gone } = this.#running();
    const children = descendantsOf(Number(child.pid));
    const working = this.#clients.map((client) => client.work(url, 20));
    await wait(settleMs / 10);
    child.kill(by);
    await Promise.all([gone, ...working]);
    this.#up = null;
    const deadline = performance.now() + goneWithinMs;
    while (children.some(isRunning) && performance.now() < deadline) await wait(lookEveryMs);
    return children.filter(isRunning).length;
  }

  check(state: World['state']): Promise<readonly Violation[]> {
    return this.#scene.check(state);
  }

  /** What the gateway holds while nobody asks for anything. */
  async sample(): Promise<Sample> {
    const { child } = this.#running();
    await wait(settleMs);
    const before = readFileSync(this.#census, 'utf8').length;
    child.kill('SIGUSR2');
    let said = '';
    const deadline = performance.now() + goneWithinMs;
    while (!said.endsWith('\n')) {
      if (performance.now() > deadline) throw new Error('the gateway says nothing of itself');
      await wait(lookEveryMs);
      said = readFileSync(this.#census, 'utf8').slice(before);
    }
    const { resources, ...memory } = censusShape.parse(JSON.parse(said));
    const handles = openFilesOf(Number(child.pid));
    const sockets = handles.filter((target) => target.startsWith('socket:')).length;
    return {
      ...memory,
      ...Object.fromEntries(
        Object.entries(resources).map(([type, count]) => [`active ${type}`, count]),
      ),
      sockets,
      'other file handles': handles.length - sockets,
      children: descendantsOf(Number(child.pid)).length,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scene[Symbol.asyncDispose]();
  }

  #running(): Up {
    if (this.#up === null) throw new Error('no gateway runs');
    return this.#up;
  }

  #reload(): void {
    if (performance.now() - this.#reloadedMs < reloadEveryMs) return;
    this.#reloadedMs = performance.now();
    this.#scene.reload();
  }
}

function openFilesOf(pid: number): string[] {
  const directory = `/proc/${pid}/fd`;
  return readdirSync(directory).flatMap((fd) => {
    try {
      return [readlinkSync(join(directory, fd))];
    } catch {
      // Closed meanwhile.
      return [];
    }
  });
}

/** Children, their children, and so on. */
function descendantsOf(pid: number): number[] {
  const parents = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found = [pid];
  for (const ancestor of found)
    for (const [child = 0, parent] of parents) if (parent === ancestor) found.push(child);
  return found.slice(1);
}

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
