import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const keyBytes = 32;

/**
 * Session ids signed with it survive a restart. Sessions carry no rights, so a key that was lost, cut short by a crash or
 * shown to others is replaced: that costs clients a new `initialize`.
 */
export function sessionKeyIn(dataDirectory: string): Uint8Array {
  const file = join(dataDirectory, 'session.key');
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isFile() === true && stats.size === keyBytes && (stats.mode & 0o077) === 0)
    return readFileSync(file);
  const key = randomBytes(keyBytes);
  writeFileSync(`${file}.new`, key, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return key;
}
