import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Sanitising, sanitised } from './sanitise.ts';

const isTrustedUrl = (url: string): boolean => url.startsWith('https://good.example/');
const untrusted: Sanitising = { trust: 'untrusted', isTrustedUrl };
const trusted: Sanitising = { trust: 'trusted', isTrustedUrl };

describe('what nobody sees', () => {
  test.each<[string, string, string, string]>([
    ['a colour', '\u001b[31mred\u001b[0m', 'red', 'red'],
    ['a title of the terminal', 'a\u001b]0;evil\u0007b', 'ab', 'ab'],
    [
      'a hyperlink of the terminal',
      '\u001b]8;;https://evil.example\u001b\\text\u001b]8;;\u001b\\',
      'text',
      'text',
    ],
    ['an eight-bit sequence', 'a\u009b2Jb', 'ab', 'ab'],
    ['an escape alone', 'a\u001b', 'a', 'a'],
    ['a null and a bell', 'a\u0000\u0007b', 'ab', 'ab'],
    ['lines and columns', 'a\n\tb\r\nc', 'a\n\tb\r\nc', 'a\n\tb\r\nc'],
    ['a return that overwrites', 'safe\revil', 'safe\nevil', 'safe\nevil'],
    ['tags', 'a\u{e0041}\u{e0042}b', 'ab', 'a\u{e0041}\u{e0042}b'],
    ['an override of direction', 'a\u202egpj.exe', 'agpj.exe', 'a\u202egpj.exe'],
    ['a word that is cut by nothing', 'ig\u200bno\u200cre', 'ignore', 'ig\u200bno\u200cre'],
    ['joiners of other scripts', 'می\u200cخواهم', 'می\u200cخواهم', 'می\u200cخواهم'],
    ['joiners of a family', '👩\u200d👧', '👩\u200d👧', '👩\u200d👧'],
    ['characters that stand for our marks', 'a\ufdd0b\ufdd1\ufdd2\ufdd3', 'ab', 'ab'],
  ])('%s', (_, text, ofUntrusted, ofTrusted) => {
    expect([sanitised(text, untrusted), sanitised(text, trusted)]).toEqual([
      ofUntrusted,
      ofTrusted,
    ]);
  });
});

