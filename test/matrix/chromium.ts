/** Debian's Chromium, installed where it is missing. */
import { existsSync } from 'node:fs';
import { mustRun, run } from '../../examples/email-agent/rig/process.ts';
import { chromiumPath } from '../browser/browser.ts';

/** Its own fonts are none, and a page without letters passes no test of contrast. */
const packages = ['chromium', 'fonts-dejavu-core'] as const;
const aptInstall = ['install', '-y', '--no-install-recommends', ...packages] as const;
const installMs = 10 * 60_000;

export async function installChromium(): Promise<void> {
  if (existsSync(chromiumPath)) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    throw new Error(`Chromium isn't installed; as root, run\n  apt-get ${aptInstall.join(' ')}`);
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeoutMs: installMs,
  };
  const first = await run('apt-get', aptInstall, options);
  if (first.code !== 0) {
    // A machine that has never asked for the package lists, or has old ones.
    await mustRun('apt-get', ['update'], options);
    await mustRun('apt-get', aptInstall, options);
  }
  if (!existsSync(chromiumPath)) throw new Error(`${chromiumPath} isn't there after all`);
}
