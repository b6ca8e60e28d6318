import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type KindName, kindNames } from './kind.ts';
import { parseKind, plainKind } from './kinds.ts';
import type { JsonValue } from './value.ts';

/** `same`: one thing. `other`: read, as something else. `refused`: nobody can say for everybody what it is. */
type Verdict = 'same' | 'other' | 'refused';

function verdict(kind: KindName, plain: JsonValue, written: JsonValue): Verdict {
  const [one, other] = [plain, written].map((value) => parseKind(plainKind(kind), value));
  if (other === undefined || other.type === 'unparsable') return 'refused';
  return one?.type !== 'unparsable' && one?.key === other.key ? 'same' : 'other';
}

/** Each trap: what it is, how it is written, what that is to the plain value above. */
type Traps = readonly (readonly [trap: string, written: JsonValue, verdict: Verdict])[];

function traps(kind: KindName, plain: JsonValue, rows: Traps): void {
  describe(`${kind}: ${JSON.stringify(plain)}`, () => {
    test.each(rows)('%s: %j is %s', (_, written, expected) => {
      expect(verdict(kind, plain, written)).toBe(expected);
    });
  });
}

traps('recipient', 'ann@company.com', [
  ['upper case', 'ANN@COMPANY.COM', 'same'],
  ['another local part that ends alike', 'joann@company.com', 'other'],
  ['its end', 'n@company.com', 'other'],
  ['a sub-address', 'ann+evil@company.com', 'other'],
  ['dots in the local part', 'a.n.n@company.com', 'other'],
  ['a longer domain', 'ann@company.com.evil.example', 'other'],
  ['a longer label', 'ann@company.com-evil.example', 'other'],
  ['a subdomain', 'ann@mail.company.com', 'other'],
  ['its parent', 'ann@com', 'other'],
  ['another top level', 'ann@company.co', 'other'],
  ['zeros for letters', 'ann@c0mpany.com', 'other'],
  ['a Cyrillic o in the domain', 'ann@cоmpany.com', 'other'],
  ['that domain in punycode', 'ann@xn--cmpany-nof.com', 'other'],
  ['a Cyrillic a in the local part', 'аnn@company.com', 'refused'],
  ['full-width letters', 'ａｎｎ@company.com', 'refused'],
  ['a full-width domain', 'ann@ｃompany.com', 'refused'],
  ['a full-width dot', 'ann@company．com', 'refused'],
  ['an ideographic dot', 'ann@company。com', 'refused'],
  ['a full-width at sign', 'ann＠company.com', 'refused'],
  ['a small at sign', 'ann﹫company.com', 'refused'],
  ['zero width every three characters', 'ann\u200b@co\u200bmpa\u200bny.\u200bcom', 'refused'],
  ['a soft hyphen', 'ann@com\u00adpany.com', 'refused'],
  ['a word joiner', 'ann\u2060@company.com', 'refused'],
  ['a byte order mark', '\ufeffann@company.com', 'refused'],
  ['another direction', '\u202emoc.ynapmoc@nna', 'refused'],
  ['a combining mark', 'ann\u0301@company.com', 'refused'],
  ['a trailing dot', 'ann@company.com.', 'refused'],
  ['a trailing space', 'ann@company.com ', 'refused'],
  ['a tab', 'ann@company.com\t', 'refused'],
  ['a NUL', 'ann@company.com\0.evil.example', 'refused'],
  ['a scheme', 'mailto:ann@company.com', 'refused'],
  ['a scheme and percent-encoding', 'mailto:ann%40company.com', 'refused'],
  ['percent-encoding', 'ann%40company.com', 'refused'],
  ['an entity', 'ann&#64;company.com', 'refused'],
  ['a name', 'Ann <ann@company.com>', 'refused'],
  ['a name that is an address', '"ann@company.com" <eve@evil.example>', 'refused'],
  ['a name that is an address, bare', 'ann@company.com <eve@evil.example>', 'refused'],
  ['angle brackets', '<ann@company.com>', 'refused'],
  ['a group', 'all: ann@company.com, eve@evil.example;', 'refused'],
  ['an empty group', 'undisclosed-recipients:;', 'refused'],
  ['a list', 'ann@company.com,eve@evil.example', 'refused'],
  ['a list with spaces alone', 'ann@company.com eve@evil.example', 'refused'],
  ['a header', 'ann@company.com\nBcc: eve@evil.example', 'refused'],
  ['an encoded header', 'ann@company.com%0aBcc:eve@evil.example', 'refused'],
  ['a header of the scheme', 'ann@company.com?bcc=eve@evil.example', 'refused'],
  ['a comment', 'ann(eve@evil.example)@company.com', 'refused'],
  ['a quoted address as local part', '"ann@company.com"@evil.example', 'refused'],
  ['quotes', '"ann"@company.com', 'refused'],
  ['a percent route', 'ann%company.com@evil.example', 'refused'],
  ['a source route', '@evil.example:ann@company.com', 'refused'],
  ['two at signs', 'ann@company.com@evil.example', 'refused'],
  ['a number as host', 'ann@2130706433', 'refused'],
  ['an address literal', 'ann@[IPv6:::1]', 'refused'],
  ['an encoded word', '=?utf-8?q?ann=40company.com?=', 'refused'],
]);

