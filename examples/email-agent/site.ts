/** The policy of this example, installed for a mail server of the rig: `sallyport.yaml` as it is, `site.yaml` made here. */
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { MailRig } from './rig/rig.ts';
import { support } from './world.ts';

/** Whether the demo's business hours contain now: it has to show both, at whatever hour it runs. */
export type BusinessHours = 'open' | 'closed';

const flowLine = '  external: provenance';
const timezone = 'America/New_York';
const days: readonly string[] = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** What is done with mail that leaves after the agent has read what others wrote; `provenance` is the example's own. */
export type External = 'provenance' | 'deny';

/** Writes the policy into a directory. Returns, for the reader, which hours it says. */
export async function installPolicy(
  directory: string,
  rig: MailRig,
  wanted: BusinessHours,
  external: External = 'provenance',
): Promise<string> {
  const policy = await readFile(join(import.meta.dirname, 'sallyport.yaml'), 'utf8');
  if (policy.split(flowLine).length !== 2) throw new Error(`the policy has no “${flowLine}”`);
  await writeFile(
    join(directory, 'sallyport.yaml'),
    policy.replace(flowLine, `  external: ${external}`),
  );
  await copyFile(join(import.meta.dirname, 'sallyport.lock'), join(directory, 'sallyport.lock'));
  const password = join(directory, 'mail.password');
  await writeFile(password, support.password, { mode: 0o600 });
  const { command, args, env } = rig.emailServer;
  const business = businessHours(wanted, new Date());
  const site = {
    sallyport: 1,
    hours: { business },
    upstreams: {
      mail: {
        mcp: {
          command,
          args: [...args],
          env: { ...env, MCP_EMAIL_SERVER_PASSWORD: { from: `file:${password}` } },
        },
      },
    },
  };
  await writeFile(join(directory, 'site.yaml'), stringify(site));
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, timeStyle: 'short' });
  return `In New York it is ${dayName(new Date())} ${clock.format(new Date())}; business hours for this part: ${business}.`;
}

/** Open: the whole week. Closed: a day three days off, which no demo reaches. */
function businessHours(wanted: BusinessHours, now: Date): string {
  if (wanted === 'open') return '00:00-24:00';
  const today = days.indexOf(dayName(now));
  return `${days[(today + 3) % days.length]} 09:00-17:00`;
}

function dayName(now: Date): string {
  return new Intl.DateTimeFormat('en-US', { timeZone: timezone, weekday: 'short' }).format(now);
}
