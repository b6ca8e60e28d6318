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
import { finish, type Steps } from './steps.ts';

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
export function loadPolicy(options: LoadOptions): LoadResult {
  return finish(loadPolicyInSteps(options));
}

/** The same, with places to pause at. What was read before a pause isn't read again after it. */
export function* loadPolicyInSteps({ file, readFile, lock }: LoadOptions): Steps<LoadResult> {
  const report = new Report();
  const { root, files } = yield* readFiles(file, readFile, report);
  yield;
  const written = root === null ? undefined : document.read(root, report);
  yield;
  const compiled = written === undefined ? null : yield* compilePolicy(written, lock, report);
  yield;
  const warnings = report.warnings();
  if (compiled === null || root === null || report.hasErrors) {
    return { ok: false, errors: report.errors(), warnings, files };
  }
  const canonical = plainPolicy(root);
  yield;
  const hash = digestOf(canonical);
  yield;
  const policy = {
    ...compiled,
    hash,
    canonical,
    lockDigest: lockDigest(lock),
  };
  return { ok: true, policy, warnings, files };
}
