/** What the mail rig needs on the machine, and how it gets there. */
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pythonEnvironment } from './cache.ts';
import { mustRun, run } from './process.ts';

const packages = [
  'dovecot-imapd',
  'dovecot-lmtpd',
  'dovecot-submissiond',
  'opensmtpd',
  'openssl',
  'python3-venv',
] as const;

const programs = [
  '/usr/sbin/dovecot',
  '/usr/lib/dovecot/imap',
  '/usr/lib/dovecot/lmtp',
  '/usr/lib/dovecot/submission',
  '/usr/sbin/smtpd',
  '/usr/bin/openssl',
] as const;

const aptInstall = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
const installMs = 10 * 60_000;

/** The machine can't run the rig as it is; the message says which one command mends it. */
export class MailInstallError extends Error {
  override readonly name = 'MailInstallError';
}

export interface MailInstall {
  /** The MCP server in front of IMAP and SMTP. */
  readonly emailServer: string;
}

/** Installs Dovecot and OpenSMTPD where that is allowed, and mcp-email-server in an environment of its own. */
export async function installMail(): Promise<MailInstall> {
  if (process.platform !== 'linux') {
    throw new MailInstallError(
      'the mail server (Dovecot and OpenSMTPD) runs on Debian and Ubuntu only',
    );
  }
  if (!(await installed())) await installPackages();
  if (process.getuid?.() !== 0) {
    throw new MailInstallError(
      'the mail server has to be started by root (OpenSMTPD drops its rights itself): run this in a container, or as\n' +
        '  sudo env "PATH=$PATH" npm run demo',
    );
  }
  await checkDovecot();
  const { bin } = await pythonEnvironment(join(import.meta.dirname, 'requirements.txt'));
  return { emailServer: join(bin, 'mcp-email-server') };
}

async function installed(): Promise<boolean> {
  if (!programs.every((program) => existsSync(program))) return false;
  const venv = await run('python3', ['-c', 'import ensurepip'], { timeoutMs: 30_000 });
  return venv.code === 0;
}

/** Dovecot 2.4 (Debian 13) is configured in another language than 2.3. */
async function checkDovecot(): Promise<void> {
  const found = (await mustRun('/usr/sbin/dovecot', ['--version'], { timeoutMs: 30_000 })).trim();
  if (found.startsWith('2.3.')) return;
  throw new MailInstallError(
    `the rig is written for Dovecot 2.3 (Debian 12, Ubuntu 22.04 and 24.04); this machine has ${found}`,
  );
}

async function installPackages(): Promise<void> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new MailInstallError(`the mail server isn't installed; as root, run\n  ${aptInstall}`);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const [command = '', ...args] = aptInstall.split(' ');
  await withoutStartingServices(async () => {
    const first = await run(command, args, { env, timeoutMs: installMs });
    if (first.code === 0) return;
    // A machine that has never asked for the package lists, or has old ones.
    await mustRun(command, ['update'], { env, timeoutMs: installMs });
    await mustRun(command, args, { env, timeoutMs: installMs });
  });
}

/** Debian starts a daemon when it installs it. The rig starts its own, and wants no mail server on port 25 afterwards. */
async function withoutStartingServices(work: () => Promise<void>): Promise<void> {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return work();
  await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' });
  try {
    await work();
  } finally {
    await rm(policy);
  }
}
