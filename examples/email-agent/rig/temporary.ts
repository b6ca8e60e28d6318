import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string;
}

/** A directory that is gone afterwards, also when the process is ended by a signal (`process.ts` turns one into an exit). */
export async function temporaryDirectory(prefix: string): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(tmpdir(), prefix));
  // A daemon that is just stopping may still write: what can't be removed at the last moment is left to the system.
  const removeAtExit = (): void => {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      process.stderr.write(`left behind: ${path}\n`);
    }
  };
  process.once('exit', removeAtExit);
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await rm(path, { recursive: true, force: true, maxRetries: 5 });
      process.off('exit', removeAtExit);
    },
  };
}
