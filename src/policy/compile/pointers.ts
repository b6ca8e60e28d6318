import { type Pointer, parsePointer } from '../../content/pointer.ts';
import type { Report } from '../report.ts';
import type { Located } from '../shape/shape.ts';

/** The whole value. */
export const wholePointer: Pointer = { text: '', segments: [] };

export function compilePointer(written: Located<string>, report: Report): Pointer | null {
  try {
    return parsePointer(written.value);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'it is malformed';
    report.error('policy.value', written.at, `\`${written.value}\` isn't a pointer: ${reason}`, {
      expected: 'a pointer: `/messages`, `/*/id`, `/labels/*~keys`',
    });
    return null;
  }
}

export function compilePointers(
  written: readonly Located<string>[],
  report: Report,
): readonly Pointer[] {
  return written.flatMap((one) => compilePointer(one, report) ?? []);
}
