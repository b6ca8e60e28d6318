import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EvilRig, openEvilRig } from './rig.ts';
import { evilRows } from './rows.ts';

let rig: EvilRig;

beforeAll(async () => {
  rig = await openEvilRig();
}, 60_000);

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

const short = evilRows.filter(({ long }) => long !== true);

test.each(short.flatMap((row) => row.on.map((on) => ({ ...row, on: [on], row, over: on }))))(
  'a server $what, over $over',
  { timeout: 90_000 },
  async ({ row, over }) => {
    expect(await rig.perform(row, over)).toEqual([]);
  },
);
