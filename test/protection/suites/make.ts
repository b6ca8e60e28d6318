/** Writes each suite's files beside its source. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { banking } from './banking/suite.ts';
import { helpdesk } from './helpdesk/suite.ts';
import { teamspace } from './teamspace/suite.ts';
import { filesOf } from './world.ts';

for (const suite of [banking, helpdesk, teamspace]) {
  for (const [file, bytes] of Object.entries(filesOf(suite)))
    writeFileSync(join(import.meta.dirname, suite.name, file), bytes);
}
