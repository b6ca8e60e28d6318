/** Clocks that jump, and an event loop that stands still, while clients work; killed and started again in between. */
import { once } from 'node:events';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { seededRandom } from '../seeded-random.ts';
import { Client } from './clients.ts';
import type { Round, RoundOptions, RoundReport, Row } from './round.ts';
import { end, openScene, type Scene, type Up } from './scene.ts';
import type { Violation } from './world.ts';

const clientsAtOnce = 4;
const callsEach = 15;
const hourMs = 3_600_000;
const blockedMs = 5_000;

/** What happens while clients work, and how the gateway ends after it. */
interface Trouble {
  readonly name: string;
  readonly by: 'SIGKILL' | 'SIGTERM';
  readonly happen: (up: Up, jump: (ms: number) => void) => Promise<void>;
}

/** Those that take no time. */
export const clockTroubles: readonly Trouble[] = [
  {
    name: 'a clock three hours ahead',
    by: 'SIGKILL',
    happen: async (_, jump) => jump(3 * hourMs),
  },
  {
    name: 'a clock set back by six hours',
    by: 'SIGKILL',
    happen: async (_, jump) => jump(-3 * hourMs),
  },
  {
    name: 'a clock that jumps back and forth',
    by: 'SIGTERM',
    happen: async (_, jump) => {
      for (const ms of [5, -hourMs, hourMs, -1, 0]) {
        jump(ms);
        await wait(20);
      }
    },
  },
];

const blockedTroubles: readonly Trouble[] = [
  {
    name: `an event loop blocked for ${blockedMs / 1_000} s`,
    by: 'SIGKILL',
    happen: async ({ child }) => {
      child.kill('SIGUSR2');
    },
  },
  {
    name: `an event loop blocked for ${blockedMs / 1_000} s, and told to end meanwhile`,
    by: 'SIGTERM',
    happen: async ({ child }) => {
      child.kill('SIGUSR2');
      await wait(50);
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  },
];

export const timeRound: Round = {
  name: 'time',
  says: 'a clock that jumps hours ahead and back, an event loop blocked for 5 s',
  run: (options) => undergoAll([...clockTroubles, ...blockedTroubles], options),
};

export async function undergoAll(
  troubles: readonly Trouble[],
  { seed, progress }: Pick<RoundOptions, 'seed' | 'progress'>,
): Promise<RoundReport> {
  await using scene = await openScene({ stdio: false, compileCache: null });
  const clients = Array.from(
    { length: clientsAtOnce },
    (_, lane) => new Client(scene, `t${seed}-${lane}`, seededRandom(seed * clientsAtOnce + lane)),
  );
  const rows: Row[] = [];
  const failures: { what: string; repeat: string }[] = [];
  for (const trouble of troubles) {
    progress(trouble.name);
    const violations = await undergo(scene, clients, trouble);
    const value = violations.length;
    rows.push({
      ...{ name: `time: ${trouble.name}`, value, unit: 'violations', target: '0' },
      ok: value === 0,
    });
    for (const { invariant, detail } of violations) {
      const what = `${trouble.name}: ${invariant}: ${detail}`;
      failures.push({ what, repeat: `npm run faults -- time --seed ${seed}` });
    }
  }
  return { rows, failures };
}

/** The clock stays where it was put: the next gateway starts with it. */
async function undergo(
  scene: Scene,
  clients: readonly Client[],
  { by, happen }: Trouble,
): Promise<readonly Violation[]> {
  const clock = join(scene.dataDirectory, '..', 'clock');
  const jump = (ms: number): void => {
    // Replaced as a whole: a gateway never reads half a number.
    writeFileSync(`${clock}.next`, `${ms}`);
    renameSync(`${clock}.next`, clock);
  };
  if (!existsSync(clock)) jump(0);
  const up = await scene.start({
    preload: ['clock.ts'],
    env: { SALLYPORT_CLOCK: clock, SALLYPORT_BLOCK_MS: `${blockedMs}` },
  });
  if (up === null) return [{ invariant: 'served', detail: 'the gateway did not come up' }];
  const working = Promise.all(clients.map((client) => client.work(up.url, callsEach)));
  await wait(30);
  await happen(up, jump);
  await working;
  await end(up.child, by);
  return scene.check(by === 'SIGKILL' ? 'killed' : 'stopped');
}
