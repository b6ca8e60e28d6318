import { digestOf } from '../content/digest.ts';
import { compilePolicy } from './compile/policy.ts';
import type { Diagnostic } from './diagnostic.ts';
import { plainPolicy } from './hash.ts';
import type { Lock } from './lock.ts';
import { lockDigest } from './lock-file.ts';
import type { Policy } from './model.ts';
import { Report } from './report.ts';
import { document } from './shape/document.ts';
import { readFiles } from './source/files.ts';

export interface LoadOptions {
  /** The policy's first file, named as errors shall name it. */
  readonly file: string;
  /** Null: there is no such file, or it may not be read. Called for `file` and for what it includes, nothing else. */
  readonly readFile: (path: string) => string | null;
  readonly lock: Lock;
}

export type LoadResult =
  | {
      readonly ok: true;
      readonly policy: Policy;
      readonly warnings: readonly Diagnostic[];
      readonly files: readonly string[];
    }
  | {
      readonly ok: false;
      readonly errors: readonly Diagnostic[];
      readonly warnings: readonly Diagnostic[];
      readonly files: readonly string[];
    };

/**
 * Loads a policy: reads its files, checks each value, compiles it against the lock. Pure and total; whatever is
 * wrong is said at once, and then there is no policy at all.
 */
export function loadPolicy({ file, readFile, lock }: LoadOptions): LoadResult {
  const report = new Report();
  const { root, files } = readFiles(file, readFile, report);
  const written = root === null ? undefined : document.read(root, report);
  const compiled = written === undefined ? null : compilePolicy(written, lock, report);
  const warnings = report.warnings();
  if (compiled === null || root === null || report.hasErrors) {
    return { ok: false, errors: report.errors(), warnings, files };
  }
  const canonical = plainPolicy(root);
  const policy = {
    ...compiled,
    hash: digestOf(canonical),
    canonical,
    lockDigest: lockDigest(lock),
  };
  return { ok: true, policy, warnings, files };
}
