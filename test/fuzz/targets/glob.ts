import { compileGlob } from '../../../src/content/glob.ts';
import { must, type Target } from '../target.ts';

/** A pattern and a value, with a line feed between: against the same pattern as a regular expression. */
export const globTarget: Target = {
  name: 'glob',
  alphabet: 'text',
  lengthMax: 120,
  roundsInTest: 6_000,
  seeds: [
    '/srv/**/*.md\n/srv/a/b.md',
    '**/.env\n/srv/.env',
    'a?c*\nabcd',
    '/srv/private/**\n/srv/private',
    '****\n',
    '**/**/**/a\n//a',
  ],
  dictionary: [
    '**',
    '*',
    '?',
    '/',
    '/**/',
    '**/',
    '.',
    '\\',
    '[a-z]',
    '{a,b}',
    '😀',
    'a'.repeat(20),
  ],
  check(input) {
    const [pattern = '', ...rest] = input.split('\n');
    const value = rest.join('\n');
    const glob = compileGlob(pattern);
    const matched = glob.matches(value);
    must(compileGlob(pattern).matches(value) === matched, 'matches now and then');
    if (!/[*?]/.test(pattern))
      must(matched === (pattern === value), 'a plain text is itself alone');
    if (matched) must(glob.covers(value), 'matches what it does not cover');
    // The regular expression backtracks: only patterns with few stars are compared.
    if ((pattern.match(/\*+/g) ?? []).length > 4) return `many ${matched}`;
    must(
      matched === slowGlob(pattern).test(value),
      'matches otherwise than the regular expression',
    );
    return `${matched} ${glob.covers(value)}`;
  },
};

function slowGlob(pattern: string): RegExp {
  const source = pattern
    .replace(/\*{3,}/g, '**')
    // Where a `**` stands alone, it and its slash may be nothing, if a segment begins there.
    .replace(/(?<=^|\/)\*\*\/|\*\*|\*|\?|[\\^$.+()[\]{}|]/gu, (piece) => {
      if (piece === '**/') return '(?:[^]*/|(?<![^/]))';
      if (piece === '**') return '[^]*';
      if (piece === '*') return '[^/]*';
      return piece === '?' ? '[^/]' : `\\${piece}`;
    });
  return new RegExp(`^${source}$`, 'u');
}
