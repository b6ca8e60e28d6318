/** A real mail server for one test or demo: Dovecot (IMAP, submission, LMTP) and OpenSMTPD, on loopback, below one temporary directory. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { type MailInstall, MailInstallError } from './install.ts';
import { readFolder, type StoredMail } from './maildir.ts';
import { mustRun, type Service, startService } from './process.ts';
import {
  dovecotConfiguration,
  type MailAccount,
  type MailPorts,
  openSmtpdConfiguration,
} from './servers.ts';
import { type Message, sendMail } from './smtp.ts';
import { temporaryDirectory } from './temporary.ts';

const readyMs = 20_000;
const deliveryMs = 15_000;
const pollMs = 25;

/** OpenSMTPD's control socket has a fixed place: a machine runs one at a time. */
const controlSocket = '/run/smtpd.sock';

export interface DeliveredMail extends StoredMail {
  readonly mailbox: string;
}

export interface MailRig extends AsyncDisposable {
  readonly ports: MailPorts;
  /** The settings of mcp-email-server for the rig's account, named `support`. */
  readonly emailServer: {
    readonly command: string;
    readonly args: readonly string[];
    readonly env: Readonly<Record<string, string>>;
  };
  /** How programs of the company hand mail in: with the account's password, over TLS. */
  readonly submission: {
    /** `smtps://user:password@127.0.0.1:port` */
    readonly url: string;
    /** The file of its certificate, which nobody else vouches for. */
    readonly certificate: string;
  };
  /** Hands a message in from outside, and waits until it is in its folder. */
  deliver(message: Message, folder?: string): Promise<void>;
  /** What is in a folder of an address, inside or outside the company, on disk. */
  folder(address: string, folder?: string): Promise<readonly StoredMail[]>;
  /** Every mail that was delivered to anybody outside the company, and to whom: a hidden copy names somebody else. */
  outside(): Promise<readonly DeliveredMail[]>;
  /** Waits until whatever was handed in before has been delivered. */
  settled(): Promise<void>;
  /** Waits for a mail in that folder; null when none came in time. */
  arrival(
    address: string,
    folder: string,
    wanted: (mail: StoredMail) => boolean,
  ): Promise<StoredMail | null>;
}

/** Who gets the rig's own mail, which says that the queue is empty. Nobody of the story. */
const lastInQueue = { person: 'queue', domain: 'rig.example' } as const;

