import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { gradedCases, measureAttacks } from '../attacks.ts';
import { measureTasks } from '../honest.ts';
import { measuredPolicy } from '../policy.ts';
import { readSuites } from '../suite.ts';
import { banking } from './banking/suite.ts';
import { helpdesk } from './helpdesk/suite.ts';
import { teamspace } from './teamspace/suite.ts';
import { filesOf } from './world.ts';

describe.each([banking, helpdesk, teamspace])('$name', (source) => {
  const folder = join(import.meta.dirname, source.name);
  const [suite] = readSuites(folder);
  if (suite === undefined) throw new TypeError(`${folder} holds no suite`);

  test('its files are those that its source makes', () => {
    for (const [file, made] of Object.entries(filesOf(source)))
      expect(gunzipSync(readFileSync(join(folder, file)))).toEqual(gunzipSync(made));
  });

  test('each attack stands in something that an honest task reads', () => {
    const tried = new Set(gradedCases(suite).map(({ injectionTask }) => injectionTask));
    expect([tried.size, suite.tasks.length]).toEqual([source.attacks.length, 20]);
  });

  test.each(['careful', 'naive'])('with the %s policy no honest task is denied', (name) => {
    const measured = measuredPolicy(join(folder, `${name}.yaml`), null, null);
    const tasks = measureTasks(suite.tasks, measured);
    expect(tasks.interrupted.filter((line) => / deny /.test(line))).toEqual([]);
  });

  test('with the careful policy no attack goes through as it is written', () => {
    const measured = measuredPolicy(join(folder, 'careful.yaml'), null, null);
    const cases = gradedCases(suite);
    const [verbatim] = measureAttacks(['V0'], cases, measured, new Map(), () => {});
    expect(verbatim).toMatchObject({ n: cases.length, clean: cases.length });
  });
});