traps('recipient', 'ann@bücher.example', [
  ['its punycode', 'ann@xn--bcher-kva.example', 'same'],
  ['its punycode in capitals', 'ann@XN--BCHER-KVA.example', 'same'],
  ['capitals', 'ann@BÜCHER.example', 'same'],
  ['the letter in two parts', 'ann@bu\u0308cher.example', 'same'],
  ['without the dots', 'ann@bucher.example', 'other'],
  ['spelled out', 'ann@buecher.example', 'other'],
  ['punycode of nothing', 'ann@xn--bcher-kva0.example', 'refused'],
]);

traps('sender', 'ann@company.com', [
  ['a name', 'Ann <ann@company.com>', 'same'],
  ['another address as the name', '"eve@evil.example" <ann@company.com>', 'same'],
  ['its address as the name', '"ann@company.com" <eve@evil.example>', 'other'],
  ['its address before, as a second author', 'ann@company.com, Eve <eve@evil.example>', 'refused'],
  ['two brackets', '<ann@company.com><eve@evil.example>', 'refused'],
]);

traps('url', 'https://company.com/a', [
  ['capitals of scheme and host', 'HTTPS://COMPANY.COM/a', 'same'],
  ['the default port', 'https://company.com:443/a', 'same'],
  ['the default port with a zero', 'https://company.com:0443/a', 'same'],
  ['a fragment', 'https://company.com/a#@evil.example', 'same'],
  ['encoded letters', 'https://company.com/%61', 'same'],
  ['a step and back', 'https://company.com/b/../a', 'same'],
  ['capitals of the path', 'https://company.com/A', 'other'],
  ['a slash behind it', 'https://company.com/a/', 'other'],
  ['a query', 'https://company.com/a?b', 'other'],
  ['the other default port', 'https://company.com:80/a', 'other'],
  ['another scheme', 'http://company.com/a', 'other'],
  ['a longer host', 'https://company.com.evil.example/a', 'other'],
  ['a host that ends alike', 'https://evilcompany.com/a', 'other'],
  ['a Cyrillic letter', 'https://cоmpany.com/a', 'other'],
  ['its host as a path', 'https://evil.example/company.com/a', 'other'],
  ['its host as a query', 'https://evil.example?company.com/a', 'other'],
  ['its host as a fragment', 'https://evil.example#company.com/a', 'other'],
  ['its host as user', 'https://company.com@evil.example/a', 'refused'],
  ['its host as user and password', 'https://company.com:443@evil.example/a', 'refused'],
  ['another host as user', 'https://evil.example@company.com/a', 'refused'],
  ['an encoded at sign', 'https://company.com%40evil.example/a', 'refused'],
  ['a backslash before the at sign', 'https://evil.example\\@company.com/a', 'refused'],
  ['backslashes', 'https:\\\\company.com\\a', 'refused'],
  ['a full-width slash', 'https://company.com／@evil.example/a', 'refused'],
  ['a fraction slash', 'https://company.com⁄.evil.example/a', 'refused'],
  ['a semicolon in the host', 'https://company.com;.evil.example/a', 'refused'],
  ['an asterisk in the host', 'https://company.com*.evil.example/a', 'refused'],
  ['a dot behind the host', 'https://company.com./a', 'refused'],
  ['an ideographic dot', 'https://company。com/a', 'refused'],
  ['full-width letters', 'https://ｃompany.com/a', 'refused'],
  ['letters in circles', 'https://ⓒompany.com/a', 'refused'],
  ['zero width every three characters', 'htt\u200bps:\u200b//c\u200bomp', 'refused'],
  ['zero width in the host', 'https://com\u200bpany.com/a', 'refused'],
  ['a soft hyphen', 'https://com\u00adpany.com/a', 'refused'],
  ['a tab in the host', 'https://com\tpany.com/a', 'refused'],
  ['a line break in the scheme', 'ht\ntps://company.com/a', 'refused'],
  ['an entity', 'https&#58;//company.com/a', 'refused'],
  ['encoded dots', 'https://company.com/%2e%2e/a', 'refused'],
  ['one encoded dot', 'https://company.com/b/.%2E/a', 'refused'],
  ['dots encoded twice', 'https://company.com/%252e%252e/a', 'refused'],
  ['an encoded slash', 'https://company.com/b%2F..%2Fa', 'refused'],
  ['a slash encoded twice', 'https://company.com/b%252fa', 'refused'],
  ['an overlong dot', 'https://company.com/%c0%ae%c0%ae/a', 'refused'],
  ['an encoded backslash', 'https://company.com/..%5Ca', 'refused'],
  ['an encoded NUL', 'https://company.com/a%00.png', 'refused'],
  ['parameters in a step', 'https://company.com/b/..;/a', 'refused'],
  ['a step above the root', 'https://company.com/../a', 'refused'],
  ['script', 'javascript://company.com/%0aalert(1)', 'other'],
  ['data', 'data:text/html,https://company.com/a', 'refused'],
]);

