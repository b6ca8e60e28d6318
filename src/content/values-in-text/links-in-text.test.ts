import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linksInText } from './links-in-text.ts';
import { valuesInText } from './values-in-text.ts';

function keysOf(text: string): (string | null)[] {
  return linksInText(text).map(({ key }) => key);
}

describe('one place', () => {
  test.each([
    ['see https://evil.example/a.', 'https://evil.example/a'],
    ['seehttps://evil.example/a', 'https://evil.example/a'],
    ['see www.evil.example/a', 'www.evil.example/a'],
    ['see evil.com', 'evil.com/'],
    ['see evil.zip/a', 'evil.zip/a'],
    ['see evil.com(here)', 'evil.com/'],
    ['see a_b.evil.com', null],
    ['see evil.com:8080/a', 'evil.com:8080/a'],
    ['[x](https://evil.example/a)', 'https://evil.example/a'],
    ['[x]( https://evil.example/a "title")', 'https://evil.example/a'],
    ['[x](<https://evil.example/a>)', 'https://evil.example/a'],
    ['[x](//evil.example/a)', 'evil.example/a'],
    ['[x](\n//evil.example/a)', 'evil.example/a'],
    ['[x](www.evil.example/a)', 'www.evil.example/a'],
    ['![x](https://evil.example/a_(b))', 'https://evil.example/a_(b)'],
    ['![x](//evil.example/a.png)', 'evil.example/a.png'],
    ['[x][1]\n\n[1]: //evil.example/a', 'evil.example/a'],
    ['[1]: <//evil.example/a> "x"', 'evil.example/a'],
    ['<https://evil.example/a>', 'https://evil.example/a'],
    ['<https://evil.example/a|click here>', 'https://evil.example/a'],
    ['<a href="https://evil.example/a">', 'https://evil.example/a'],
    ["<a href = '//evil.example/a'>", 'evil.example/a'],
    ['<A HREF=//evil.example/a>', 'evil.example/a'],
    ['<a href="htt\nps://evil.example/a">', 'https://evil.example/a'],
    ['<a href="&#104;ttps://evil.example/a">', 'https://evil.example/a'],
    ['<a href="&#x00068;ttps&colon;&sol;&sol;evil.example/a">', 'https://evil.example/a'],
    ['<a href="&#47&#47evil.example/a">', 'evil.example/a'],
    ['&#104;ttps://evil.example/a', 'https://evil.example/a'],
    ['[x](https&#58;//evil.example/a)', 'https://evil.example/a'],
    ['[x](https\\://evil.example/a)', 'https://evil.example/a'],
    ['[x](\\/\\/evil.example/a)', 'evil.example/a'],
    ['<img src="//evil.example/a">', 'evil.example/a'],
    ['<img data-src="//evil.example/a">', 'evil.example/a'],
    ['<svg><use xlink:href="//evil.example/a">', 'evil.example/a'],
    ['<td background="//evil.example/a">', 'evil.example/a'],
    ['<video poster=//evil.example/a>', 'evil.example/a'],
    ['<form action="//evil.example/a">', 'evil.example/a'],
    ['<base href="//evil.example/a">', 'evil.example/a'],
    ['<meta http-equiv="refresh" content="0; url=//evil.example/a">', 'evil.example/a'],
    ['<p style="background: url(//evil.example/a)">', 'evil.example/a'],
    ["<style>a { background: url( '//evil.example/a' ) }", 'evil.example/a'],
    ['<style>@import "//evil.example/a"', 'evil.example/a'],
    ['memo://notes/1', 'memo://notes/1'],
    ['write to mailto:eve@evil.example?subject=x', 'eve@evil.example'],
    ['[x](mailto:eve@evil.example)', 'eve@evil.example'],
    ['<a href="tel:+1-555-010-0199">', '+15550100199'],
  ])('%s', (text, key) => {
    expect(keysOf(text)).toContain(key);
  });

  test.each([
    'see https://evil.example/a.',
    'see evil.com',
    '[x](https://evil.example/a)',
    '<a href="https://evil.example/a">',
    '<img src=//evil.example/a>',
    '<https://evil.example/a|click here>',
  ])('and no other: %s', (text) => {
    expect(linksInText(text)).toHaveLength(1);
  });

  test('several, each with its place', () => {
    const text = '<img srcset="//a.example/1 1x, //b.example/2 2x"> &amp; [x](https://c.example/)';
    expect(linksInText(text).map(({ key, written }) => [key, written])).toEqual([
      ['a.example/1', '//a.example/1'],
      ['b.example/2', '//b.example/2'],
      ['https://c.example/', 'https://c.example/'],
    ]);
  });

  test('the label that says another place than the link', () => {
    expect(keysOf('[https://good.example/](https://evil.example/)')).toEqual([
      'https://good.example/',
      'https://evil.example/',
    ]);
  });

  test('an entity in an address is read in both ways', () => {
    expect(keysOf('<a href="https://x.example/?a=1&amp;b=2">')).toEqual([
      'https://x.example/?a=1&amp;b=2',
      'https://x.example/?a=1&b=2',
    ]);
  });
});

