/** A gateway started over what another left unfinished: how soon it serves, and how soon all of it is dealt with. */
import { setTimeout as wait } from 'node:timers/promises';
import { fold } from '../../src/engine/fold.ts';
import { openSqliteReader } from '../../src/store/sqlite/open.ts';
import { seededRandom } from '../seeded-random.ts';
import { journalBytesOf, leaveBacklog, leaveJournal } from './backlog.ts';
import { Client } from './clients.ts';
import type { Round, Row } from './round.ts';
import { end, openScene, type Scene } from './scene.ts';

const backlog = { events: 100_000, openCalls: 10_000 };
const servedWithinSeconds = 2;
const repeats = 3;
const recoveredWithinMs = 300_000;
const lookEveryMs = 250;
const megabyte = 1024 * 1024;

export const recoveryRound: Round = {
  name: 'recovery',
  says: `the first call after a crash, with ${backlog.events} unsealed events, ${backlog.openCalls} open calls and a full journal behind it`,
  async run({ seed, progress }) {
    await using scene = await openScene({ stdio: false, compileCache: null });
    progress('a start with nothing behind it');
    const empty = performance.now();
    const first = await scene.start();
    if (first === null) throw new Error('the gateway did not come up');
    await new Client(scene, `r${seed}-0`, seededRandom(seed)).work(first.url, 1);
    const emptySeconds = secondsSince(empty);
    await end(first.child, 'SIGKILL');
    progress(`leaving ${backlog.events} events`);
    await leaveBacklog(scene.dataDirectory, backlog);
    const served: number[] = [];
    let [slowest, journalBytes] = [0, Number.POSITIVE_INFINITY];
    for (let repeat = 1; repeat <= repeats; repeat += 1) {
      scene.witness.runs.push(...leaveJournal(scene.dataDirectory, `journal-${repeat}`));
      journalBytes = Math.min(journalBytes, journalBytesOf(scene.dataDirectory));
      progress(`start ${repeat} of ${repeats}`);
      const begun = performance.now();
      const up = await scene.start();
      if (up === null) throw new Error('the gateway did not come up');
      const client = new Client(scene, `r${seed}-${repeat}`, seededRandom(seed + repeat));
      await client.work(up.url, 1);
      served.push(secondsSince(begun));
      for (let call = 0; call < 20; call += 1) {
        const asked = performance.now();
        await client.work(up.url, 1);
        slowest = Math.max(slowest, secondsSince(asked));
      }
      // Killed again at once, so that the next one finds about as much; the last one may finish.
      if (repeat < repeats) await end(up.child, 'SIGKILL');
      else {
        progress('waiting until every open call has its end');
        await recovered(scene);
        const seconds = secondsSince(begun);
        await end(up.child, 'SIGTERM');
        const violations = await scene.check('stopped');
        const median = served.toSorted((a, b) => a - b)[Math.floor(repeats / 2)] ?? 0;
        return {
          rows: [
            {
              ...row('start to first answer, median of three', median, 's'),
              target: `<= ${servedWithinSeconds}`,
              ok: median <= servedWithinSeconds,
            },
            {
              ...row(
                'journal to be replayed, the shortest of three',
                journalBytes / megabyte,
                'MB',
              ),
              ...{ target: '>= 1', ok: journalBytes >= megabyte },
            },
            row('start to first answer with nothing behind it, once', emptySeconds, 's'),
            row('slowest of 60 calls while it recovers', slowest, 's'),
            row('start to the last open call ended', seconds, 's'),
            {
              ...row('violations', violations.length, 'violations'),
              target: '0',
              ok: violations.length === 0,
            },
          ],
          failures: violations.slice(0, 20).map(({ invariant, detail }) => ({
            what: `${invariant}: ${detail}`,
            repeat: `npm run faults -- recovery --seed ${seed}`,
          })),
        };
      }
    }
    throw new Error('there is no last start');
  },
};

function row(name: string, value: number, unit: string): Row {
  return {
    ...{ name: `recovery: ${name}`, value: Math.round(value * 1_000) / 1_000, unit },
    ...{ target: 'measured', ok: true },
  };
}

function secondsSince(begun: number): number {
  return (performance.now() - begun) / 1_000;
}

async function recovered(scene: Scene): Promise<void> {
  const deadline = performance.now() + recoveredWithinMs;
  await using store = await openSqliteReader({ directory: scene.dataDirectory, foldRun: fold });
  while ((await store.openCalls(1)).length > 0) {
    if (performance.now() > deadline) throw new Error('open calls stay open');
    await wait(lookEveryMs);
  }
}