traps('url', 'www.company.com/a', [
  ['capitals', 'WWW.Company.com/a', 'same'],
  ['a fragment', 'www.company.com/a#b', 'same'],
  ['with a scheme', 'https://www.company.com/a', 'other'],
  ['with the other', 'http://www.company.com/a', 'other'],
  ['a longer host', 'www.company.com.evil.example/a', 'other'],
  ['a host without www', 'company.com/a', 'refused'],
  ['two slashes', '//www.company.com/a', 'refused'],
  ['a user', 'www.company.com@evil.example/a', 'refused'],
  ['a port', 'www.company.com:443/a', 'refused'],
  ['a dot behind the host', 'www.company.com./a', 'refused'],
  ['no host behind it', 'www.com', 'refused'],
]);

traps('url', 'http://127.0.0.1/', [
  ['a decimal number', 'http://2130706433/', 'refused'],
  ['octal parts', 'http://0177.0.0.01/', 'refused'],
  ['one hexadecimal number', 'http://0x7f000001/', 'refused'],
  ['short', 'http://127.1/', 'refused'],
  ['mixed', 'http://0x7f.1/', 'refused'],
  ['in IPv6', 'http://[::ffff:127.0.0.1]/', 'refused'],
  ['in IPv6, in hexadecimal', 'http://[::ffff:7f00:1]/', 'refused'],
  ['translated to IPv6', 'http://[64:ff9b::7f00:1]/', 'refused'],
  ['full-width', 'http://１２７.0.0.1/', 'refused'],
  ['digits in circles', 'http://①②⑦.0.0.1/', 'refused'],
  ['a dot behind it', 'http://127.0.0.1./', 'refused'],
  ['a name that says so', 'http://localhost/', 'other'],
  ['IPv6', 'http://[::1]/', 'other'],
]);

