/** The policy of this example, installed for a mail server of the rig: `sallyport.yaml` as it is, `site.yaml` made here. */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { MailRig } from './rig/rig.ts';
import { support } from './world.ts';

/** Whether the demo's business hours contain now: it has to show both, at whatever hour it runs. */
export type BusinessHours = 'open' | 'closed';

const timezone = 'America/New_York';
const days: readonly string[] = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Lines of the policy that a demo has in another way. */
const flowLine = '  external: provenance ';
const timeoutLine = '  timeout: 15m ';
const outgoing = '/srv/mail/outgoing';

/** What is done with mail that leaves after the agent has read what others wrote; `provenance` is the example's own. */
export type External = 'provenance' | 'deny';

export interface SiteWishes {
  readonly hours: BusinessHours;
  readonly external?: External;
  /** How long a call waits for a person; a demo hasn't the example's quarter of an hour. */
  readonly patience?: string;
  /** Whom else beside the mailboxes of the company: as the policy writes them. */
  readonly channels?: { readonly approvals: readonly object[]; readonly alerts: readonly object[] };
}

/** Who is told, in mailboxes of the rig. */
export const leads = 'leads@company.com';
export const operators = 'soc@company.com';

export interface Site {
  /** For the reader: which hours it says. */
  readonly said: string;
  /** The folder of the files that may be attached. */
  readonly outgoing: string;
  /** What the gateway's environment has to have. */
  readonly env: Readonly<Record<string, string>>;
}

/** Writes the policy into a directory. */
export async function installPolicy(
  directory: string,
  rig: MailRig,
  { hours, external = 'provenance', patience = '15m', channels }: SiteWishes,
): Promise<Site> {
  const policy = await readFile(join(import.meta.dirname, 'sallyport.yaml'), 'utf8');
  for (const line of [flowLine, timeoutLine])
    if (policy.split(line).length !== 2) throw new Error(`the policy has no “${line}”`);
  const files = join(directory, 'outgoing');
  await writeFile(
    join(directory, 'sallyport.yaml'),
    policy
      .replace(flowLine, `  external: ${external} `)
      .replace(timeoutLine, `  timeout: ${patience} `)
      .replaceAll(outgoing, files),
  );
  await mkdir(files, { recursive: true });
  await copyFile(join(import.meta.dirname, 'sallyport.lock'), join(directory, 'sallyport.lock'));
  const password = join(directory, 'mail.password');
  await writeFile(password, support.password, { mode: 0o600 });
  const { command, args, env } = rig.emailServer;
  const business = businessHours(hours, new Date());
  const mailTo = (address: string): object => ({
    email: { to: [address], smtp: { from: 'env:SMTP_URL' } },
  });
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
    approvals: { notify: [mailTo(leads), ...(channels?.approvals ?? [])] },
    alerts: { notify: [mailTo(operators), ...(channels?.alerts ?? [])] },
  };
  await writeFile(join(directory, 'site.yaml'), stringify(site));
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, timeStyle: 'short' });
  return {
    said: `In New York it is ${dayName(new Date())} ${clock.format(new Date())}; business hours for this part: ${business}.`,
    outgoing: files,
    env: { SMTP_URL: rig.submission.url, NODE_EXTRA_CA_CERTS: rig.submission.certificate },
  };
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
