/** Lives of gateways that are killed, until there were so many kills. */
import { KillRig, type Life } from './kill.ts';
import type { Round, RoundReport, Row } from './round.ts';

const killsPerLife = 10;

export const killRound: Round = {
  name: 'kill',
  says: '`kill -9` at every await of a call’s life, at every step of the store’s journal, in recovery and in an orderly end',
  async run({ seed, runs, progress }) {
    using rig = new KillRig(true);
    progress('watching what there is to die at');
    await rig.watch();
    const lives: Life[] = [];
    let kills = 0;
    // A long round that is interrupted says what it has found so far.
    let interrupted = false;
    const interrupt = (): void => {
      interrupted = true;
    };
    process.once('SIGINT', interrupt);
    for (let next = seed; kills < runs && !interrupted; next += 1) {
      const life = await rig.life(next, Math.min(killsPerLife, runs - kills));
      lives.push(life);
      kills += life.kills;
      const wrong = lives.reduce((sum, { violations }) => sum + violations.length, 0);
      progress(`${kills} of ${runs} kills, ${wrong} violations`);
    }
    process.off('SIGINT', interrupt);
    return reportOf(rig, lives);
  },
};

function reportOf(rig: KillRig, lives: readonly Life[]): RoundReport {
  const sum = (of: (life: Life) => number): number =>
    lives.reduce((total, life) => total + of(life), 0);
  const hit = new Set(lives.flatMap((life) => life.hit));
  const count = (name: string, value: number, unit: string): Row => ({
    ...{ name: `kill: ${name}`, value, unit, target: 'counted', ok: true },
  });
  const violations = sum((life) => life.violations.length);
  return {
    rows: [
      count(
        'gateways killed',
        sum((life) => life.kills),
        'runs',
      ),
      count('points there are', rig.points.length, 'points'),
      count('points died at', hit.size, 'points'),
      count(
        'deaths on the way up',
        sum((life) => life.onTheWayUp),
        'runs',
      ),
      count(
        'ended in order, its point not reached',
        sum((life) => life.missed),
        'runs',
      ),
      count(
        'effects counted by upstreams',
        sum((life) => life.effects),
        'effects',
      ),
      count(
        'answers had by clients',
        sum((life) => life.answers),
        'answers',
      ),
      count(
        'answers given by people',
        sum((life) => life.approvals),
        'answers',
      ),
      {
        ...{ name: 'kill: violations', value: violations, unit: 'violations', target: '0' },
        ok: violations === 0,
      },
    ],
    failures: lives.flatMap((life) =>
      life.violations.map(({ invariant, detail, after }) => ({
        what: `${invariant}: ${detail} (after ${after})`,
        repeat: `npm run faults -- kill --seed ${life.seed} --runs ${life.kills}`,
      })),
    ),
  };
}
