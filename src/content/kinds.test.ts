import fc from 'fast-check';
import { toASCII } from 'tr46';
import { describe, expect, test } from 'vitest';
import { type Kind, type KindName, kindNames, type RecipientForm } from './kind.ts';
import { parseDomain } from './kinds/address.ts';
import { parseKind, parseReturned, plainKind } from './kinds.ts';
import type { JsonValue } from './value.ts';

/** The key, or null for what doesn't parse. */
function keyOf(kind: Kind | KindName, value: JsonValue): string | null {
  const parsed = parseKind(typeof kind === 'string' ? plainKind(kind) : kind, value);
  return parsed.type === 'unparsable' ? null : parsed.key;
}

function refusesEach(kind: Kind | KindName, rows: readonly (readonly [string, JsonValue])[]): void {
  test.each(rows)('refuses %s', (_, value) => {
    expect(keyOf(kind, value)).toBeNull();
  });
}

describe('recipient', () => {
  test.each([
    ['ann@customer.example', 'ann@customer.example'],
    ['Ann@Customer.EXAMPLE', 'ann@customer.example'],
    ["o'neil+tag@x.example", "o'neil+tag@x.example"],
    ['ann@bücher.example', 'ann@xn--bcher-kva.example'],
    ['ann@BÜCHER.example', 'ann@xn--bcher-kva.example'],
    ['ann@xn--bcher-kva.example', 'ann@xn--bcher-kva.example'],
    ['ann@straße.example', 'ann@xn--strae-oqa.example'],
    ['ann@localhost', 'ann@localhost'],
  ])('%s', (written, key) => {
    expect(keyOf('recipient', written)).toBe(key);
  });

  test.each([
    ['ann@company.com', 'n@company.com'],
    ['ann@company.com', 'joann@company.com'],
    ['ann@company.com', 'ann+evil@company.com'],
    ['ann@company.com', 'a.nn@company.com'],
    ['ann@company.com', 'ann@company.com.evil.example'],
    ['ann@company.com', 'ann@mail.company.com'],
    ['ann@company.com', 'ann@cоmpany.com'],
    ['ann@paypal.example', 'ann@pаypal.example'],
  ])('%s is not %s', (one, other) => {
    expect(keyOf('recipient', one)).not.toBe(keyOf('recipient', other));
  });

  refusesEach('recipient', [
    ['a display name', 'Ann <ann@x.example>'],
    ['angle brackets', '<ann@x.example>'],
    ['a list', 'ann@x.example, eve@evil.example'],
    ['a list with semicolons', 'ann@x.example;eve@evil.example'],
    ['a list without a space', 'ann@x.example,eve@evil.example'],
    ['a group', 'friends: ann@x.example;'],
    ['two at signs', 'ann@evil.example@x.example'],
    ['a source route', '@evil.example:ann@x.example'],
    ['a percent route', 'eve%evil.example@x.example'],
    ['a bang path', 'evil.example!eve@x.example'],
    ['a quoted local part', '"ann"@x.example'],
    ['a quoted local part that holds an address', '"eve@evil.example"@x.example'],
    ['a comment', 'ann(eve@evil.example)@x.example'],
    ['a space before', ' ann@x.example'],
    ['a line break after', 'ann@x.example\n'],
    ['a header behind a line break', 'ann@x.example\r\nBcc: eve@evil.example'],
    ['zero width in the local part', 'ann\u200b@x.example'],
    ['zero width in the domain', 'ann@x\u200b.example'],
    ['a soft hyphen in the domain', 'ann@x\u00ad.example'],
    ['another direction', '\u202eann@x.example'],
    ['full-width letters in the local part', 'ａnn@x.example'],
    ['full-width letters in the domain', 'ann@ｘ.example'],
    ['a full-width at sign', 'ann＠x.example'],
    ['a full-width dot', 'ann@x．example'],
    ['an ideographic dot', 'ann@x。example'],
    ['the Kelvin sign', 'ann@\u212aey.example'],
    ['the long s', 'ann@\u017fend.example'],
    ['a ligature', 'ann@\ufb01n.example'],
    ['Cyrillic in the local part', 'аnn@x.example'],
    ['a trailing dot', 'ann@x.example.'],
    ['two dots', 'ann@x..example'],
    ['a leading dot in the local part', '.ann@x.example'],
    ['two dots in the local part', 'a..b@x.example'],
    ['an address literal', 'ann@[127.0.0.1]'],
    ['a number for a domain', 'ann@127.0.0.1'],
    ['an underscore in the domain', 'ann@x_y.example'],
    ['a broken xn-- label', 'ann@xn--\u00fc.example'],
    ['a hyphen first', 'ann@-x.example'],
    ['no domain', 'ann@'],
    ['no local part', '@x.example'],
    ['no at sign', 'ann'],
    ['nothing', ''],
    ['a local part of 65', `${'a'.repeat(65)}@x.example`],
    ['a label of 64', `ann@${'a'.repeat(64)}.example`],
    ['a million characters', `ann@${'ü'.repeat(1_000_000)}`],
    ['a number', 5],
    ['a list of addresses', ['ann@x.example']],
    ['an object', { email: 'ann@x.example' }],
    ['null', null],
  ]);

  test('a plain name is read as the mapping of international names reads it', () => {
    const letter = fc.constantFrom(...'abzABZ019-.xnXN'.split(''));
    fc.assert(
      fc.property(fc.string({ unit: letter, maxLength: 70 }), (name) => {
        const mapped = toASCII(name, {
          useSTD3ASCIIRules: true,
          checkBidi: true,
          checkJoiners: true,
          verifyDNSLength: true,
        });
        const read = parseDomain(name);
        if (read !== null) expect(read).toBe(mapped);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a domain comes with those above it', () => {
    expect(parseKind(plainKind('recipient'), 'a@mail.Competitor.com')).toMatchObject({
      domain: 'mail.competitor.com',
      domainAndParents: ['mail.competitor.com', 'competitor.com', 'com'],
    });
  });

  test.each<[RecipientForm, JsonValue, string | null]>([
    ['phone', '+1 (555) 010-0199', '+15550100199'],
    ['phone', '+15550100199', '+15550100199'],
    ['phone', '5550100199', null],
    ['phone', '+1555010x199', null],
    ['phone', '+1555\u0660100199', null],
    ['phone', 15550100199, null],
    ['handle', '@Ann', 'ann'],
    ['handle', 'ann', 'ann'],
    ['handle', 'ann, eve', null],
    ['handle', '@@ann', null],
    ['handle', 'аnn', null],
    ['opaque', 'U02ABC', 'U02ABC'],
    ['opaque', 'u02abc', 'u02abc'],
    ['opaque', 4711, '4711'],
    ['opaque', ['U02ABC'], null],
  ])('of the form %s: %j', (form, value, key) => {
    expect(keyOf({ ...plainKind('recipient'), form }, value)).toBe(key);
  });
});

describe('sender', () => {
  test.each([
    ['ann@x.example', 'ann@x.example'],
    ['Ann Smith <ann@x.example>', 'ann@x.example'],
    ['"Smith, Ann" <Ann@X.example>', 'ann@x.example'],
    ['<ann@x.example>', 'ann@x.example'],
    ['=?utf-8?q?Ann?= <ann@x.example>', 'ann@x.example'],
    ['ceo@company.com <eve@evil.example>', 'eve@evil.example'],
    ['"ceo@company.com" <eve@evil.example> ', 'eve@evil.example'],
  ])('%s', (written, key) => {
    expect(keyOf('sender', written)).toBe(key);
  });

  refusesEach('sender', [
    ['two authors', 'Ann <ann@x.example>, Eve <eve@evil.example>'],
    ['two pairs of brackets', '<ann@company.com> <eve@evil.example>'],
    ['an author before the name', 'ann@company.com, Eve <eve@evil.example>'],
    ['a group', 'Friends: Ann <ann@x.example>'],
    ['a quote that ends elsewhere for others', '"Ann\\" <ann@x.example>'],
    ['a quote without an end', '"Ann <ann@x.example>'],
    ['something behind the address', 'Ann <ann@x.example> x'],
    ['a line break in the name', 'Ann\r\nFrom: ceo@company.com <eve@evil.example>'],
    ['spaces in the brackets', 'Ann < ann@x.example >'],
    ['nothing in the brackets', 'Ann <>'],
    ['a very long name', `${'a'.repeat(3_000)} <ann@x.example>`],
  ]);
});

test('a recipient in a result may stand with a name, in an argument never', () => {
  const written = 'Ann Smith <ann@x.example>';
  expect(parseReturned(plainKind('recipient'), written)).toMatchObject({ key: 'ann@x.example' });
  expect(keyOf('recipient', written)).toBeNull();
});

describe('url', () => {
  test.each([
    ['https://good.example', 'https://good.example/'],
    ['HTTPS://Good.Example:443/', 'https://good.example/'],
    ['http://good.example:80/a', 'http://good.example/a'],
    ['https://good.example:8443/a', 'https://good.example:8443/a'],
    ['https://good.example/a/./b/../c', 'https://good.example/a/c'],
    ['https://good.example/a/..', 'https://good.example/'],
    ['https://good.example/%7euser/%C3%BC', 'https://good.example/~user/%C3%BC'],
    ['https://good.example/\u00fc', 'https://good.example/%C3%BC'],
    ['https://good.example/%61dmin', 'https://good.example/admin'],
    ['https://good.example/a%252e', 'https://good.example/a%252e'],
    ['https://good.example/a?b=c#d', 'https://good.example/a?b=c'],
    ['https://good.example?x=@evil.example', 'https://good.example/?x=@evil.example'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
    ['http://127.0.0.1:3000/mcp', 'http://127.0.0.1:3000/mcp'],
    ['http://[::1]:3000/', 'http://[::1]:3000/'],
    ['http://localhost/', 'http://localhost/'],
    ['file:///srv/reports/../a.md', 'file:///srv/a.md'],
    ['memo://notes/1', 'memo://notes/1'],
    ['screen-shot://my_page/1', 'screen-shot://my_page/1'],
  ])('%s', (written, key) => {
    expect(keyOf('url', written)).toBe(key);
  });

  refusesEach('url', [
    ['user information', 'https://good.example@evil.example/'],
    ['user and password', 'https://user:secret@good.example/'],
    ['an empty user', 'https://@good.example/'],
    ['a backslash for a slash', 'https://evil.example\\@good.example/'],
    ['a backslash in the path', 'https://good.example/a\\..\\b'],
    ['backslashes after the scheme', 'https:\\\\good.example'],
    ['one slash', 'https:/good.example'],
    ['three slashes', 'https:///evil.example'],
    ['no slash', 'https:good.example'],
    ['no scheme', 'good.example/a'],
    ['two slashes and no scheme', '//good.example/a'],
    ['no network', 'mailto:ann@x.example'],
    ['script', 'javascript:alert(1)'],
    ['data', 'data:text/html,x'],
    ['a decimal IP', 'http://2130706433/'],
    ['a short IP', 'http://127.1/'],
    ['an octal IP', 'http://0177.0.0.1/'],
    ['a hexadecimal IP', 'http://0x7f000001/'],
    ['a hexadecimal part', 'http://127.0.0.0x1/'],
    ['a name that ends in a number', 'http://good.0x7f/'],
    ['zeros before', 'http://127.000.000.001/'],
    ['more than 255', 'http://256.0.0.1/'],
    ['five numbers', 'http://1.2.3.4.5/'],
    ['a dot behind an IP', 'http://127.0.0.1./'],
    ['full-width digits', 'http://１２７.0.0.1/'],
    ['IPv4 in IPv6', 'http://[::ffff:127.0.0.1]/'],
    ['IPv4 in IPv6, as groups', 'http://[::ffff:7f00:1]/'],
    ['IPv4 in compatible IPv6', 'http://[::7f00:1]/'],
    ['IPv6 written out', 'http://[0:0:0:0:0:0:0:1]/'],
    ['IPv6 with a zone', 'http://[fe80::1%25eth0]/'],
    ['a dot behind the host', 'https://good.example./'],
    ['a full-width dot', 'https://good．example/'],
    ['an ideographic dot', 'https://good。example/'],
    ['a full-width slash in the host', 'https://good.example／@evil.example'],
    ['a sign that becomes a/c', 'https://evil.℀.good.example/'],
    ['an encoded host', 'https://good%2eexample/'],
    ['a colon without a port', 'https://good.example:/'],
    ['a port that is none', 'https://good.example:99999/'],
    ['a port with letters', 'https://good.example:80a/'],
    ['an encoded slash', 'https://good.example/a%2f..%2fb'],
    ['encoded dots', 'https://good.example/a/%2e%2E/b'],
    ['a half-encoded climb', 'https://good.example/a/.%2e/b'],
    ['an encoded backslash', 'https://good.example/a%5c..%5cb'],
    ['an encoded zero', 'https://good.example/a%00b'],
    ['a climb above the root', 'https://good.example/../a'],
    ['a climb over an empty segment', 'https://good.example/a//../b'],
    ['a climb with parameters', 'https://good.example/a/..;x=1/b'],
    ['a climb with encoded parameters', 'https://good.example/a/..%3b/b'],
    ['a space', 'https://good.example/a b'],
    ['a space before', ' https://good.example/'],
    ['a tab in the host', 'https://go\tod.example/'],
    ['a line break', 'https://good.example/\nHost: evil.example'],
    ['zero width in the host', 'https://go\u200bod.example/'],
    ['zero width in the path', 'https://good.example/a\u200bb'],
    ['another direction', 'https://good.example/\u202emoc.elpmaxe'],
    ['a NUL', 'https://good.example/\0'],
    ['a million characters', `https://good.example/${'a'.repeat(1_000_000)}`],
    ['a number', 5],
    ['nothing', ''],
  ]);

  test('hosts that look alike are not', () => {
    expect(keyOf('url', 'https://pаypal.example/')).not.toBe(
      keyOf('url', 'https://paypal.example/'),
    );
  });

  test('what it accepts of the network, the platform’s reader finds at the same host and port', () => {
    const piece = fc.constantFrom(
      'a',
      'Good',
      '.',
      ':',
      '/',
      '@',
      '\\',
      '?',
      '#',
      '%2e',
      '%',
      '[',
      ']',
      '::1',
      '1',
      '0x1',
      '127.0.0.1',
      '80',
      '..',
      ';',
      'ü',
      '。',
      '-',
      'xn--',
    );
    fc.assert(
      fc.property(
        fc.constantFrom('http://', 'https://', 'wss://', 'http:/', 'ftp://'),
        fc.array(piece, { maxLength: 9 }),
        (scheme, pieces) => {
          const text = scheme + pieces.join('');
          const parsed = parseKind(plainKind('url'), text);
          if (parsed.type !== 'url') return;
          const url = new URL(text);
          expect(parsed.host).toBe(url.hostname);
          expect(url.username + url.password).toBe('');
          expect(keyOf('url', parsed.key)).toBe(parsed.key);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});

describe('path', () => {
  test.each([
    ['/srv/reports', '/srv/reports'],
    ['/srv//reports/./a/', '/srv/reports/a'],
    ['/srv/reports/../secret', '/srv/secret'],
    ['a/b', 'a/b'],
    ['./a', 'a'],
    ['a/..', '.'],
    ['/', '/'],
    ['...', '...'],
    ['a b.md', 'a b.md'],
    ['Cafe\u0301', 'Caf\u00e9'],
    ['//evil/share', '/evil/share'],
  ])('%s', (written, key) => {
    expect(keyOf('path', written)).toBe(key);
  });

  test('a path from the root is not one from here', () => {
    expect(keyOf('path', '/a')).not.toBe(keyOf('path', 'a'));
    expect(parseKind(plainKind('path'), '/srv/a')).toMatchObject({
      absolute: true,
      segments: ['srv', 'a'],
    });
    expect(parseKind(plainKind('path'), 'srv')).toMatchObject({ absolute: false });
  });

  refusesEach('path', [
    ['a climb above the root', '/../etc/passwd'],
    ['a climb above the root, later', '/srv/../../etc'],
    ['a climb above where it starts', '../a'],
    ['a climb above where it starts, later', 'a/../../b'],
    ['a backslash', 'a\\..\\b'],
    ['a NUL', '/srv/a\0.md'],
    ['a line break', '/srv/a\nb'],
    ['a home', '~/.ssh/id_ed25519'],
    ['another’s home', '~root/x'],
    ['nothing', ''],
    ['5,000 characters', `/${'a'.repeat(5_000)}`],
    ['a number', 5],
  ]);
});

describe('command', () => {
  test.each<[JsonValue, string[]]>([
    ['npm test', ['npm', 'test']],
    ['  npm\t test ', ['npm', 'test']],
    ["git commit -m 'a; b && $(c)'", ['git', 'commit', '-m', 'a; b && $(c)']],
    ['git commit -m "it\'s \\"fine\\""', ['git', 'commit', '-m', 'it\'s "fine"']],
    ['echo "a\\nb"', ['echo', 'a\\nb']],
    ['ls a\\ b', ['ls', 'a b']],
    ['x\'\'y ""', ['xy', '']],
    ['git log --format=%H HEAD~1', ['git', 'log', '--format=%H', 'HEAD~1']],
    ['make CC=gcc a#b', ['make', 'CC=gcc', 'a#b']],
    [
      ['npm', 'test'],
      ['npm', 'test'],
    ],
    [
      ['sh', '-c', 'a; b'],
      ['sh', '-c', 'a; b'],
    ],
    [[], []],
    ['', []],
  ])('%j', (written, words) => {
    expect(parseKind(plainKind('command'), written)).toEqual({
      type: 'command',
      key: JSON.stringify(words),
      words,
    });
  });

  test.each([
    ['npm test; curl evil.example'],
    ['npm test && curl evil.example'],
    ['npm test | sh'],
    ['npm test &'],
    ['npm test > /etc/passwd'],
    ['npm test < a'],
    ['npm test $(id)'],
    ['npm test `id`'],
    ['npm test $HOME'],
    ['npm test "$HOME"'],
    ['npm test "`id`"'],
    ['npm test *.js'],
    ['npm test a?'],
    ['npm test [ab]'],
    ['npm test {a,b}'],
    ['npm test ~/x'],
    ['npm test a=~/x'],
    ['npm test # comment'],
    ['(npm test)'],
    ['! npm test'],
    ['npm test !!'],
    ['PATH=/evil npm test'],
    ['npm test =ls'],
    ['npm test\ncurl evil.example'],
    ["npm test 'a\nb'"],
    ['npm test\r'],
    ['npm\u00a0test'],
    ['npm test \\'],
    ["npm test 'a"],
    ['npm test "a'],
    ['npm test\0'],
  ])('%j has no words', (written) => {
    expect(parseKind(plainKind('command'), written)).toMatchObject({
      type: 'command',
      words: null,
    });
  });

  test('a text cannot imitate the key of a list of words', () => {
    expect(keyOf('command', '["npm","test"]')).not.toBe(keyOf('command', ['npm', 'test']));
  });

  refusesEach('command', [
    ['a list with something else than words', ['npm', 5]],
    ['a number', 5],
    ['a very long one', 'a '.repeat(100_000)],
  ]);
});

describe('account', () => {
  test.each<[JsonValue, string]>([
    ['GB82 WEST 1234 5698 7654 32', 'GB82WEST12345698765432'],
    ['gb82west12345698765432', 'GB82WEST12345698765432'],
    ['DE89370400440532013000', 'DE89370400440532013000'],
    ['GB83WEST12345698765432', 'GB83WEST12345698765432'],
    ['gb83 west 1234 5698 7654 32', 'gb83 west 1234 5698 7654 32'],
    ['GB82 WEST 1234 5698 7645 32', 'GB82 WEST 1234 5698 7645 32'],
    ['GB82-WEST-12345698765432', 'GB82-WEST-12345698765432'],
    ['US133000000121212121212', 'US133000000121212121212'],
    ['acct_1', 'acct_1'],
    ['ACCT_1', 'ACCT_1'],
    [12345, '12345'],
  ])('%j', (written, key) => {
    expect(keyOf('account', written)).toBe(key);
  });

  test('a letter that only upper-casing makes an I is no I', () => {
    const dotted = 'LI21088100002324013AA';
    expect(keyOf('account', dotted)).toBe(dotted);
    expect(keyOf('account', dotted.replace('I', '\u0131'))).not.toBe(dotted);
  });
});

describe('amount', () => {
  const amount = (currency: string | null, unitDigits: number | null): Kind => ({
    ...plainKind('amount'),
    currency,
    unitDigits,
  });

  test.each<[string, number | null, JsonValue, number]>([
    ['USD', 2, 5000, 5000],
    ['USD', 0, 50, 5000],
    ['USD', 0, 50.25, 5025],
    ['USD', 0, 0.1, 10],
    ['USD', 0, '19.99', 1999],
    ['USD', null, 5, 500],
    ['USD', 2, 0, 0],
    ['JPY', 0, 500, 500],
    ['JPY', 2, 50_000, 500],
    ['KWD', 3, 1_500, 1_500],
    ['KWD', 0, 1.5, 1_500],
    ['USD', 4, 12_300, 123],
    ['USD', 6, 0, 0],
  ])('%s with %j digits: %j', (currency, unitDigits, value, minor) => {
    expect(parseKind(amount(currency, unitDigits), value)).toEqual({
      type: 'amount',
      key: `${currency} ${minor}`,
      minor,
      currency,
    });
  });

  test.each<[string | null, number | null, JsonValue]>([
    ['USD', 2, -1],
    ['USD', 2, 0.5],
    ['USD', 0, 0.001],
    ['USD', 0, 0.30000000000000004],
    ['USD', 0, 1e-7],
    ['USD', 2, 1e21],
    ['USD', 0, 9_007_199_254_740_991],
    ['USD', 4, 12_345],
    ['USD', 6, 5],
    ['JPY', 0, 0.5],
    ['USD', 0, '1,000'],
    ['USD', 0, '1e3'],
    ['USD', 0, ' 5'],
    ['USD', 0, '05'],
    ['USD', 0, '+5'],
    ['USD', 0, '$5'],
    ['USD', 0, '٥'],
    ['USD', 0, ''],
    ['USD', 0, Number.NaN],
    ['USD', 0, Number.POSITIVE_INFINITY],
    ['USD', 0, null],
    ['USD', 0, [5]],
    ['USD', 0, true],
    ['XXX', 0, 5],
    [null, 0, 5],
  ])('%s with %j digits refuses %j', (currency, unitDigits, value) => {
    expect(keyOf(amount(currency, unitDigits), value)).toBeNull();
  });
});

describe('the rest', () => {
  test.each<[KindName, JsonValue, string | null]>([
    ['folder', 'inbox', 'INBOX'],
    ['folder', 'InBox', 'INBOX'],
    ['folder', '\u0131nbox', '\u0131nbox'],
    ['folder', 'INBOX/Finance', 'INBOX/Finance'],
    ['folder', 'Finance', 'Finance'],
    ['folder', 'finance', 'finance'],
    ['folder', 'Finance ', 'Finance '],
    ['folder', 'INBOX\r\nA1 DELETE x', null],
    ['folder', 5, null],
    ['identifier', 'Abc', 'Abc'],
    ['identifier', '5', '5'],
    ['identifier', 5, '5'],
    ['identifier', true, 'true'],
    ['identifier', null, null],
    ['identifier', { id: 5 }, null],
    ['object.order', 'o-1', 'o-1'],
    ['number', 5.5, '5.5'],
    ['number', -0, '0'],
    ['number', '5', null],
    ['number', Number.NaN, null],
    ['flag', true, 'true'],
    ['flag', 'true', null],
    ['flag', 1, null],
    ['date', '2026-11-21T10:00:00Z', '2026-11-21T10:00:00Z'],
    ['date', 1_795_000_000, '1795000000'],
    ['content', ' any\ntext ', ' any\ntext '],
    ['query', 'a'.repeat(2_000_000), null],
  ])('%s: %j', (kind, value, key) => {
    expect(keyOf(kind, value)).toBe(key);
  });
});

test('every kind reads or refuses anything, in words that quote nothing of it', () => {
  const kinds = fc.record({
    name: fc.constantFrom<KindName>(...kindNames, 'object.order'),
    form: fc.constantFrom<RecipientForm>('email', 'phone', 'handle', 'opaque'),
    absentIsNone: fc.boolean(),
    linksIgnored: fc.boolean(),
    dialect: fc.constantFrom('postgresql', null),
    unitDigits: fc.option(fc.integer({ min: 0, max: 8 })),
    currency: fc.option(fc.constantFrom('USD', 'JPY', 'KWD', 'XXX')),
  });
  fc.assert(
    fc.property(
      kinds,
      fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' }), fc.emailAddress(), fc.webUrl()),
      (kind, value) => {
        const json: JsonValue = JSON.parse(JSON.stringify(value));
        const parsed = parseKind(kind, json);
        if (parsed.type === 'unparsable') expect(parsed.reason).toMatch(/^[a-z][a-zA-Z0-9 ,-]+$/);
        else expect(typeof parsed.key).toBe('string');
      },
    ),
    { numRuns: 2_000 },
  );
});
