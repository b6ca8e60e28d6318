/**
 * Globs: `*` is anything but `/`, `**` anything, `?` one character but `/`. Everything else is itself, and the whole
 * value has to match.
 */
export interface CompiledGlob {
  readonly text: string;
  readonly matches: (value: string) => boolean;
  /** Whether it matches a path or a folder above it: who excepts a folder means what is in it, too. */
  readonly covers: (path: string) => boolean;
}

type Part =
  | { readonly type: 'char'; readonly char: string }
  | { readonly type: 'any' }
  | { readonly type: 'star' }
  | { readonly type: 'globstar' };

/** Patterns are written by people; anything longer is a mistake. */
export const globLengthMax = 1_024;

/** Matching takes time linear in value times pattern, whatever either says: a set of places, never a backtrack. */
export function compileGlob(text: string): CompiledGlob {
  const parts = partsOf(text);
  // What is excepted with all that it holds (`/srv/private/**`) isn't to be listed either.
  const folder = text.replace(/(?:\/\*\*)+$/, '');
  const folderParts = folder === '' ? parts : partsOf(folder);
  return {
    text,
    matches: (value) => matches(parts, value, false),
    // `*/**` matches `/`, which holds no folder `*`.
    covers: (path) =>
      matches(folderParts, path, true) || (folder !== text && matches(parts, path, false)),
  };
}

function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  for (const char of text
    .replace(/\*{3,}/g, '**')
    .split(/(\*\*|.)/su)
    .filter((piece) => piece !== '')) {
    if (char === '**') parts.push({ type: 'globstar' });
    else if (char === '*') parts.push({ type: 'star' });
    else if (char === '?') parts.push({ type: 'any' });
    else parts.push({ type: 'char', char });
  }
  return parts;
}

/** @param folders - whether what ends where a segment ends is enough */
function matches(parts: readonly Part[], value: string, folders: boolean): boolean {
  let places = closure(parts, new Set([0]), true);
  let isFirst = true;
  for (const char of value) {
    if (folders && char === '/' && !isFirst && places.has(parts.length)) return true;
    isFirst = false;
    const next = new Set<number>();
    for (const place of places) {
      const part = parts[place];
      if (part === undefined) continue;
      if (part.type === 'char' && part.char === char) next.add(place + 1);
      else if (part.type === 'any' && char !== '/') next.add(place + 1);
      else if (part.type === 'globstar' || (part.type === 'star' && char !== '/')) next.add(place);
    }
    if (next.size === 0) return false;
    places = closure(parts, next, char === '/');
  }
  return places.has(parts.length);
}

/**
 * A star may also be nothing; and a `**` that stands alone between slashes may be nothing together with its slash, so
 * that `**` + `/x` covers `x`. Only where a segment begins: else it would cover `yx` too.
 */
function closure(
  parts: readonly Part[],
  places: ReadonlySet<number>,
  segmentBegins: boolean,
): Set<number> {
  const reached = new Set(places);
  for (const place of reached) {
    const part = parts[place];
    if (part?.type !== 'star' && part?.type !== 'globstar') continue;
    reached.add(place + 1);
    const before = parts[place - 1];
    const after = parts[place + 1];
    const standsAlone = place === 0 || (before?.type === 'char' && before.char === '/');
    if (!segmentBegins || part.type !== 'globstar' || !standsAlone) continue;
    if (after?.type === 'char' && after.char === '/') reached.add(place + 2);
  }
  return reached;
}