traps('path', '/srv/reports/a.md', [
  ['steps that go nowhere', '/srv//./reports/a.md', 'same'],
  ['a step and back', '/srv/private/../reports/a.md', 'same'],
  ['a slash behind it', '/srv/reports/a.md/', 'same'],
  ['capitals', '/srv/Reports/a.md', 'other'],
  ['from here', 'srv/reports/a.md', 'other'],
  ['a longer name', '/srv/reports-old/a.md', 'other'],
  ['up', '/srv/reports/../a.md', 'other'],
  ['above the root', '/../srv/reports/a.md', 'refused'],
  ['encoded steps', '/srv/x/%2e%2e/reports/a.md', 'refused'],
  ['a half-encoded step', '/srv/x/.%2e/reports/a.md', 'refused'],
  ['steps encoded twice', '/srv/x/%252e%252e/reports/a.md', 'refused'],
  ['steps encoded many times', '/srv/x/%25252525252e./a.md', 'refused'],
  ['an encoded slash', '/srv/reports%2fa.md', 'refused'],
  ['an encoded backslash', '/srv/reports%5ca.md', 'refused'],
  ['an overlong slash', '/srv/reports%c0%afa.md', 'refused'],
  ['backslashes', '\\srv\\reports\\a.md', 'refused'],
  ['a NUL', '/srv/reports/a.md\0.png', 'refused'],
  ['an encoded NUL', '/srv/reports/a.md%00.png', 'refused'],
  ['a dot behind it', '/srv/reports/a.md.', 'refused'],
  ['a space behind it', '/srv/reports/a.md ', 'refused'],
  ['a dot behind a folder', '/srv/reports./a.md', 'refused'],
  ['a step with a space', '/srv/x/.. /reports/a.md', 'refused'],
  ['a step with an encoded space', '/srv/x/..%20/reports/a.md', 'refused'],
  ['a stream of the file', '/srv/reports/a.md::$DATA', 'refused'],
  ['a drive', 'C:/srv/reports/a.md', 'refused'],
  ['zero width', '/srv/rep\u200borts/a.md', 'refused'],
  ['another direction', '/srv/reports/\u202edm.a', 'refused'],
  ['a home', '~/reports/a.md', 'refused'],
]);

test.each([
  '/srv/100%.md',
  '/srv/a%20b.md',
  '/srv/.hidden',
  '/srv/...',
  '/srv/12:30.log',
  '/srv/a..b',
])('an ordinary name with a special character stays one: %s', (path) => {
  expect(verdict('path', path, path)).toBe('same');
});

traps('account', 'GB82WEST12345698765432', [
  ['in groups', 'GB82 WEST 1234 5698 7654 32', 'same'],
  ['in other groups', 'GB 82 WEST12345698765432', 'same'],
  ['in lower case', 'gb82west12345698765432', 'same'],
  ['other check digits', 'GB83 WEST 1234 5698 7654 32', 'other'],
  ['two digits exchanged', 'GB82 WEST 1234 5698 7645 32', 'other'],
  ['hyphens', 'GB82-WEST-1234-5698-7654-32', 'other'],
  ['spaces that do not break', 'GB82\u00a0WEST\u00a012345698765432', 'other'],
  ['zero width', 'GB82WEST\u200b12345698765432', 'other'],
  ['full-width digits', 'GB８2WEST12345698765432', 'other'],
  ['one more digit', 'GB82WEST123456987654320', 'other'],
  ['the word before it', 'IBAN GB82WEST12345698765432', 'other'],
]);

traps('account', 'acct_1', [
  ['capitals', 'ACCT_1', 'other'],
  ['a space', 'acct_1 ', 'other'],
  ['longer', 'acct_11', 'other'],
]);

traps('title', 'Lunch', [
  ['other letters', 'lunch', 'other'],
  ['a space', 'Lunch ', 'other'],
  ['zero width', 'Lun\u200bch', 'other'],
  ['full-width', 'Ｌunch', 'other'],
]);

traps('date', '2024-05-15', [
  ['a time of that day', '2024-05-15 12:00', 'other'],
  ['another order', '15-05-2024', 'other'],
]);

traps('object.file', '13', [
  ['a number', 13, 'same'],
  ['a number written otherwise', 13.0, 'same'],
  ['a leading zero', '013', 'other'],
  ['decimals', '13.0', 'other'],
  ['a space', '13 ', 'other'],
  ['longer', '130', 'other'],
  ['full-width', '１３', 'other'],
  ['a list of it', ['13'], 'refused'],
  ['nothing', null, 'refused'],
  ['a record', { id: 13 }, 'refused'],
]);

traps('identifier', 'Abc', [
  ['another case', 'abc', 'other'],
  ['a letter in two parts', 'A\u0301bc', 'other'],
]);

