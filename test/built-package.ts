/** The package as `npm run build` makes it, in a folder of its own: below the repository, whose packages it finds. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '..');
const home = join(repository, '.cache');

export interface BuiltPackage extends Disposable {
  /** Where its `package.json` lies; what was built is in `dist` there. */
  readonly directory: string;
  /** The command line. */
  readonly main: string;
}

export function buildPackage(): BuiltPackage {
  mkdirSync(home, { recursive: true });
  const directory = mkdtempSync(join(home, 'built-'));
  copyFileSync(join(repository, 'package.json'), join(directory, 'package.json'));
  const dist = join(directory, 'dist');
  execFileSync(process.execPath, [join(repository, 'scripts', 'build-package.ts'), dist]);
  return {
    directory,
    main: join(dist, 'cli', 'main.js'),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}
