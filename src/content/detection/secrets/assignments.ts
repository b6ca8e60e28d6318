import { isHarmlessName, mayHoldUuid, type NameStrength, nameWords } from './assigned-names.ts';
import { type Finder, isAlphanumericAt, type Place } from './place.ts';
import { changesOf, entropyOf, isPlaceholder } from './randomness.ts';

/** Of each word that names hold secrets by, what looks at the value that the name is given. */
export const assignmentFinders: readonly (readonly [literal: string, finder: Finder])[] =
  nameWords.map(([word, strength]) => [
    word,
    (text, start, end) => assignmentAt(text, start, end, strength),
  ]);

const nameMax = 40;
const valueMax = 512;

/** The rest of the name, what closes it, and how code, configuration, headers, markup and people say what it is. */
const operator = new RegExp(
  `[\\w.-]{0,${nameMax}}(?:\\\\?["'\`]|\\]|\\*\\*){0,3}(?:` +
    [
      '[ \\t]{0,8}(?::{1,3}=|[?+|&]{0,2}={1,3}>?|=>|:|->|<-)[ \\t]{0,8}(?:[!&][\\w-]{1,20} )?',
      '[ \\t]{0,4},[ \\t]{0,4}(?=\\\\?["\'`])',
      '[ \\t]{0,4}\\([ \\t]{0,4}(?=\\\\?["\'`])',
      '>',
      '["\']?\\s{1,16}["\']?value["\']?[ \\t]{0,4}[:=][ \\t]{0,4}',
      '[ \\t]{1,4}(?:is|was|ist|est|es|è)(?: set to| now)?:?[ \\t]{1,4}',
      '[ \\t]{1,4}(?=\\\\?["\'`])',
      '[ \\t]{1,2}',
    ].join('|') +
    ')',
  'y',
);

const quoted: ReadonlyMap<string, RegExp> = new Map(
  ['"', "'", '`'].map((quote) => [quote, new RegExp(`[^${quote}\\\\\\n]{6,${valueMax}}`, 'y')]),
);
/** An equals sign within it is the next assignment's. */
const bare = new RegExp(`[^\\s"'\`,;()<>{}[\\]\\\\|=]{6,${valueMax}}={0,2}`, 'y');

