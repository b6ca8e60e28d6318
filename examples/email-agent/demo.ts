/** `npm run demo`: the support mailbox on a real mail server, with and without Sallyport. Exit code 1 when a promise is broken. */

import { withSallyport } from './protected.ts';
import { installMail, MailInstallError } from './rig/install.ts';
import { tellStory } from './story.ts';
import { withoutSallyport } from './unprotected.ts';

async function main(): Promise<number> {
  const story = tellStory((line) => console.log(line));
  try {
    const install = await installMail();
    await withoutSallyport(install, story);
    await withSallyport(install, story);
  } catch (error) {
    // What a person can mend is said plainly; anything else is a fault of ours, and shows where.
    console.error(error instanceof MailInstallError ? error.message : error);
    return 3;
  }
  console.log(`\n${story.passed} passed, ${story.failed} failed`);
  return story.failed === 0 ? 0 : 1;
}

process.exitCode = await main();
