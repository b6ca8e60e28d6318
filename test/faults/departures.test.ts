/** The short round of `npm run faults -- clients`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Departure, openDeparture } from './departure.ts';
import { departureRows } from './departures.ts';

let world: Departure;

beforeAll(async () => {
  world = await openDeparture();
}, 60_000);

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const short = departureRows.filter(({ long }) => long !== true);

test.each(short.map((row, at) => ({ ...row, key: `row-${at}` })))(
  'a client $what',
  { timeout: 60_000 },
  async ({ perform, key }) => {
    expect(await perform(world, key)).toEqual([]);
    await world.settled();
  },
);