function assignmentAt(
  text: string,
  hit: number,
  hitEnd: number,
  strength: NameStrength,
): Place | null {
  operator.lastIndex = hitEnd;
  const behind = operator.exec(text)?.[0];
  if (behind === undefined) return null;
  // A blank alone is what an option on a command line has: `--password …`, `-vaultToken …`.
  const isBlankOnly = /[\w.-][ \t]+$|^[ \t]+$/.test(behind) && !/[^\w.\s-]/.test(behind);
  const start = nameStart(text, hit);
  if (
    isBlankOnly &&
    !(
      /^-{1,2}[A-Za-z]/.test(text.slice(start, start + 3)) ||
      /\s(?:is|was|ist|est|es|è)\s/.test(behind)
    )
  )
    return null;
  // Two strings beside each other: only a name alone, as in `set("password", "…")`, is given what comes next.
  if (behind.includes(',') && !/^["'`]$/.test(text.charAt(start - 1))) return null;
  const value = valueAt(text, hitEnd + behind.length);
  if (value === null) return null;
  const name = text.slice(start, hitEnd) + (/^[\w.-]*/.exec(behind)?.[0] ?? '');
  if (!isSecretValue(value.written, name, strength, value.isQuoted) || isHarmlessName(name))
    return null;
  const isKnownUse = strength === 'password' || strength === 'secret';
  return {
    type: isInConnectionString(text, start) ? 'connection_string' : 'assignment',
    start: value.start,
    end: value.start + value.written.length,
    score: isKnownUse ? 0.8 : 0.6,
  };
}

function nameStart(text: string, hit: number): number {
  let start = hit;
  while (start > 0 && hit - start < nameMax && isNameAt(text, start - 1)) start -= 1;
  return start;
}

function isNameAt(text: string, at: number): boolean {
  return isAlphanumericAt(text, at) || /^[_.-]$/.test(text.charAt(at));
}

interface Value {
  readonly start: number;
  readonly written: string;
  readonly isQuoted: boolean;
}

function valueAt(text: string, at: number): Value | null {
  const escaped = text.charAt(at) === '\\' ? 1 : 0;
  const inQuotes = quoted.get(text.charAt(at + escaped));
  const pattern = inQuotes ?? bare;
  const start = inQuotes === undefined ? at : at + escaped + 1;
  pattern.lastIndex = start;
  const found = pattern.exec(text)?.[0];
  if (found === undefined || found.length >= valueMax || /(?:\.\.|…|\*\*)$/.test(found))
    return null;
  const written =
    inQuotes === undefined ? found.replace(/[.:!?*&]+$/, '').replace(/&[\w]+=.*$/, '') : found;
  return { start, written, isQuoted: inQuotes !== undefined };
}

/** A path, a link, a call, a reference to another place, a list: the value itself stands elsewhere. */
const reference =
  /^(?:[$@%#&*!~^]|\/|\.{1,2}\/|[A-Za-z]:\\|https?:|file:|arn:|vault:|op:\/\/|ssm:|env[.:]|process\.|os\.|secrets?\.|config\.|self\.|this\.|data\.|var\.|local\.|module\.|request\.|props\.|function|null|none|true|false|undefined|return|await|new )|[()[\]{}<>]|\$\(|\s/i;

const aUuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Values that stand in every manual. */
const usual =
  /^(?:pass(?:word|wd)?|secret|token|key|admin|root|user|test|foo|bar|baz|default|string|value|null|none|empty|required|optional|changeme|letmein|abc|qwerty)[\d!?@#$_=-]{0,4}$/i;

function isSecretValue(
  value: string,
  name: string,
  strength: NameStrength,
  isQuoted: boolean,
): boolean {
  if (strength === 'password' && !/1password/i.test(name))
    return isPassword(value, isQuoted) && !usual.test(value) && !isPlaceholder(value);
  const lengthMin = strength === 'secret' || strength === 'password' ? 12 : 16;
  if (value.length < lengthMin || !/[0-9]/.test(value) || !/[A-Za-z]/.test(value)) return false;
  if (reference.test(value) || isPlaceholder(value)) return false;
  if (aUuid.test(value)) return mayHoldUuid(name);
  const isStrong = lengthMin === 12 || /api|secret|token|access|auth|private/i.test(name);
  const bitsMin = Math.min(isStrong ? 3 : 3.3, Math.log2(value.length) * 0.8);
  // No word is so long in one piece.
  const isOnePiece = value.length >= 32 && /^[A-Za-z0-9+/]+={0,2}$/.test(value);
  const changesMin = isOnePiece ? 0.1 : isStrong ? 0.15 : 0.22;
  return entropyOf(value) >= bitsMin && changesOf(value) >= changesMin;
}

/** People choose them, so they needn't look drawn: two kinds of characters will do. */
function isPassword(value: string, isQuoted: boolean): boolean {
  if (/\s/.test(value) || /^(?:[$%{<[(]|\/|\.{1,2}\/|https?:|[a-z]+\.[a-z.]+[(\w]*$)/i.test(value))
    return false;
  if (/[([{]/.test(value) && !isQuoted) return false;
  if (aUuid.test(value) || /^[A-Z]+(?:_[A-Z]+)+$/.test(value) || new Set(value).size < 5)
    return false;
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) =>
    kind.test(value),
  ).length;
  const isWords = /^[A-Za-z]?[a-z]+(?:[A-Z_. -][a-z]+)*$/.test(value);
  return value.length >= 6 && kinds >= 2 && !isWords && (isQuoted || /[0-9]/.test(value));
}

const connectionHead =
  /(?:server|data source|host|user ?id|uid|database|endpoint|accountname|initial catalog)\s?=[^;\n]{1,100};/i;
const connectionMax = 200;

/** `Server=…;User Id=…;Password=…` */
function isInConnectionString(text: string, start: number): boolean {
  return (
    text.charAt(start - 1) === ';' &&
    connectionHead.test(text.slice(Math.max(0, start - connectionMax), start))
  );
}
