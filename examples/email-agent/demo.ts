/**
 * `npm run demo [-- --json]`: the support mailbox on a real mail server, with and without Sallyport, and the four worlds.
 * Exit code 1 when a promise is broken.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fourWorlds, type World } from './four-worlds.ts';
import { formatFourWorlds, judgeFourWorlds } from './four-worlds-table.ts';
import { withSallyport } from './protected.ts';
import { installMail, MailInstallError } from './rig/install.ts';
import { tellStory } from './story.ts';
import { withoutSallyport } from './unprotected.ts';

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
  const write = values.json ? () => {} : (line: string) => console.log(line);
  const story = tellStory(write);
  let worlds: readonly World[];
  try {
    const install = await installMail();
    await withoutSallyport(install, story);
    await withSallyport(install, story);

    story.chapter('Four worlds: two mails that want the last 30 days, and a question');
    worlds = await fourWorlds(install, story);
  } catch (error) {
    // What a person can mend is said plainly; anything else is a fault of ours, and shows where.
    console.error(error instanceof MailInstallError ? error.message : error);
    return 3;
  }
  judgeFourWorlds(worlds, story);
  const table = formatFourWorlds(worlds);
  write(`\n${table}\n`);
  const readme = await readFile(join(import.meta.dirname, 'README.md'), 'utf8');
  story.promise('the README shows this table', readme.includes(`\n${table}\n`));
  const { passed, failed } = story;
  if (values.json)
    console.log(JSON.stringify({ ok: failed === 0, passed, failed, worlds }, null, 2));
  else console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
