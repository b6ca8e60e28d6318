/** Clients that misbehave in every way of `departures.ts`, those that take half a minute included. */
import { openDeparture } from './departure.ts';
import { departureRows } from './departures.ts';
import type { Round } from './round.ts';

export const clientRound: Round = {
  name: 'clients',
  says: 'clients that leave, repeat, hurry, and never read',
  async run({ progress }) {
    await using world = await openDeparture();
    const failures: { what: string; repeat: string }[] = [];
    for (const [at, { what, perform }] of departureRows.entries()) {
      progress(what);
      const wrong = await perform(world, `row-${at}`);
      await world.settled();
      for (const one of wrong)
        failures.push({ what: `a client ${what}: ${one}`, repeat: 'npm run faults -- clients' });
    }
    return {
      rows: [
        {
          ...{ name: 'clients: misbehaviours', value: departureRows.length, unit: 'rows' },
          ...{ target: 'counted', ok: true },
        },
        {
          ...{ name: 'clients: violations', value: failures.length, unit: 'violations' },
          ...{ target: '0', ok: failures.length === 0 },
        },
      ],
      failures,
    };
  },
};
