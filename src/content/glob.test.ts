import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileGlob } from './glob.ts';

test.each<[string, string[], string[]]>([
  ['*.md', ['a.md', '.md'], ['a/b.md', 'a.mdx', 'xa.md/']],
  ['/srv/*/report', ['/srv/a/report'], ['/srv/a/b/report', '/srv//x/report', '/srv/report']],
  ['/srv/**', ['/srv/a', '/srv/a/b', '/srv/'], ['/srv', '/srvx/a', 'x/srv/a']],
  ['**/.env', ['.env', 'a/.env', '/a/b/.env'], ['my.env', 'a/my.env', '.env/a', '.envx']],
  [
    '/srv/**/report',
    ['/srv/report', '/srv/a/report', '/srv/a/b/report'],
    ['/srv/evilreport', '/srv/a/xreport'],
  ],
  ['/srv/a**', ['/srv/a', '/srv/abc', '/srv/a/b'], ['/srv/b']],
  ['**', ['', 'a', 'a/b'], []],
  ['*', ['', 'a'], ['/', 'a/']],
  ['?', ['a', 'é', '😀'], ['', '/', 'ab']],
  ['a?c', ['abc'], ['a/c', 'ac']],
  ['support-*', ['support-1'], ['xsupport-1', 'support-1/2']],
  ['a.c', ['a.c'], ['abc']],
  ['[ab]{c}(d)|e\\', ['[ab]{c}(d)|e\\'], ['a']],
  ['', [''], ['a']],
  ['Report', ['Report'], ['report']],
])('`%s`', (glob, matching, others) => {
  const { matches } = compileGlob(glob);
  expect(matching.filter((value) => !matches(value))).toEqual([]);
  expect(others.filter(matches)).toEqual([]);
});

test.each<[string, string[], string[]]>([
  [
    '/srv/private',
    ['/srv/private', '/srv/private/a', '/srv/private/a/b'],
    ['/srv', '/srv/privates'],
  ],
  ['/srv/private/**', ['/srv/private', '/srv/private/a/b'], ['/srv', '/srv/private.txt']],
  ['**/.*', ['.x', 'a/.x', 'a/.x/b', '/srv/.git/config'], ['a/b.c', '/srv/a']],
  ['**/.git/**', ['.git', '/srv/.git', '/srv/.git/a'], ['/srv/.gitignore', '/srv/git']],
  ['/srv/*', ['/srv/a', '/srv/a/b'], ['/srv', '/opt/a']],
  ['/**', ['/', '/a', '/a/b'], ['a', 'a/b']],
  ['**', ['/', 'a', 'a/b'], []],
])('`%s` covers', (glob, covered, others) => {
  const { covers } = compileGlob(glob);
  expect(covered.filter((path) => !covers(path))).toEqual([]);
  expect(others.filter(covers)).toEqual([]);
});

test('many stars against a long value that nearly matches come to an end', () => {
  expect(compileGlob('*a'.repeat(40)).matches(`${'a'.repeat(3_000)}b`)).toBe(false);
  expect(compileGlob('**a'.repeat(40)).matches(`${'a/'.repeat(1_500)}b`)).toBe(false);
});

test('a glob agrees with the regular expression that it stands for', () => {
  const piece = fc.constantFrom('a', 'b', '/', '*', '?', '.');
  const value = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.'), maxLength: 8 });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 7 }), value, (pieces, text) => {
      const glob = pieces.join('').replace(/\*\*+/g, '*');
      const expression = new RegExp(
        `^${glob.replace(/[.*?]/g, (char) => ({ '.': '\\.', '*': '[^/]*', '?': '[^/]' })[char] ?? '')}$`,
        'u',
      );
      expect(compileGlob(glob).matches(text)).toBe(expression.test(text));
    }),
    { numRuns: 1_000 },
  );
});
