/** Values of arguments, by their kinds. Each is read to one spelling, and that spelling is read to itself. */
import type { Kind, KindName, Parsed } from '../../../src/content/kind.ts';
import { parseKind, parseReturned, plainKind } from '../../../src/content/kinds.ts';
import { must, type Target } from '../target.ts';

type OfType<Type extends Parsed['type']> = Extract<Parsed, { type: Type }>;

/** The same value, read again from how it is compared. */
function readAgain(kind: Kind, parsed: Parsed, spelled: string): void {
  const again = parseKind(kind, spelled);
  must(
    again.type === parsed.type && again.key === parsed.key,
    'the key of a value reads as another value',
  );
}

function kindTarget<Type extends Parsed['type']>(
  name: KindName,
  type: Type,
  options: Partial<Kind>,
  rest: Pick<Target, 'seeds' | 'dictionary'>,
  check: (parsed: OfType<Type>, kind: Kind, input: string) => string,
): Target {
  const kind = { ...plainKind(name), ...options };
  const isOfType = (parsed: Parsed): parsed is OfType<Type> => parsed.type === type;
  return {
    name: `kind-${name}`,
    alphabet: 'text',
    lengthMax: 400,
    roundsInTest: 4_000,
    ...rest,
    check(input) {
      // Total for results, too, where other spellings are read.
      parseReturned(kind, input);
      const parsed = parseKind(kind, input);
      if (parsed.type === 'unparsable') {
        must(input.length < 8 || !parsed.reason.includes(input), 'a reason quotes the value');
        return parsed.reason;
      }
      must(isOfType(parsed), `a ${name} reads as ${parsed.type}`);
      return check(parsed, kind, input);
    },
  };
}

export const kindTargets: readonly Target[] = [
  kindTarget(
    'recipient',
    'address',
    {},
    {
      seeds: [
        'ann@customer.example',
        'Ann+x@Customer.Example',
        'a@xn--bcher-kva.example',
        'a@bücher.example',
        '"a b"@c.example',
        'Ann <ann@c.example>',
      ],
      dictionary: [
        '@',
        '.',
        '..',
        '<',
        '>',
        ',',
        ';',
        '"',
        '(',
        '%',
        '!',
        'xn--',
        '\u200b',
        '\u212a',
        '。',
        '．',
        'ａ',
        'ß',
        '[127.0.0.1]',
        '-',
        'example',
      ],
    },
    (parsed, kind, input) => {
      readAgain(kind, parsed, parsed.key);
      must(/^[\x21-\x7e]+$/.test(parsed.key), 'an address that is not plain ASCII');
      must(parsed.key.split('@').length === 2, 'an address with more than one @');
      must(parsed.key.endsWith(`@${parsed.domain}`), 'a domain that is not the end of its address');
      must(parsed.domainAndParents[0] === parsed.domain, 'parents that begin elsewhere');
      return `address ${parsed.domainAndParents.length} ${input === parsed.key}`;
    },
  ),
  kindTarget(
    'url',
    'url',
    {},
    {
      seeds: [
        'https://good.example/a/../b?q=1#f',
        'http://127.0.0.1:8080/',
        'https://[2001:db8::1]/x',
        'file:///srv/report',
        'HTTPS://Good.Example:443',
        'memo://notes/1',
        'https://bücher.example/%7Ea/ä',
        'www.good.example/a?b',
      ],
      dictionary: [
        '@',
        ':',
        '//',
        '\\',
        '%2e',
        '%2F',
        '%00',
        '%25',
        'www.',
        '..',
        '/../',
        '/./',
        ';',
        '..;',
        '?',
        '#',
        '[::1]',
        '[::ffff:1.2.3.4]',
        '0x7f.1',
        '2130706433',
        '127.1',
        'evil.example',
        '\t',
        '\u200b',
        '。',
        ':443',
        ':99999',
        'xn--',
      ],
    },
    (parsed, kind, input) => {
      readAgain(kind, parsed, parsed.key);
      must(/^[\x21-\x7e]+$/.test(parsed.key), 'a URL that is not plain ASCII');
      must(!parsed.path.split('/').includes('..'), 'a path that climbs');
      if (parsed.scheme === 'https' || parsed.scheme === 'http') {
        const platform = new URL(input);
        must(platform.hostname === parsed.host, 'another host than the platform finds');
        must(new URL(parsed.key).host === platform.host, 'another place than the platform finds');
      }
      return `${/^(?:https?|file|memo|)$/.test(parsed.scheme) ? parsed.scheme : 'other'} ${parsed.port === 0} ${parsed.path.length > 1}`;
    },
  ),
  kindTarget(
    'path',
    'path',
    {},
    {
      seeds: ['/srv/a/../b', 'a/./b//c', '/', '.', '..', '~/x', '/srv/é'],
      dictionary: ['/', '//', '.', '..', '/../', '\\', '~', '\0', 'e\u0301', '\u2024', '%2e', 'C:'],
    },
    (parsed, kind) => {
      // `./~` is a name, and `~` alone somebody's home.
      readAgain(kind, parsed, parsed.absolute ? parsed.key : `./${parsed.key}`);
      must(
        !parsed.segments.some(
          (segment) =>
            segment === '..' || segment === '.' || segment === '' || segment.includes('/'),
        ),
        'a segment that is none',
      );
      return `${parsed.absolute} ${Math.min(3, parsed.segments.length)}`;
    },
  ),
  kindTarget(
    'command',
    'command',
    {},
    {
      seeds: [
        'npm test',
        'git commit -m "a b"',
        "echo 'it''s' \\$x",
        'A=1 ls',
        'ls; rm -rf /',
        'a "b\\"c" d',
      ],
      dictionary: [
        '"',
        "'",
        '\\',
        ';',
        '&&',
        '|',
        '$(',
        '`',
        '\n',
        '\t',
        '*',
        '~',
        '=',
        '#',
        '!',
        '{',
        '\u00a0',
        '\0',
      ],
    },
    (parsed, kind) => {
      if (parsed.words === null) return 'no words';
      const words = parseKind(kind, parsed.words);
      must(words.type === 'command' && words.key === parsed.key, 'the same words have another key');
      // Quoted as the simplest shell understands it, it is the same command.
      readAgain(
        kind,
        parsed,
        parsed.words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' '),
      );
      return `words ${Math.min(4, parsed.words.length)}`;
    },
  ),
  kindTarget(
    'amount',
    'amount',
    { currency: 'USD', unitDigits: 0 },
    {
      seeds: ['0', '12.34', '9007199254740991', '0.001', '1e3', '-1', '01', '1,000.00', '12.3400'],
      dictionary: [
        '.',
        ',',
        '0',
        '00',
        '-',
        '+',
        'e',
        '١',
        '１',
        ' ',
        '$',
        '.00',
        '999999999999999',
      ],
    },
    (parsed, kind) => {
      must(
        Number.isSafeInteger(parsed.minor) && parsed.minor >= 0,
        'an amount that cannot be counted',
      );
      readAgain(
        kind,
        parsed,
        `${String(parsed.minor).padStart(3, '0').slice(0, -2)}.${String(parsed.minor).padStart(3, '0').slice(-2)}`,
      );
      return `amount ${parsed.minor % 100 === 0} ${String(parsed.minor).length}`;
    },
  ),
];
