import { printable } from '../../content/escape.ts';
import type { Effect } from './change.ts';
import type { PolicyDiff } from './diff.ts';

const marks: Readonly<Record<Effect, string>> = {
  wider: '+',
  narrower: '-',
  changed: '~',
  same: '=',
};

/** The difference as `policy diff` prints it. */
export function formatPolicyDiff({ equal, groups }: PolicyDiff): string {
  const lines = groups.flatMap(({ about, changes }) => [
    about,
    ...changes.map(({ effect, text }) => `  ${marks[effect]} ${text}`),
    '',
  ]);
  if (equal) lines.push('both policies decide alike');
  else lines.push("+ lets more through   - lets less through   ~ differs, and can't be compared");
  return lines.map((line) => printable(line)).join('\n');
}
