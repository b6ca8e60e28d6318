import { compileGlob, globLengthMax } from '../../content/glob.ts';
import type { Glob } from '../model.ts';
import type { Report } from '../report.ts';
import type { Located } from '../shape/shape.ts';

export function compileOneGlob(written: Located<string>, report: Report): Glob | null {
  if (written.value.length > globLengthMax) {
    report.error('policy.value', written.at, 'the glob is too long', {
      expected: `at most ${globLengthMax} characters`,
    });
    return null;
  }
  return compileGlob(written.value);
}