export async function startMail(install: MailInstall, account: MailAccount): Promise<MailRig> {
  if (existsSync(controlSocket) && (await answers(controlSocket))) {
    throw new MailInstallError(
      'an OpenSMTPD is already running on this machine; the rig needs its place: stop it first',
    );
  }
  const temporary = await temporaryDirectory('sallyport-mail-');
  const directory = temporary.path;
  const services: Service[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(services.map((service) => service.stop()));
    await temporary[Symbol.asyncDispose]();
  };
  try {
    const ports = await freePorts();
    await writeConfiguration(directory, ports, account);
    const at = (name: string): string => join(directory, name);
    services.push(startService('/usr/sbin/smtpd', ['-d', '-f', at('smtpd.conf')]));
    services.push(startService('/usr/sbin/dovecot', ['-F', '-c', at('dovecot.conf')]));
    try {
      await Promise.race([
        Promise.all(Object.values(ports).map((port) => listening(port))),
        Promise.race(services.map((service) => service.ended)).then(() => {
          throw new Error('it ended');
        }),
      ]);
    } catch (error) {
      const log = await readFile(at('dovecot.log'), 'utf8').catch(() => '');
      const printed = services.map((service) => service.output()).join('\n');
      throw new Error(`the mail server did not come up\n${`${printed}\n${log}`.slice(-4_000)}`, {
        cause: error,
      });
    }
    return rig(install, account, ports, directory, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

function rig(
  install: MailInstall,
  account: MailAccount,
  ports: MailPorts,
  directory: string,
  stop: () => Promise<void>,
): MailRig {
  const folder = (address: string, name = 'INBOX'): Promise<readonly StoredMail[]> => {
    const [local = '', domain = ''] = address.split('@');
    return readFolder(join(directory, 'mail', domain, local), name);
  };
  const arrival: MailRig['arrival'] = async (address, name, wanted) => {
    for (let waitedMs = 0; waitedMs < deliveryMs; waitedMs += pollMs) {
      const found = (await folder(address, name)).find(wanted);
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
    return null;
  };
  return {
    ports,
    emailServer: {
      command: install.emailServer,
      args: ['stdio'],
      env: emailServerSettings(account, ports, directory),
    },
    submission: {
      url: `smtps://${encodeURIComponent(account.address)}:${encodeURIComponent(account.password)}@127.0.0.1:${ports.submission}`,
      certificate: join(directory, 'certificate.pem'),
    },
    folder,
    outside: async () => {
      const [, ownDomain] = account.address.split('@');
      const mailboxes: string[] = [];
      for (const domain of await readdir(join(directory, 'mail'))) {
        if (domain === ownDomain || domain === lastInQueue.domain) continue;
        const people = await readdir(join(directory, 'mail', domain));
        mailboxes.push(...people.map((person) => `${person}@${domain}`));
      }
      const found = await Promise.all(
        mailboxes.map(async (mailbox) =>
          (await folder(mailbox)).map((mail) => ({ ...mail, mailbox })),
        ),
      );
      return found.flat();
    },
    settled: async () => {
      const id = `<${randomUUID()}@${lastInQueue.domain}>`;
      const to = `${lastInQueue.person}@${lastInQueue.domain}`;
      await sendMail(ports.smtp, { id, from: account.address, to, subject: '', text: '' });
      if ((await arrival(to, 'INBOX', (mail) => mail.id === id)) === null)
        throw new Error('the queue of the mail server does not empty');
    },
    arrival,
    deliver: async (message, name = 'INBOX') => {
      const [local, domain] = account.address.split('@');
      const envelopeTo = name === 'INBOX' ? account.address : `${local}+${name}@${domain}`;
      await sendMail(ports.smtp, { ...message, envelopeTo });
      const arrived = await arrival(account.address, name, (mail) => mail.id === message.id);
      if (arrived === null) throw new Error(`${message.id} was accepted, but isn't in ${name}`);
    },
    [Symbol.asyncDispose]: stop,
  };
}

function emailServerSettings(
  account: MailAccount,
  ports: MailPorts,
  directory: string,
): Record<string, string> {
  const settings = {
    ACCOUNT_NAME: account.address.split('@')[0] ?? '',
    EMAIL_ADDRESS: account.address,
    USER_NAME: account.address,
    PASSWORD: account.password,
    IMAP_HOST: '127.0.0.1',
    IMAP_PORT: String(ports.imap),
    IMAP_SSL: 'false',
    SMTP_HOST: '127.0.0.1',
    SMTP_PORT: String(ports.submission),
    SMTP_SSL: 'true',
    SMTP_VERIFY_SSL: 'false', // The rig's certificate is its own.
    SMTP_START_SSL: 'false',
    // This server has a list of its own, and an empty one refuses every send. Sallyport is to decide.
    ALLOWED_RECIPIENTS: '*',
    CONFIG_PATH: join(directory, 'mcp-email-server.toml'),
  };
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [`MCP_EMAIL_SERVER_${name}`, value]),
  );
}

async function writeConfiguration(
  directory: string,
  ports: MailPorts,
  account: MailAccount,
): Promise<void> {
  const at = (name: string): string => join(directory, name);
  await chmod(directory, 0o711); // The mail processes run without root's rights, and have to get through.
  for (const name of ['run', 'state', 'mail']) await mkdir(at(name), { mode: 0o755 });
  const { uid, gid } = await mailUser();
  await chown(at('mail'), uid, gid);
  await writeFile(at('dovecot.conf'), dovecotConfiguration(directory, ports, account));
  await writeFile(at('smtpd.conf'), openSmtpdConfiguration(ports), { mode: 0o600 });
  await writeFile(at('accounts'), `${account.address}:${account.password}\n`, { mode: 0o644 });
  await mustRun(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...[
        '-subj',
        '/CN=127.0.0.1',
        '-addext',
        'subjectAltName=IP:127.0.0.1',
        '-days',
        '2',
        '-keyout',
        at('key.pem'),
        '-out',
        at('certificate.pem'),
      ],
    ],
    { timeoutMs: 30_000 },
  );
}

/** Every Debian has the user `mail`: nobody has to be added for the rig. */
async function mailUser(): Promise<{ uid: number; gid: number }> {
  const ids = await Promise.all(
    ['-u', '-g'].map((flag) => mustRun('id', [flag, 'mail'], { timeoutMs: 10_000 })),
  );
  const [uid = 0, gid = 0] = ids.map((id) => Number(id.trim()));
  return { uid, gid };
}

async function freePorts(): Promise<MailPorts> {
  const servers = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject).listen(0, '127.0.0.1', resolve);
      });
      return server;
    }),
  );
  const [imap = 0, submission = 0, lmtp = 0, smtp = 0] = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return { imap, submission, lmtp, smtp };
}

async function listening(port: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < readyMs; waitedMs += pollMs) {
    if (await answers(port)) return;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  throw new Error(`nothing listens on port ${port} after ${readyMs / 1_000} s`);
}

function answers(at: number | string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = typeof at === 'number' ? connect(at, '127.0.0.1') : connect(at);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
