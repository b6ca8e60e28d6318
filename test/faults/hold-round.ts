/** Lives of holds, in any order of what can happen to them. */
import { checkHolds } from './hold-check.ts';
import { liveHolds } from './hold-life.ts';
import type { Round } from './round.ts';

export const holdRound: Round = {
  name: 'holds',
  says: 'calls that wait for people, while everything happens to them at once',
  async run({ seed, runs, progress }) {
    const failures: { what: string; repeat: string }[] = [];
    let [holds, effects] = [0, 0];
    for (let next = seed; next < seed + runs; next += 1) {
      const life = await liveHolds(next);
      holds += life.events.filter(({ type }) => type === 'call.held').length;
      effects += life.effects.length;
      for (const what of checkHolds(life))
        failures.push({
          what: `${what} (${life.acts.join(', ')})`,
          repeat: `npm run faults -- holds --seed ${next} --runs 1`,
        });
      progress(`${next - seed + 1} of ${runs} lives, ${failures.length} violations`);
    }
    const counted = (name: string, value: number, unit: string) =>
      ({ name: `holds: ${name}`, value, unit, target: 'counted', ok: true }) as const;
    return {
      rows: [
        counted('lives', runs, 'lives'),
        counted('calls that waited', holds, 'calls'),
        counted('effects', effects, 'effects'),
        {
          ...{ name: 'holds: violations', value: failures.length, unit: 'violations' },
          ...{ target: '0', ok: failures.length === 0 },
        },
      ],
      failures,
    };
  },
};
