/** A support desk whose answers wait for a lead: its customers, its lead at a browser, and who else is told. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredMail } from '../../examples/email-agent/rig/maildir.ts';
import type { MailRig } from '../../examples/email-agent/rig/rig.ts';
import { installPolicy } from '../../examples/email-agent/site.ts';
import { senderOf } from '../../examples/email-agent/trigger.ts';
import type { Arrived } from '../../examples/email-agent/world.ts';
import { openPage, type Person, startBrowser } from '../browser/browser.ts';
import { type HttpReceiver, receiveHttp } from '../notifications/receivers.ts';
import { Desk, type Heard } from './mail-desk.ts';

export const hookSecret = 'a secret that two share';

/** Any bytes: whoever decodes them as text, or cuts them, has others. */
const label = randomBytes(40_000);
const labelFile = 'return-label.pdf';

export interface Scene {
  readonly desk: Desk;
  readonly mail: MailRig;
  readonly outgoing: string;
  /** Of each answer that waits, its call. */
  readonly held: Map<Arrived, string>;
  readonly slack: HttpReceiver;
  readonly hook: HttpReceiver;
  /** Lee, who leads, at a browser. */
  readonly lee: Person;
  /** What they sign in with. */
  readonly token: string;
}

export async function openScene(
  directory: string,
  mail: MailRig,
  stack: AsyncDisposableStack,
): Promise<Scene> {
  for (const { message, folder } of Object.values(requests)) await mail.deliver(message, folder);
  const [slack, hook] = [stack.use(await receiveHttp(200)), stack.use(await receiveHttp(204))];
  const { env, outgoing } = await installPolicy(directory, mail, {
    hours: 'open',
    channels: {
      approvals: [
        { slack: { webhook: { from: 'env:SLACK_WEBHOOK' } } },
        {
          webhook: {
            url: hook.url,
            secret: { from: 'env:HOOK_SECRET' },
            shows: ['customer_data', 'pii'],
          },
        },
      ],
      alerts: [],
    },
  });
  await writeFile(join(outgoing, labelFile), label);
  const secrets = { SLACK_WEBHOOK: slack.url, HOOK_SECRET: hookSecret };
  const desk = await Desk.open(directory, mail, { ...env, ...secrets });
  stack.defer(() => desk.close());
  const browser = await startBrowser();
  stack.defer(() => browser.close());
  const lee = stack.use(await openPage(browser, desk.console));
  return {
    ...{ desk, mail, outgoing, slack, hook, lee, held: new Map() },
    token: await desk.approverToken('lee'),
  };
}

const ask = (name: string): Arrived => ({
  folder: 'Support',
  message: {
    id: `<label-of-${name}@customer.example>`,
    from: `${name} <${name}@customer.example>`,
    to: 'Support <support@company.com>',
    subject: 'My return label',
    text: `Hello,\n\nplease send me the label for parcel 77-${name} again.\n\n${name}\n`,
  },
});

export const requests = {
  approved: ask('ann'),
  rejected: ask('rob'),
  edited: ask('eda'),
  killed: ask('kay'),
  expired: ask('exa'),
};

const bodyFor = (name: string): string => `Dear ${name}, here is the label for parcel 77-${name}.`;

export function answer({ desk, outgoing }: Scene, request: Arrived): Promise<Heard> {
  return desk.answer(request, bodyFor(nameOf(request)), [join(outgoing, labelFile)]);
}

const nameOf = ({ message }: Arrived): string => message.from.split(' ')[0] ?? '';

/** The agent reads the mail and answers it; the answer waits. */
export async function hold(scene: Scene, request: Arrived): Promise<string> {
  await scene.desk.read(request);
  const heard = await answer(scene, request);
  if (!heard.isError || heard.code !== 'approval.pending' || heard.call === null)
    return fail(`it doesn’t wait: ${heard.text}`);
  scene.held.set(request, heard.call);
  return heard.call;
}

export const callOf = ({ held }: Scene, request: Arrived): string =>
  held.get(request) ?? fail('it never waited');

async function arrived({ mail }: Scene, request: Arrived): Promise<readonly StoredMail[]> {
  await mail.settled();
  const inbox = await mail.folder(senderOf(request.message.from));
  return inbox.filter(({ inReplyTo }) => inReplyTo === request.message.id);
}

export async function nothingLeft(scene: Scene, request: Arrived): Promise<void> {
  const found = await arrived(scene, request);
  if (found.length > 0) fail(`${found.length} left`);
}

export async function leftOnce(scene: Scene, request: Arrived): Promise<StoredMail> {
  const { mail } = scene;
  const to = senderOf(request.message.from);
  await mail.arrival(to, 'INBOX', ({ inReplyTo }) => inReplyTo === request.message.id);
  const [one, ...more] = await arrived(scene, request);
  if (one === undefined || more.length > 0) return fail(`${one ? more.length + 1 : 0} left`);
  if ((await mail.outside()).some(({ id, mailbox }) => id === one.id && mailbox !== to))
    return fail('it reached somebody else, too');
  return one;
}

export function isWhole({ parts }: StoredMail): boolean {
  const files = parts.filter(({ file }) => file !== null);
  return files.length === 1 && files[0]?.file === labelFile && files[0].bytes.equals(label);
}

/** What stands in the call: none of it is a message's to tell. */
export const valuesOf = (request: Arrived): readonly string[] => [
  senderOf(request.message.from),
  request.message.id,
  request.message.subject,
  `parcel 77-${nameOf(request)}`,
  labelFile,
];

export function fail(why: string): never {
  throw new Error(why);
}
