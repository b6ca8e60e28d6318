import { beginsValue, type Finder, isAlphanumericAt, type Place } from './place.ts';
import { isDrawn } from './randomness.ts';
import type { SecretType } from './secret-types.ts';
import { type TokenFormat, tokenFormats } from './token-formats.ts';

/** Of each vendor's prefix, what looks behind it. */
export function tokenFinders(): readonly (readonly [literal: string, finder: Finder])[] {
  return [
    ...tokenFormats.map((format): [string, Finder] => [
      format.prefix,
      (text, start, end) => tokenAt(text, start, end, format),
    ]),
    ...inTheMiddle,
    ['AKC', jfrogAt],
    ...Array.from('0123456789', (digit): [string, Finder] => [`AP${digit}`, jfrogAt]),
  ];
}

function tokenAt(text: string, start: number, end: number, format: TokenFormat): Place | null {
  if (!beginsValue(text, start) || !text.startsWith(format.prefix, start)) return null;
  if (format.prefix.length <= shortMax && isInName(text, start)) return null;
  const last = matchEnd(text, end, format.body);
  if (last === null || isAlphanumericAt(text, last) || isFileName(text, last)) return null;
  return !isDrawn(text.slice(end, last))
    ? null
    : { type: format.type, start, end: last, score: 0.95 };
}

/** So short a prefix is within a name by chance: `desk-sk-…`. */
const shortMax = 3;

function isInName(text: string, start: number): boolean {
  return /^[_-]$/.test(text.charAt(start - 1)) && isAlphanumericAt(text, start - 2);
}

/** Pictures and scripts are named by hashes, and prefixes of three letters by chance. */
function isFileName(text: string, end: number): boolean {
  return /^\.(?:png|jpe?g|gif|svg|webp|ico|m?js|css|html?|woff2?|map|pdf|zip)\b/i.test(
    text.slice(end, end + 7),
  );
}

/** `pattern` is sticky: it looks at that place and nowhere else. */
function matchEnd(text: string, at: number, pattern: RegExp): number | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}

interface Around {
  readonly type: SecretType;
  /** The most that stands before the literal, and of which units. */
  readonly beforeMax: number;
  readonly unit: RegExp;
  /** Of the whole, from where its units begin. */
  readonly whole: RegExp;
}

/** Formats whose literal isn't their beginning. */
const inTheMiddle: readonly (readonly [string, Finder])[] = [
  around('.atlasv1.', {
    type: 'terraform_token',
    beforeMax: 14,
    unit: /[A-Za-z0-9]/,
    whole: /[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}/y,
  }),
  around('Q~', {
    type: 'azure_client_secret',
    beforeMax: 4,
    unit: /[A-Za-z0-9_~.-]/,
    whole: /[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}/y,
  }),
  around('AZDO', {
    type: 'azure_devops_token',
    beforeMax: 76,
    unit: /[A-Za-z0-9]/,
    whole: /[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}/y,
  }),
  around('-us', {
    type: 'mailchimp_key',
    beforeMax: 32,
    unit: /[0-9a-f]/,
    whole: /[0-9a-f]{32}-us[0-9]{1,2}/y,
  }),
  around('_mmk', {
    type: 'maxmind_key',
    beforeMax: 36,
    unit: /[A-Za-z0-9_]/,
    whole: /[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk/y,
  }),
  around('NRAL', {
    type: 'newrelic_key',
    beforeMax: 36,
    unit: /[0-9a-f]/,
    whole: /[0-9a-f]{36}NRAL/y,
  }),
  around(':AA', {
    type: 'telegram_token',
    beforeMax: 16,
    unit: /[0-9]/,
    whole: /[0-9]{8,10}:AA[A-Za-z0-9_-]{33}/y,
  }),
  ...Array.from('0123456789', (digit) =>
    around(`${digit}|`, {
      type: 'facebook_token',
      beforeMax: 16,
      unit: /[0-9]/,
      whole: /[0-9]{15,16}\|[A-Za-z0-9_-]{27}/y,
    }),
  ),
];

function around(literal: string, format: Around): readonly [string, Finder] {
  const { type, beforeMax, unit, whole } = format;
  return [
    literal,
    (text, hit, hitEnd) => {
      if (!text.startsWith(literal, hit)) return null;
      let start = hit;
      while (start > 0 && hit - start < beforeMax && unit.test(text.charAt(start - 1))) start -= 1;
      if (!beginsValue(text, start)) return null;
      const end = matchEnd(text, start, whole);
      if (end === null || end < hitEnd || isAlphanumericAt(text, end)) return null;
      return isDrawn(text.slice(start, end)) ? { type, start, end, score: 0.95 } : null;
    },
  ];
}

const jfrog = /[A-Za-z0-9]{10,100}/y;

/** JFrog's keys, and its passwords as it encrypts them. No word begins so: the form alone has to do. */
function jfrogAt(text: string, start: number, end: number): Place | null {
  if (!beginsValue(text, start) || !/^A[KP]/.test(text.slice(start, end))) return null;
  const last = matchEnd(text, end, jfrog);
  return last === null || isAlphanumericAt(text, last)
    ? null
    : { type: 'jfrog_key', start, end: last, score: 0.6 };
}

/** Ids of Discord begin with a digit, which Base64 writes as an M, N or O; two dots stand six units apart. */
const discord = /[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}/y;
const idLengthMax = 26;

export function discordTokensIn(text: string): readonly Place[] {
  const places: Place[] = [];
  for (let dot = text.indexOf('.'); dot !== -1; dot = text.indexOf('.', dot + 1)) {
    if (text.charAt(dot + 7) !== '.') continue;
    let start = dot;
    while (start > 0 && dot - start < idLengthMax && /[\w-]/.test(text.charAt(start - 1)))
      start -= 1;
    if (!/^[MNO]$/.test(text.charAt(start)) || !beginsValue(text, start)) continue;
    const end = matchEnd(text, start, discord);
    if (end !== null && !isAlphanumericAt(text, end))
      if (isDrawn(text.slice(start, end)))
        places.push({ type: 'discord_token', start, end, score: 0.95 });
  }
  return places;
}