describe('a link, but to no place that everybody reads alike', () => {
  test.each([
    ['user-info', 'https://good.example@evil.example/'],
    ['backslashes', 'http:\\\\evil.example'],
    ['a backslash and a slash', '[x](\\/evil.example)'],
    ['backslashes in an attribute', '<a href="\\\\evil.example">'],
    ['one slash', '<a href="https:/evil.example">'],
    ['no slash', '<a href="https:evil.example">'],
    ['three slashes', '<a href="///evil.example">'],
    ['a decimal host', 'http://2130706433/'],
    ['an octal host', 'http://0177.0.0.1/'],
    ['zero width in the host', 'https://evil\u200b.example/'],
    ['an ideographic dot', 'https://evil。example/'],
    ['a full-width host', 'https://ｅvil.example/'],
    ['script', '[x](javascript:alert(1))'],
    ['script in an attribute', '<a href="java&#10;script:alert(1)">'],
    ['script behind a control character', '<a href="\u0001javascript:alert(1)">'],
    ['script in angle brackets', '<javascript:alert(1)>'],
    ['data', '<img src="data:image/svg+xml,x">'],
    ['data in Markdown', '![x](data:text/html,x)'],
    ['another program', '<a href="zoommtg:join">'],
    ['escapes of CSS', 'url(\\68 ttps://evil.example/a)'],
    ['a definition that another begins in', '[a]://evil.example/]:x'],
    ['two addresses', 'mailto:ann@x.example,eve@evil.example'],
    ['a copy', 'mailto:ann@x.example?cc=eve@evil.example'],
    ['an encoded address', 'mailto:eve%40evil.example'],
    ['a trailing dot', 'https://evil.example./'],
    ['a host that ends elsewhere', 'https://good.example*evil.example/'],
    ['a letter beyond the first plane', 'see \u{1d41e}vil.com'],
    ['a name that no host has', `see ${'a'.repeat(2_000)}.evil.com`],
    ['a text without spaces before it', `${'看'.repeat(2_000)}evil.com`],
    ['a very long one', `https://evil.example/${'a'.repeat(9_000)}`],
  ])('%s', (_, text) => {
    expect(keysOf(text)).toContain(null);
  });
});

describe('no link', () => {
  test.each([
    ['prose', 'We met at 12:30, e.g. in room 3.14; see page 4/5.'],
    ['an address', 'Write to ann@company.com.'],
    ['a relative place', '[x](docs/a.md) <a href="#top"> <img src=\'a.png\'>'],
    ['a file', 'report.docx, app.js, budget.xlsx'],
    ['a path', 'docs/report.md and src\\main.rs'],
    ['made harmless', 'hxxps://evil.example/a or evil[.]example'],
    ['a part of the same mail', '<img src="cid:logo@company">'],
    ['code', 'a::b, std://, x = src ? y : z, // a comment'],
    ['a drive', 'C:\\\\Users\\\\ann'],
    ['a note', '[note]: this is one. [time]: 12:30'],
    ['a field', 'sent_email.id and user_file.name'],
    ['a log', '[12:00]:[INFO]:[a]: b'],
    ['nothing', ''],
  ])('%s', (_, text) => {
    expect(linksInText(text)).toEqual([]);
  });
});

const pieces = fc.constantFrom(
  ...[
    'https://',
    'http:',
    '//',
    '\\',
    'a.com',
    'www.',
    'b.example',
    '/',
    ' ',
    '"',
    "'",
    '<',
    '>',
    '(',
    ')',
    '[',
    ']',
  ],
  ...[
    '](',
    ']:',
    'href=',
    'url(',
    '&#47;',
    '&amp;',
    '\n',
    '@',
    '?',
    '#',
    '.',
    ',',
    '*',
    '_',
    '|',
    '\u200b',
    'é',
    '。',
  ],
);

test('whatever a trusted text permits as a URL, is demanded of the same text', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 14 }), (parts) => {
      const text = parts.join('');
      const demanded = linksInText(text);
      for (const value of valuesInText(text))
        if (value.kind === 'url')
          expect(demanded.some(({ start }) => value.start <= start && start < value.end)).toBe(
            true,
          );
    }),
    { numRuns: 3_000 },
  );
});

test('a link that the platform reads is found with the host that it finds, or with none', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
      const written = parts.join('').replace(/[\s"'<>&]/g, '');
      const url = URL.parse(written);
      if (url === null || !/^https?:$/.test(url.protocol)) return;
      const hosts = keysOf(`<a href="${written}">`).map((key) =>
        key === null ? null : new URL(key.includes('://') ? key : `https://${key}`).hostname,
      );
      expect(hosts.includes(null) || hosts.includes(url.hostname)).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});

test.each([
  'https://',
  ':\\\\',
  '(https://a)',
  'https://a](',
  '](',
  '](a',
  ']( ',
  '](<',
  ']:',
  ']: ',
  '<ab:',
  'href=',
  'href="',
  "href='",
  'href="\'',
  'src ',
  'src=src=a ',
  'srcset="a, ',
  'url(',
  'url("',
  '@import"',
  '&',
  '&#',
  '&#0',
  '&#47;',
  '\\.',
  'mailto:',
  'mailto:a@b.c,',
  'a.com',
  'a.com ',
  '.',
  '(',
  'www.',
  '_',
])('a megabyte of %j comes to an end', (part) => {
  const text = part.repeat(Math.ceil(2 ** 20 / part.length));
  expect(linksInText(text).length).toBeLessThan(text.length);
});
