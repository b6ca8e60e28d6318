/** Writing the lock: what a person accepted stands in force once it lies beside the policy. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Lock } from '../policy/lock.ts';
import { formatLock, parseLock } from '../policy/lock-file.ts';
import type { PolicySource } from './policy-source.ts';

/** Read back before it takes the old one's place: a lock that can't be read would refuse every tool. */
export function writeLock(file: string, lock: Lock): void {
  const text = formatLock(lock);
  parseLock(text);
  replaceFile(file, text);
}

/**
 * Writes the lock and puts it in force. One that the policy doesn't load with (an argument without a kind, say) is taken
 * back, and what is wrong is thrown.
 */
export async function putLockInForce(source: PolicySource, lock: Lock): Promise<void> {
  const { lockFile } = source;
  const before = existsSync(lockFile) ? readFileSync(lockFile, 'utf8') : null;
  writeLock(lockFile, lock);
  const refused = await source.reload();
  if (refused === null) return;
  if (before === null) rmSync(lockFile);
  else replaceFile(lockFile, before);
  throw refused;
}

/** Whole or not at all: a lock that is half there would refuse every tool. */
function replaceFile(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}
