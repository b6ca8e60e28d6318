/** A short round of `npm run faults`. */
import { expect, test } from 'vitest';
import { KillRig } from './kill.ts';
import { clockTroubles, undergoAll } from './time-round.ts';

test('gateways that die at an await of theirs lose nothing and repeat nothing', {
  timeout: 60_000,
}, async () => {
  using rig = new KillRig(false);
  await rig.watch();
  // A call passes these before its effect, between its effect and its result, and on its way back.
  const files = new Set(rig.points.map(({ name }) => /(\S+\.ts):/.exec(name)?.[1]));
  for (const file of ['calls', 'effects', 'writer']) expect(files).toContain(`runtime/${file}.ts`);
  const stored = rig.points.map(({ name }) => name).filter((name) => name.startsWith('at journal'));
  expect(stored).toEqual(
    expect.arrayContaining([
      'at journal write over older groups',
      'at journal write behind other groups',
      'at journal write of the other half',
      'at journal sync',
      'at journal truncation',
      'at journal sync after truncation',
    ]),
  );
  const { hit, effects, answers, violations } = await rig.life(1, 4);
  expect(violations).toEqual([]);
  expect(hit.length).toBeGreaterThan(1);
  expect(effects).toBeGreaterThan(0);
  expect(answers).toBeGreaterThan(effects);
});

test('a clock that jumps hours ahead and back changes nothing that was promised', {
  timeout: 60_000,
}, async () => {
  const report = await undergoAll(clockTroubles, { seed: 1, progress: () => undefined });
  expect(report.failures).toEqual([]);
  expect(report.rows).toHaveLength(clockTroubles.length);
});
