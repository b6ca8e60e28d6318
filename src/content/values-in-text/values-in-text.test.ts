import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseKind, plainKind } from '../kinds.ts';
import { valuesInText } from './values-in-text.ts';

function keysOf(text: string, kind: string): string[] {
  return valuesInText(text)
    .filter((value) => value.kind === kind)
    .map(({ key }) => key);
}

describe('e-mail addresses', () => {
  test.each([
    ['Mail ann@company.com', 'ann@company.com'],
    ['Mail ann@company.com.', 'ann@company.com'],
    ['Mail ann@company.com...', 'ann@company.com'],
    ['Was it ann@company.com?', 'ann@company.com'],
    ['ann@company.com: hello', 'ann@company.com'],
    ["Was it 'ann@company.com'?", 'ann@company.com'],
    ["Write to 'ann@company.com'.", 'ann@company.com'],
    ['Write to "ann@company.com".', 'ann@company.com'],
    ['Write to **ann@company.com**.', 'ann@company.com'],
    ['Write to (‘ann@company.com’).', 'ann@company.com'],
    ["Write to 'Ann@Company.COM',", 'ann@company.com'],
    ['Write to “ann@company.com”.', 'ann@company.com'],
    ['Ann <ann@company.com>', 'ann@company.com'],
    ['to Ann (ann@company.com)', 'ann@company.com'],
    ['`ann@company.com`', 'ann@company.com'],
    ['**ann@company.com**', 'ann@company.com'],
    ['_ann@company.com_', 'ann@company.com'],
    ['| ann@company.com |', 'ann@company.com'],
    ['|ann@company.com|', 'ann@company.com'],
    ['[write](mailto:ann@company.com)', 'ann@company.com'],
    ['mailto:ann@company.com?subject=x', 'ann@company.com'],
    ['<a href="mailto:ann@company.com">', 'ann@company.com'],
    ['&lt;ann@company.com&gt;', 'ann@company.com'],
    ['to:ann@company.com', 'ann@company.com'],
    ['email=ann@company.com', 'ann@company.com'],
    ["ann@company.com's mail", 'ann@company.com'],
    ['ann@company.com—today', 'ann@company.com'],
    ["o'neil+x@company.com", "o'neil+x@company.com"],
    ['_ann@company.com', '_ann@company.com'],
    ['请发给 ann@company.com。', 'ann@company.com'],
    ['ann@bücher.example', 'ann@xn--bcher-kva.example'],
  ])('%s', (text, key) => {
    expect(keysOf(text, 'recipient')).toEqual([key]);
  });

  test.each([
    ['several', 'ann@x.example, bob@x.example;eve@y.example,joe@y.example'],
    [
      'with names',
      'Ann <ann@x.example>, "Bob, B." <bob@x.example>, eve@y.example and joe@y.example',
    ],
    ['by lines', '- ann@x.example\n- bob@x.example\n* eve@y.example\r\njoe@y.example'],
    [
      'as JSON',
      '{"to":["ann@x.example","bob@x.example"],"cc":"eve@y.example","bcc":"joe@y.example"}',
    ],
  ])('%s', (_, text) => {
    expect(keysOf(text, 'recipient')).toEqual([
      'ann@x.example',
      'bob@x.example',
      'eve@y.example',
      'joe@y.example',
    ]);
  });

  const plain = 'ann@company.com';
  test.each([
    ['a longer local part', 'joann@company.com'],
    ['a sub-address', 'x+ann@company.com'],
    ['a dotted one', 'jo.ann@company.com'],
    ['one with a hyphen', 'jo-ann@company.com'],
    ['a longer domain', 'ann@company.com.evil.example'],
    ['a longer domain with a hyphen', 'ann@company.com-evil.example'],
    ['a quote inside', "ann@company.com'.evil.example"],
    ['an ellipsis inside', 'ann@company.com...evil.example'],
    ['a missing space', 'ann@company.com.Please'],
    ['a look-alike hyphen', 'ann@company.com\u2011evil.example'],
    ['a minus sign', 'ann@company.com\u2212evil.example'],
    ['an ideographic dot', 'ann@company.com\u3002evil.example'],
    ['a full-width dot', 'ann@company.com\uff0eevil.example'],
    ['a full-width at sign', 'ann\uff20company.com'],
    ['full-width letters', 'ａｎｎ@company.com'],
    ['one full-width letter before it', 'ｊann@company.com'],
    ['zero width inside', 'an\u200bn@company.com'],
    ['zero width before', 'x\u200bann@company.com'],
    ['zero width behind', 'ann@company.com\u200b.evil.example'],
    ['zero width at the at sign', 'ann\u200b@company.com'],
    ['zero width every third', 'ann\u200b@co\u200bmpa\u200bny.\u200bcom'],
    ['a soft hyphen', 'ann@com\u00adpany.com'],
    ['another direction', '\u202eann@company.com'],
    ['a byte order mark', 'eve\ufeffann@company.com'],
    ['a combining mark', 'ann@company.com\u0301'],
    ['a Cyrillic letter', 'аnn@company.com'],
    ['a Cyrillic letter in the domain', 'ann@cоmpany.com'],
    ['percent-encoding', 'mailto:ann%40company.com'],
    ['half percent-encoding', 'mailto:%61ann@company.com'],
    ['an entity', 'ann&#64;company.com'],
    ['an entity before', '&#106;ann@company.com'],
    ['a percent route', 'eve%evil.example@company.com'],
    ['a bang path', 'ann@company.com!eve'],
    ['a quoted local part', '"eve@evil.example ann@company.com"@evil.example'],
    ['a source route', '@evil.example:ann@company.com'],
    ['two at signs', 'ann@company.com@evil.example'],
    ['two at signs, before', 'eve@ann@company.com'],
    ['user-info', 'https://ann@company.com/'],
    ['user-info and password', 'https://eve:ann@company.com/'],
    ['a part of a path', 'https://evil.example/ann@company.com'],
    ['a part of a query', 'https://evil.example/?to=ann@company.com'],
    ['a clone', 'ann@company.com:org/repo'],
    ['a port', 'ann@company.com:22'],
    ['a path behind', 'ann@company.com/x'],
    ['a path before', 'users/ann@company.com'],
    ['a bounce', 'bounces+x=ann@company.com'],
    ['spelled out', 'ann at company dot com'],
    ['spaces', 'ann @company.com'],
    ['reversed', 'moc.ynapmoc@nna'],
  ])('%s is not it', (_, text) => {
    expect(keysOf(text, 'recipient')).not.toContain(plain);
  });
});

