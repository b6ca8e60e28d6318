/**
 * `kill -9` at every point of a call's life. A *life* is one data directory: gateways that die in it one after another,
 * each at a point that its schedule names, while clients work; and one at last that may end in order.
 *
 * First, some gateways are watched that needn't die at a point (they are killed from outside, so that the next one
 * recovers): what they pass are the points there are. The n-th kill of seed s dies at one of them, in a fixed shuffled order, so
 * that any stretch of seeds spreads evenly over all of them; every fourth at one where the store keeps what it was given.
 */
import { hash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { seededRandom } from '../seeded-random.ts';
import { Client, type Habits, never } from './clients.ts';
import { type Person, peopleOf } from './people.ts';
import { end, NotStarted, openScene, type Scene, type Up } from './scene.ts';
import type { Violation } from './world.ts';

const clientsAtOnce = 4;
const callsEach = 10;
const nthMax = 16;
const watchedKills = 2;
const othersBetween = 3;
const ofStore = /^(?:at|after) (?:journal|sqlite) /;
const effectsBeforeKill = 3;
/** When a changed policy is in force, at the latest. */
const reloadedWithinMs = 400;
/** Clients have their answers by then, whatever else the machine does. */
const roundWithinMs = 60_000;

export interface Point {
  readonly name: string;
  /** How often it was passed while it was watched, at the least. */
  readonly passed: number;
}

export interface Life {
  readonly seed: number;
  readonly kills: number;
  /** Points at which a gateway died, by itself. */
  readonly hit: readonly string[];
  /** Schedules whose point was not passed often enough: the gateway ended in order instead. */
  readonly missed: number;
  /** Deaths before the gateway was up: in recovery. */
  readonly onTheWayUp: number;
  readonly effects: number;
  readonly answers: number;
  /** What people said of calls that waited, and were told that it counts. */
  readonly approvals: number;
  readonly violations: readonly (Violation & { readonly after: string })[];
}

export class KillRig implements Disposable {
  readonly #directory = mkdtempSync(join(tmpdir(), 'sallyport-points-'));
  readonly #seen: string;
  readonly #stdio: boolean;
  #points: readonly Point[] = [];
  #schedule: readonly Point[] = [];

  /** @param stdio - also with a server that the gateway starts itself. */
  constructor(stdio: boolean) {
    this.#stdio = stdio;
    this.#seen = join(this.#directory, 'seen');
    writeFileSync(this.#seen, '');
  }

  get points(): readonly Point[] {
    return this.#points;
  }

  [Symbol.dispose](): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** Watches what there is to die at. */
  async watch(): Promise<void> {
    await using scene = await this.#scene();
    const clients = clientsOf(scene, 0);
    const people = peopleOf(scene, 0);
    for (let killed = 1; killed <= watchedKills; killed += 1) {
      const up = await this.#startOrThrow(scene);
      const before = scene.effects().length;
      const dying = work(clients, people, up);
      // Just after an effect: calls are open then, and others answered whose delivery nobody has told yet.
      let served = false;
      void dying.then(() => {
        served = true;
      });
      while (!served && scene.effects().length < before + killed * effectsBeforeKill) await wait(1);
      await end(up.child, 'SIGKILL');
      await dying;
    }
    const last = await this.#startOrThrow(scene);
    scene.reload();
    await work(clients, people, last);
    await wait(reloadedWithinMs);
    await end(last.child, 'SIGTERM');
    this.#points = shuffled(this.#lines());
    this.#schedule = withStore(this.#points);
  }

  async life(seed: number, kills: number): Promise<Life> {
    const random = seededRandom(seed);
    await using scene = await this.#scene();
    const workers = { clients: clientsOf(scene, seed), people: peopleOf(scene, seed) };
    const hit: string[] = [];
    const violations: (Violation & { after: string })[] = [];
    let [missed, onTheWayUp] = [0, 0];
    const judge = async (state: 'killed' | 'stopped', after: string): Promise<void> => {
      for (const violation of await scene.check(state)) {
        // What is wrong stays wrong: it is told where it was seen first.
        const known = violations.some(({ detail }) => detail === violation.detail);
        if (!known) violations.push({ ...violation, after });
      }
    };
    for (let count = 0; count < kills; count += 1) {
      const point = this.#schedule[(seed * kills + count) % this.#schedule.length];
      if (point === undefined) throw new Error('nothing was watched');
      const nth = 1 + random.below(Math.min(nthMax, point.passed));
      writeFileSync(this.#seen, '');
      const after = `${point.name} #${nth}`;
      const up = await this.#startOrSay(scene, { point: point.name, nth }, (detail) =>
        violations.push({ invariant: 'served', detail, after }),
      );
      const detail = up === null ? null : await this.#work(scene, workers, up);
      if (detail !== null) violations.push({ invariant: 'served', detail, after });
      if (this.#died) hit.push(point.name);
      else missed += 1;
      if (up === null) onTheWayUp += 1;
      await judge('killed', after);
    }
    writeFileSync(this.#seen, '');
    const after = 'all of them';
    const last = await this.#startOrSay(scene, null, (detail) =>
      violations.push({ invariant: 'served', detail, after }),
    );
    const detail = last === null ? null : await this.#work(scene, workers, last);
    if (detail !== null) violations.push({ invariant: 'served', detail, after });
    await judge('stopped', 'its end in order');
    return {
      ...{ seed, kills, hit, missed, onTheWayUp, violations },
      effects: scene.effects().length,
      answers: scene.witness.answers.length,
      approvals: scene.witness.approvals.length,
    };
  }

  /** Whether the gateway that was started last got to where it was to die. */
  get #died(): boolean {
    return readFileSync(this.#seen, 'utf8').includes('killed ');
  }

  async #startOrThrow(scene: Scene): Promise<Up> {
    const up = await this.#start(scene, null);
    if (up === null) throw new NotStarted('a gateway that is only watched did not come up');
    return up;
  }

  async #startOrSay(
    scene: Scene,
    kill: { point: string; nth: number } | null,
    say: (detail: string) => void,
  ): Promise<Up | null> {
    try {
      const up = await this.#start(scene, kill);
      if (up === null && !this.#died) say('it ended on its way up, and nobody killed it');
      return up;
    } catch (error) {
      if (!(error instanceof NotStarted)) throw error;
      say(error.message);
      return null;
    }
  }

  /** Until it dies, or everybody has their answers and it has ended in order. @returns what went wrong. */
  async #work(scene: Scene, { clients, people }: Workers, up: Up): Promise<string | null> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      up.child.kill('SIGKILL');
    }, roundWithinMs);
    scene.reload();
    const served = await work(clients, people, up);
    // In order, for ending has its points too.
    await end(up.child, 'SIGTERM');
    clearTimeout(timer);
    if (late) {
      const asked = clients.flatMap(({ waitsFor }) => waitsFor ?? []);
      return `within ${roundWithinMs} ms it didn't ${asked.length === 0 ? 'end' : `answer ${asked.join(', ')}`}`;
    }
    return served || this.#died ? null : 'it went away, and nobody killed it';
  }

  #scene(): Promise<Scene> {
    return openScene({ stdio: this.#stdio, compileCache: join(this.#directory, 'compiled') });
  }

  #start(scene: Scene, kill: { point: string; nth: number } | null): Promise<Up | null> {
    return scene.start({
      preload: ['points.ts'],
      env: { SALLYPORT_FAULT_POINTS: JSON.stringify({ seen: this.#seen, kill }) },
    });
  }

  #lines(): Point[] {
    const passed = new Map<string, number>();
    for (const line of readFileSync(this.#seen, 'utf8').split('\n')) {
      const [, count = '', name] = /^(\d+) (.+)$/.exec(line) ?? [];
      if (name !== undefined) passed.set(name, Math.max(passed.get(name) ?? 0, Number(count)));
    }
    return [...passed].map(([name, count]) => ({ name, passed: count }));
  }
}

interface Workers {
  readonly clients: readonly Client[];
  readonly people: readonly Person[];
}

/** Of four, one has no run of its own, one opens and closes many, and one leaves now and then. */
function clientsOf(scene: Scene, seed: number): Client[] {
  return Array.from({ length: clientsAtOnce }, (_, lane) => {
    const habits: Habits = {
      ...{ bare: lane === 1, children: lane === 2, callsPerRun: lane === 2 ? 6 : never },
      leavesOneIn: lane === 3 ? 8 : never,
      reportsOneIn: lane === 0 ? 5 : never,
      twiceOneIn: 3,
    };
    const random = seededRandom(seed * clientsAtOnce + lane + 1);
    return new Client(scene, `s${seed}-${lane}`, random, habits);
  });
}

/** @returns whether everybody got their answers. */
async function work(
  clients: readonly Client[],
  people: readonly Person[],
  { url, console }: Up,
): Promise<boolean> {
  let isOver = false;
  const answering = people.map((person) => person.work(console, () => isOver));
  const done = await Promise.all(clients.map((client) => client.work(url, callsEach)));
  isOver = true;
  await Promise.all(answering);
  return done.every((one) => one);
}

/** In an order of their own, the same for everybody. */
function shuffled(points: readonly Point[]): Point[] {
  const place = ({ name }: Point): string => hash('sha1', name);
  return points.toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
}

/** Every fourth is the store's. */
function withStore(points: readonly Point[]): Point[] {
  const store = points.filter(({ name }) => ofStore.test(name));
  return points.flatMap((point, at) => {
    const next = at % othersBetween === 0 ? store[(at / othersBetween) % store.length] : undefined;
    return next === undefined ? [point] : [point, next];
  });
}