describe('images and links', () => {
  test.each<[string, string, string]>([
    ['an image', '![a](https://evil.example/x?d=1)', '[image: a, from evil.example]'],
    ['one without a scheme', '![](//evil.example/x)', '[image: , from evil.example]'],
    ['one of a trusted place', '![a](https://good.example/x)', '![a](https://good.example/x)'],
    ['one that is there', '![a](pictures/a.png)', '![a](pictures/a.png)'],
    ['a link', '[text](https://evil.example/x "t") more', 'text (https://evil.example/x) more'],
    [
      'one that says itself',
      '[https://evil.example/](https://evil.example/)',
      'https://evil.example/',
    ],
    ['one within the document', '[see](#part-2)', '[see](#part-2)'],
    ['a script', '[click](javascript:alert`1`)', 'click (javascript:alert%601%60)'],
    ['an address', '[mail](mailto:a@b.example)', 'mail (mailto:a@b.example)'],
    [
      'an image that is a link',
      '[![i](https://e.example/1)](https://evil.example)',
      '[image: i, from e.example] (https://evil.example)',
    ],
    [
      'an image before what it would make a link',
      '![a](https://e.example)(https://evil.example)',
      '[image: a, from e.example] (https://evil.example)',
    ],
    [
      'a definition',
      '![a][r]\n\n[r]: https://evil.example/x',
      '![a][r]\n\n[r]: leads to https://evil.example/x',
    ],
    ['a line of a log', '[worker]: started', '[worker]: started'],
    [
      'HTML',
      'a <img alt="hi > there" src="https://evil.example/x"> b',
      'a [image: hi   there, from evil.example] b',
    ],
    [
      'HTML whose quotes programs read differently',
      '<img alt="<img src=https://evil.example/q>',
      '‹img alt="[image: , from evil.example]',
    ],
    [
      'a link of HTML',
      '<a href="https://evil.example/">click</a> here',
      'click (https://evil.example/) here',
    ],
    [
      'one that isn’t closed',
      '<a href="https://evil.example/">click',
      ' (https://evil.example/) click',
    ],
    [
      'a style',
      '<p style="background:url(https://evil.example/i)">x</p>',
      '‹p style="background:url(https://evil.example/i)">x</p>',
    ],
    [
      'a style among many',
      `<p ${'style=a '.repeat(9)}style=url(//evil.example)>x`,
      `‹p ${'style=a '.repeat(9)}style=url(//evil.example)>x`,
    ],
    [
      'a tag without an end that may load',
      `<img src="https://evil.example/x${' '.repeat(2000)}`,
      `‹img src="https://evil.example/x${' '.repeat(2000)}`,
    ],
    [
      'tags in one another, more than anybody writes',
      `${'<a href=b '.repeat(12)}>`,
      `${'<a href=b '.repeat(9)}${'‹a href=b '.repeat(3)}>`,
    ],
    [
      'a page that goes elsewhere',
      '<meta http-equiv=refresh content="0;url=https://evil.example/">',
      '[embedded, from evil.example]',
    ],
    [
      'an image in several sizes',
      '<img srcset="https://evil.example/1 1x, a.png 2x">',
      '[image: , from evil.example]',
    ],
    [
      'an image in several sizes, without a space',
      '<img srcset="a.png 1x,//evil.example/2 2x">',
      '[image: , from evil.example]',
    ],
    [
      'a style of its own',
      '<style>@import "//evil.example/x";</style>',
      '‹style>@import "//evil.example/x";</style>',
    ],
    [
      'a program',
      '<script>fetch("//evil.example")</script>',
      '‹script>fetch("//evil.example")</script>',
    ],
    [
      'plain HTML',
      '<b>bold</b> <a href="/docs">docs</a> <img src="a.png">',
      '<b>bold</b> <a href="/docs">docs</a> <img src="a.png">',
    ],
    ['a place that is written out', 'see https://evil.example/x', 'see https://evil.example/x'],
    ['code', 'if (a[i] < b[j](x)) { c = d["x"](1); }', 'if (a[i] < b[j](x)) { c = d["x"](1); }'],
  ])('%s', (_, text, expected) => {
    expect(sanitised(text, untrusted)).toBe(expected);
  });

  test('stay where the tool is trusted, or the policy keeps them', () => {
    const text = '![a](https://evil.example/x) [b](https://evil.example/y)';
    expect(sanitised(text, trusted)).toBe(text);
    expect(sanitised(text, { trust: 'untrusted', isTrustedUrl: null })).toBe(text);
  });
});

const pieces = fc.constantFrom(
  ...[
    '[',
    ']',
    '(',
    ')',
    '![',
    '](',
    ']:',
    '<',
    '>',
    '"',
    "'",
    ' ',
    '\n',
    '\r',
    'a',
    'x.example',
    'https://evil.example/',
    'https://good.example/',
  ],
  ...[
    '<img src=',
    '<a href=',
    '</a>',
    '<p style="',
    'url(',
    'srcset=',
    'alt=',
    '\u001b[',
    '\u001b]',
    '\u0007',
    '\u009b',
    '\u200b',
    '\u200c',
    '\ufdd0',
    '\u202e',
    'm',
    '//',
    '\\',
    '&#104;',
  ],
);
const text = fc.array(pieces, { maxLength: 24 }).map((parts) => parts.join(''));

test('twice is once', () => {
  fc.assert(
    fc.property(text, fc.constantFrom(untrusted, trusted), (written, sanitising) => {
      const once = sanitised(written, sanitising);
      expect(sanitised(once, sanitising)).toBe(once);
    }),
    { numRuns: 5_000 },
  );
});

test('no image of a stranger is left to be loaded', () => {
  fc.assert(
    fc.property(text, (written) => {
      const shown = sanitised(written, untrusted);
      expect(shown).not.toMatch(/!\[[^[\]]*\]\(\s*<?(?:https:)?\/\/evil/);
      expect(shown).not.toMatch(/<img\s+src=["']?(?:https:)?\/\/evil[^"'<>]*["']?\s*\/?>/i);
    }),
    { numRuns: 5_000 },
  );
});
