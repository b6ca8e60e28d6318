/** Texts of strangers. What is found stands where it is said to, and nothing that goes on is found as if it ended. */
import { parseKind, plainKind } from '../../../src/content/kinds.ts';
import { linksInText } from '../../../src/content/values-in-text/links-in-text.ts';
import { valuesInText } from '../../../src/content/values-in-text/values-in-text.ts';
import { must, type Target } from '../target.ts';

const seeds = [
  'Write to Ann <ann@company.com>, or see https://company.com/a?b=c#d.',
  '[www.company.com](https://evil.example/a "title"), `bob@company.com`',
  '<a href="&#104;ttps://evil.example/a"><img src=//evil.example/b></a>',
  '[1]: <//evil.example/a>\n<p style="background: url(https://evil.example/a)">',
  'Pay to DE89 3704 0044 0532 0130 00, call +1 (555) 010-0199.',
  '<https://company.com/a|name> mailto:ann@company.com?cc=eve@evil.example',
];

const dictionary = [
  ...[
    '@',
    '.',
    '..',
    '<',
    '>',
    ',',
    ';',
    ':',
    '"',
    "'",
    '(',
    ')',
    '[',
    ']',
    '](',
    ']:',
    '*',
    '_',
    '`',
  ],
  ...[
    '\\',
    '/',
    '//',
    '?',
    '#',
    '&',
    '&amp;',
    '&#47;',
    '%40',
    '\u200b',
    '\u212a',
    '。',
    'ａ',
    '\u0301',
    '\ufeff',
  ],
  ...[
    'https://',
    'http:\\\\',
    'www.',
    'mailto:',
    'javascript:',
    'data:',
    'href=',
    'src="',
    'srcset=',
    'url(',
  ],
  ...[
    'ann@company.com',
    'evil.example',
    'company.com',
    'DE89370400440532013000',
    '+15550100199',
    '\n',
    ' ',
  ],
];

const shared = {
  alphabet: 'text',
  seeds,
  dictionary,
  lengthMax: 600,
  roundsInTest: 1_500,
} as const;

export const valueTargets: readonly Target[] = [
  {
    ...shared,
    name: 'values-in-text',
    check(input) {
      const values = valuesInText(input);
      for (const { kind, key, start, end, written } of values) {
        must(input.slice(start, end) === written, 'a value that stands elsewhere');
        if (kind === 'recipient') {
          const parsed = parseKind(plainKind(kind), written);
          must(parsed.type === 'address' && parsed.key === key, 'an address that reads as another');
          must(!/[a-z0-9.@%+-]/i.test(input.charAt(start - 1)), 'an address that began before');
          must(!/[a-z0-9@-]/i.test(input.charAt(end)), 'an address that goes on');
        }
        if (kind === 'account')
          must(
            !/[a-z0-9]/i.test(input.charAt(start - 1) + input.charAt(end)),
            'a part of an account',
          );
        if (kind === 'url')
          must(
            linksInText(input).some((link) => link.start < end && start < link.end),
            'a URL that is no link',
          );
      }
      return [...new Set(values.map(({ kind }) => kind))].sort().join(' ');
    },
  },
  {
    ...shared,
    name: 'links-in-text',
    check(input) {
      const links = linksInText(input);
      for (const { kind, key, start, end, written } of links) {
        must(start <= end && input.slice(start, end) === written, 'a link that stands elsewhere');
        if (key === null || kind !== 'url') continue;
        must(/^[\x21-\x7e]+$/.test(key), 'a link that is not plain ASCII');
        const url = parseKind(
          plainKind('url'),
          /^[a-z][a-z0-9+.-]*:\/\//.test(key) ? key : `https://${key}`,
        );
        must(url.type === 'url', 'a key that is no place');
      }
      return [...new Set(links.map(({ kind, key }) => `${kind} ${key === null}`))].sort().join(' ');
    },
  },
];