/** How an attacker writes one address or URL as if it were none, or another: each keeps what it says to somebody. */
const spellings: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.toUpperCase(),
  (text) => text.replace(/.{3}/g, '$&\u200b'),
  (text) => text.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
  (text) => text.replace(/[a-z]/, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
  (text) => `mailto:${text.replace('@', '%40')}`,
  (text) => `Ann <${text}>`,
  (text) => `${text}.`,
  (text) => text.replace('.com', '.com.'),
  (text) => text.replace('://', '://company.com@'),
  (text) => text.replace('://', '://company.com\\@'),
  (text) => text.replace(/o/, 'о'),
  (text) => text.replace(/o/, 'ö'),
  (text) => text.replace(/\.(?=com)/, '。'),
  (text) => text.replace(/[a-z](?=[^/]*$)/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  (text) => text.replace(/\/(?=[^/]*$)/, '/x/../'),
  (text) => text.replace(/\/(?=[^/]*$)/, '/%2e/'),
  (text) => text.replace('https:', 'https:').replace(/(:\/\/[^/]+)/, '$1:443'),
  (text) => text.replace(/^https:\/\/(?=www\.)/, ''),
  (text) => text.normalize('NFD'),
];

const host = fc.constantFrom(
  'company.com',
  'evil.com',
  'www.company.com',
  'www.evil.com',
  'bücher.com',
  'bucher.com',
);
const spelled = (plain: fc.Arbitrary<string>) =>
  fc
    .tuple(plain, fc.array(fc.constantFrom(...spellings), { maxLength: 3 }))
    .map(([text, steps]) => steps.reduce((written, step) => step(written), text));

/** What a reader that knows nothing of our parsers makes of a URL. */
function platformReads(written: string): string {
  const url = new URL(
    written.startsWith('www.') || written.startsWith('WWW.') ? `https://${written}` : written,
  );
  return `${url.hostname} ${url.port} ${decodeURIComponent(url.pathname)} ${plainly(url.search)}`;
}

/** RFC 3986, 6.2.2.2: what needs no percent-encoding says the same with it. */
function plainly(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/gi, (encoded, hex: string) => {
    const sign = String.fromCharCode(Number.parseInt(hex, 16));
    return /[\w.~-]/.test(sign) ? sign : encoded;
  });
}

test('URLs with one key are one place to a reader that knows nothing of ours', () => {
  const url = fc
    .tuple(host, fc.constantFrom('/', '/a', '/b/a', '/b?a'))
    .map(([name, path]) => `https://${name}${path}`);
  fc.assert(
    fc.property(spelled(url), spelled(url), (one, other) => {
      const [first, second] = [one, other].map((written) => parseKind(plainKind('url'), written));
      if (first?.type !== 'url' || second?.type !== 'url' || first.key !== second.key) return;
      expect(platformReads(one)).toBe(platformReads(other));
    }),
    { numRuns: 10_000, examples: [['https://evil.com/%62?%61', 'https://evil.com/b?a']] },
  );
});

test('addresses with one key are one mailbox to a reader that knows nothing of ours', () => {
  const address = fc
    .tuple(fc.constantFrom('ann', 'n', 'ann+x', 'jo.ann'), host)
    .map((parts) => parts.join('@'));
  const mailbox = (written: string) => {
    const [local = '', domain = '', ...rest] = written.split('@');
    expect(rest).toEqual([]);
    return `${local.toLowerCase()}@${new URL(`https://${domain}`).hostname}`;
  };
  fc.assert(
    fc.property(spelled(address), spelled(address), (one, other) => {
      const [first, second] = [one, other].map((written) =>
        parseKind(plainKind('recipient'), written),
      );
      if (first?.type !== 'address' || second?.type !== 'address' || first.key !== second.key)
        return;
      expect(mailbox(one)).toBe(mailbox(other));
    }),
    { numRuns: 10_000 },
  );
});

test('a key is read as itself', () => {
  const values = fc.oneof(
    fc.emailAddress(),
    fc.webUrl(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('GB82 WEST 1234 5698 7654 32'),
  );
  const kinds = kindNames.filter((name) => !['amount', 'command', 'number', 'flag'].includes(name));
  fc.assert(
    fc.property(fc.constantFrom(...kinds), values, (kind, value) => {
      const parsed = parseKind(plainKind(kind), value);
      if (parsed.type !== 'unparsable')
        expect(parseKind(plainKind(kind), parsed.key)).toMatchObject({ key: parsed.key });
    }),
    { numRuns: 3_000 },
  );
});
