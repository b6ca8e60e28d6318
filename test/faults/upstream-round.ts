/** Servers that misbehave in every way of `upstreams/rows.ts`, those that take a minute included. */
import type { Round } from './round.ts';
import type { Transport } from './upstreams/evil.ts';
import { openEvilRig } from './upstreams/rig.ts';
import { type EvilRow, evilRows } from './upstreams/rows.ts';

export const upstreamRound: Round = {
  name: 'upstreams',
  says: 'servers that hang, die, flood, drip, redirect and lie',
  async run({ progress }) {
    await using rig = await openEvilRig();
    const asked = evilRows.flatMap((row) => row.on.map((on) => [row, on] as const));
    const wrong: string[] = [];
    let done = 0;
    const perform = async ([row, on]: readonly [EvilRow, Transport]): Promise<void> => {
      wrong.push(...(await rig.perform(row, on)));
      done += 1;
      progress(`${done} of ${asked.length}, ${wrong.length} not as they should be`);
    };
    const waiting = asked.filter(([{ long, ends }]) => long === true && ends !== true);
    for (const one of asked) if (!waiting.includes(one)) await perform(one);
    await Promise.all(waiting.map(perform));
    return {
      rows: [
        {
          ...{ name: 'upstreams: misbehaviours', value: asked.length, unit: 'rows' },
          ...{ target: 'counted', ok: true },
        },
        {
          ...{ name: 'upstreams: not as the table says', value: wrong.length, unit: 'violations' },
          ...{ target: '0', ok: wrong.length === 0 },
        },
      ],
      failures: wrong.map((what) => ({ what, repeat: 'npm run faults -- upstreams' })),
    };
  },
};
