import { parsePath } from '../../content/kinds/path.ts';
import type { Glob, Term } from '../model.ts';
import type { Report } from '../report.ts';
import type { Located } from '../shape/shape.ts';
import { compileOneGlob } from './globs.ts';
import { all } from './terms.ts';

/**
 * Globs that no path may match. One that no path can match protects nothing and looks as if it did, so it is refused:
 * paths are compared in their normal form, and only those in a folder of `under` get as far as this.
 *
 * @param under null: paths anywhere
 */
export function compileExceptedPaths(
  entries: readonly Located<string>[],
  under: readonly Term[] | null,
  report: Report,
): readonly Glob[] | null {
  return all(entries, (entry) => {
    const problem = whyNeverMatched(entry.value, under);
    if (problem !== null) {
      report.error('policy.conflict', entry.at, problem.message, { mend: problem.mend });
      return null;
    }
    if (entry.value.startsWith('/') && under === null) {
      report.warning(
        'policy.conflict',
        entry.at,
        `a path may also be written relative to the upstream's own folder, and \`${entry.value}\` doesn't match it then`,
        { mend: 'say with `under` which folders may be used' },
      );
    }
    // As paths are: one form for what looks the same.
    return compileOneGlob({ value: entry.value.normalize('NFC'), at: entry.at }, report);
  });
}

/** `under: ["/srv/*"]` is a folder whose name is a star. */
export function areFolders(entries: readonly Located<string>[], report: Report): boolean {
  const glob = entries.find(({ value }) => value.includes('*'));
  if (glob === undefined) return true;
  report.error('policy.value', glob.at, '`under` lists folders, not globs', {
    mend: `write \`${fixedFolder(glob.value) || '/'}\`: everything below it counts`,
  });
  return false;
}

interface Problem {
  readonly message: string;
  readonly mend: string | null;
}

function whyNeverMatched(glob: string, under: readonly Term[] | null): Problem | null {
  if (glob.startsWith('!')) {
    return {
      message: `\`${glob}\`: a glob can't take back what another one excepts`,
      mend: 'list in `under` what may be used',
    };
  }
  if (/\{[^{}]*,[^{}]*\}/.test(glob)) {
    return {
      message: `\`${glob}\`: braces have no meaning in a glob, which knows \`*\`, \`**\` and \`?\``,
      mend: 'write one glob for each',
    };
  }
  const normal = normalForm(glob);
  if (normal !== glob.normalize('NFC')) {
    return {
      message: `\`${glob}\` matches no path: paths are compared in their normal form`,
      mend: normal === null ? null : `write \`${normal}\``,
    };
  }
  if (glob.startsWith('**')) return null;
  const roots = (under ?? []).flatMap((term) =>
    term.type === 'literal' && term.value.type === 'path' ? [term.value] : [],
  );
  // What a case binds is known only later.
  if (under !== null && roots.length < under.length) return null;
  const isAbsolute = glob.startsWith('/');
  if (!isAbsolute && !roots.some((root) => !root.absolute)) {
    return {
      message: `\`${glob}\` matches no absolute path`,
      mend: `write \`**/${glob}\`, or the whole path`,
    };
  }
  const folder = fixedFolder(glob);
  const meets = (root: string): boolean =>
    isIn(folder, root) || isIn(root, folder) || root === '.' || root === '/';
  if (under === null || roots.some((root) => root.absolute === isAbsolute && meets(root.key)))
    return null;
  return {
    message: `\`${glob}\` matches nothing in \`under\``,
    mend: 'remove it, or write it below a folder of `under`',
  };
}

/** Null: no path is ever like this. */
function normalForm(glob: string): string | null {
  // A star is a letter here like any other, so that the path's own reader judges the rest.
  const parsed = parsePath(glob);
  return parsed.type === 'path' ? parsed.key : null;
}

/** What stands before the first segment that isn't fixed. */
function fixedFolder(glob: string): string {
  const [fixed = ''] = glob.split(/[*?]/);
  return fixed === glob ? glob : fixed.slice(0, Math.max(0, fixed.lastIndexOf('/')));
}

function isIn(folder: string, root: string): boolean {
  return folder === root || root === '' || folder.startsWith(`${root}/`);
}