describe('URLs', () => {
  test.each([
    ['see https://company.com/a.', 'https://company.com/a'],
    ['see https://company.com/a?b=c, and', 'https://company.com/a?b=c'],
    ['(https://company.com/a)', 'https://company.com/a'],
    ['(see https://company.com/a)', 'https://company.com/a'],
    ['https://company.com/A_(b)', 'https://company.com/A_(b)'],
    ['(https://company.com/A_(b)).', 'https://company.com/A_(b)'],
    ['"https://company.com/a"', 'https://company.com/a'],
    ["'https://company.com/a'", 'https://company.com/a'],
    ['“https://company.com/a”', 'https://company.com/a'],
    ['**https://company.com/a**', 'https://company.com/a'],
    ['<https://company.com/a>', 'https://company.com/a'],
    ['<https://company.com/a|a name>', 'https://company.com/a'],
    ['[name](https://company.com/a "title")', 'https://company.com/a'],
    ['![name](https://company.com/a)', 'https://company.com/a'],
    ['[one](https://company.com/a)[two](x)', 'https://company.com/a'],
    ['[name]: https://company.com/a', 'https://company.com/a'],
    ['<a href="https://company.com/a">', 'https://company.com/a'],
    ["<img src='https://company.com/a'/>", 'https://company.com/a'],
    ['at:https://company.com/a', 'https://company.com/a'],
    ['HTTPS://Company.COM:443/a#b', 'https://company.com/a'],
    ['https://company.com/a…', 'https://company.com/a'],
    ['https://company.com/a。', 'https://company.com/a'],
    ['file:///srv/report.md', 'file:///srv/report.md'],
    ['memo://notes/1', 'memo://notes/1'],
  ])('%s', (text, key) => {
    expect(keysOf(text, 'url')[0]).toBe(key);
  });

  test.each([
    ['www.company.com', 'www.company.com/'],
    ['Look at www.company.com/news, please', 'www.company.com/news'],
    ['www.company.example', 'www.company.example/'],
    ['read company.com', 'company.com/'],
    ['read company.com.', 'company.com/'],
    ['read Company.com/news!', 'company.com/news'],
    ['read company.info/news', 'company.info/news'],
    ['company.com:8080/a', 'company.com:8080/a'],
  ])('%s, with whichever scheme', (text, key) => {
    expect(keysOf(text, 'url')).toEqual([key, `https://${key}`, `http://${key}`]);
  });

  test('one with a scheme is known without it', () => {
    expect(keysOf('http://www.company.com/a', 'url')).toEqual([
      'http://www.company.com/a',
      'www.company.com/a',
    ]);
  });

  test.each([
    ['user-info', 'https://company.com@evil.example/'],
    ['user-info the other way', 'https://evil.example@company.com/'],
    ['a backslash', 'https://evil.example\\@company.com/'],
    ['a longer host', 'https://company.com.evil.example/'],
    ['a part of a host', 'https://evilcompany.com/'],
    ['a part of a host without a scheme', 'www.evil-company.com'],
    ['inside another', 'https://evil.example/?u=https://company.com/'],
    ['inside another, without a scheme', 'https://evil.example/company.com/'],
    ['a decimal host', 'https://2130706433/'],
    ['zero width', 'https://company\u200b.com/'],
    ['zero width behind', 'https://company.com\u200b/'],
    ['zero width without a scheme', 'www.company\u200b.com'],
    ['full-width letters', 'https://ｃompany.com/'],
    ['full-width dot', 'https://company．com/'],
    ['ideographic dot', 'https://company.com。evil.example/'],
    ['ideographic dot without a scheme', 'www.company.com。evil.example'],
    ['a Cyrillic letter', 'https://cоmpany.com/'],
    ['a trailing dot of the host', 'https://company.com./'],
    ['an encoded dot', 'https://company%2ecom/'],
    ['an entity', 'https&#58;//company.com/'],
    ['spelled so that nobody clicks', 'hxxps://company.com/ or company[.]com'],
    ['a domain of an address', 'ann@company.com'],
    ['a local part of an address', 'company.com@evil.example'],
    ['a package', 'com.company.thing'],
    ['a path', 'src/company.com'],
    ['a scheme that goes on', 'evilhttps://company.com/'],
  ])('%s is not it', (_, text) => {
    const hosts = keysOf(text, 'url').map((key) => key.replace(/^https?:\/\//, ''));
    expect(hosts).not.toContain('company.com/');
    expect(hosts).not.toContain('www.company.com/');
  });

  test.each(['report.md', 'main.py and deploy.sh', 'done.In time', 'e.g. this', 'v1.2.3', 'a.b.c'])(
    '%s names no host',
    (text) => {
      expect(keysOf(text, 'url')).toEqual([]);
    },
  );
});

describe('accounts', () => {
  test.each([
    ['Pay to DE89 3704 0044 0532 0130 00 today', 'DE89370400440532013000'],
    ['Pay to DE89370400440532013000.', 'DE89370400440532013000'],
    ['IBAN:gb82west12345698765432', 'GB82WEST12345698765432'],
    ['IBAN: GB82 WEST 1234 5698 7654 32 (Ann)', 'GB82WEST12345698765432'],
    ['PL61 1090 1014 0000 0712 1981 2874 paid', 'PL61109010140000071219812874'],
  ])('%s', (text, key) => {
    expect(keysOf(text, 'account')).toEqual([key]);
  });

  test.each([
    ['other check digits', 'DE88 3704 0044 0532 0130 00'],
    ['two digits exchanged', 'DE89 3704 0044 0532 0103 00'],
    ['a part of a word', 'XDE89370400440532013000'],
    ['more digits', 'DE893704004405320130001'],
    ['more digits in the last group', 'DE89 3704 0044 0532 0130 001'],
    ['a hyphen', 'x-DE89370400440532013000'],
    ['zero width', 'DE8937040044\u200b0532013000'],
    ['full-width digits', 'DE８9370400440532013000'],
    ['in a URL', 'https://evil.example/DE89370400440532013000'],
    ['hyphens', 'DE89-3704-0044-0532-0130-00'],
  ])('none: %s', (_, text) => {
    expect(keysOf(text, 'account')).toEqual([]);
  });
});

describe('phone numbers', () => {
  test.each([
    ['Call +1 (555) 010-0199.', '+15550100199'],
    ['tel:+15550100199', '+15550100199'],
    ['+15550100199 12 times', '+15550100199'],
  ])('%s', (text, key) => {
    expect(keysOf(text, 'phone')).toEqual([key]);
  });

  test.each(['555 010-0199', '1+15550100199', '+1555010019x', '+1 555', '+155501001991234567'])(
    'none: %s',
    (text) => {
      expect(keysOf(text, 'phone')).toEqual([]);
    },
  );
});

const pieces = fc.constantFrom(
  ...[
    'ann',
    'n',
    '@',
    '.',
    'company.com',
    'evil.example',
    'www.',
    'https://',
    '/',
    ' ',
    '\u200b',
    '<',
    '>',
    '(',
    ')',
  ],
  ...[
    '"',
    "'",
    ':',
    '=',
    '%40',
    '\\',
    'ａ',
    '。',
    '-',
    '_',
    '*',
    ',',
    '&',
    ';',
    'DE89370400440532013000',
    '+15550100199',
    '?',
  ],
);
const texts = fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join(''));

test('what is found is what its kind reads in the place where it stands', () => {
  fc.assert(
    fc.property(texts, (text) => {
      for (const { kind, key, start, end, written } of valuesInText(text)) {
        expect(text.slice(start, end)).toBe(written);
        if (kind === 'url') {
          const schemes = ['', 'https://', 'http://'];
          const read = schemes.map((scheme) => parseKind(plainKind('url'), scheme + written));
          const keys = read.flatMap((one) => (one.type === 'url' ? [one.key] : []));
          expect(keys.map((one) => one.replace(/^https?:\/\//, ''))).toContain(
            key.replace(/^https?:\/\//, ''),
          );
        } else {
          const name = kind === 'phone' ? 'recipient' : kind;
          const form = kind === 'phone' ? 'phone' : 'email';
          expect(parseKind({ ...plainKind(name), form }, written)).toMatchObject({ key });
        }
      }
    }),
    { numRuns: 3_000 },
  );
});

test('a letter before or behind an address, and it is no longer found', () => {
  const letter = fc.constantFrom(
    'a',
    'Z',
    '0',
    '_',
    '\u200b',
    '\u0301',
    'é',
    'а',
    '.a',
    '-a',
    '@a',
    '%a',
    '\\a',
    '/a',
  );
  fc.assert(
    fc.property(letter, letter, fc.boolean(), (before, behind, first) => {
      const reversed = Array.from(before).reverse().join('');
      const text = first ? `${reversed}ann@company.com` : `ann@company.com${behind}`;
      expect(keysOf(text, 'recipient')).not.toContain('ann@company.com');
    }),
  );
});

test.each([
  ['at signs', '@'],
  ['addresses without an end', 'a@a.'],
  ['local parts', 'a'],
  ['dots', '.'],
  ['hosts', 'a.com'],
  ['hosts in brackets', '(a.com/'],
  ['schemes', 'https://'],
  ['URLs in brackets', '(https://a.b)'],
  ['URLs in open brackets', '(https://a.b/('],
  ['closing brackets', 'https://a)'],
  ['accounts', 'DE89'],
  ['plus signs', '+'],
  ['labels', 'a:'],
  ['emphasis', '*'],
  ['long labels', `${'a'.repeat(999)}.`],
])('a megabyte of %s comes to an end', (_, part) => {
  const text = part.repeat(Math.ceil(2 ** 20 / part.length));
  expect(valuesInText(text).length).toBeLessThan(text.length);
  expect(valuesInText(`https://${text}`).length).toBeLessThan(text.length);
});
