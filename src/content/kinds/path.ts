import type { Parsed, Unparsable } from '../kind.ts';
import { hidesStep } from './hidden-step.ts';
import { unparsable } from './unparsable.ts';

type Path = Extract<Parsed, { type: 'path' }>;

const lengthMax = 4_096;

/**
 * A POSIX path, normalised without looking at any disk: `.` and repeated slashes go, `..` takes its parent with it, and
 * nothing may climb above where it starts. Links are the upstream's business; what stands here is what is asked for.
 */
export function parsePath(text: string): Path | Unparsable {
  if (text === '' || text.length > lengthMax) return unparsable('is no path');
  // A backslash separates on some systems and is a letter on others; `~` is a home to a shell and a name to a program.
  // Invisible characters are left out by some file systems.
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\]/u.test(text) || text.startsWith('~'))
    return unparsable('has a character that paths must not have here');
  const absolute = text.startsWith('/');
  const segments: string[] = [];
  for (const part of text.normalize('NFC').split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (segments.pop() === undefined) return unparsable('climbs above its root');
    } else if (isReadDifferently(part) || hidesStep(part)) {
      return unparsable('has a name that systems read differently');
    } else segments.push(part);
  }
  return {
    type: 'path',
    key: `${absolute ? '/' : ''}${segments.join('/')}` || '.',
    segments,
    absolute,
  };
}

/**
 * Windows and its shares drop dots and spaces from a name's end, keep drives before a colon and other streams of the same
 * file behind one: each is a second name of a file that an `except` names.
 */
function isReadDifferently(name: string): boolean {
  return /[^.]\.+$| $|^[. ]*[ ][. ]*$|:\$|^[a-z]:/i.test(name);
}
