/** The pages as they are now, before the first browser opens one. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export function setup(): void {
  execFileSync(process.execPath, ['scripts/build-console.ts'], {
    cwd: join(import.meta.dirname, '..', '..'),
  });
}
