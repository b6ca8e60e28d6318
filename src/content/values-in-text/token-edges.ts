/**
 * Where a value that somebody wrote begins and ends, to a person's eye. Closed lists: a character that isn't in them (an
 * invisible one, a look-alike hyphen, a foreign letter) may belong to the value, so nothing is found there.
 */

const openers = new Set('([{<>"\',;|“‘„‚«‹（【「『《〈、，；…—');
const closersBeforeAnything = new Set(')]}<>"|”»›）】」』》〉(，；、,;—…');
const closersBeforeSpace = new Set("’'.:!?。：！？");
const emphasis = new Set('*_~`');
/** An underscore behind a word is a letter of it, unless one before it is there to be closed. */
const closingEmphasis = new Set('*~`');
const separatingEntity = /^&(?:gt|lt|quot|apos|nbsp|amp|#39|#34);/;

/** Whether a value that begins at `start` begins there: nothing before it can belong to it. */
export function beginsAt(text: string, start: number): boolean {
  if (start === 0) return true;
  const before = text.charAt(start - 1);
  if (before === ';') return !endsEntity(text, start);
  if (isBlank(before) || openers.has(before)) return true;
  if (before === ':' || before === '=' || before === '：') return isLabelBefore(text, start - 1);
  if (!emphasis.has(before)) return false;
  let at = start - 1;
  while (at > 0 && text.charAt(at - 1) === before) at -= 1;
  return at === 0 || isBlank(text.charAt(at - 1)) || openers.has(text.charAt(at - 1));
}

/** Whether a value that ends before `end` ends there. */
export function endsAt(text: string, end: number): boolean {
  if (end >= text.length) return true;
  const after = text.charAt(end);
  if (isBlank(after)) return true;
  const next = text.charAt(end + 1);
  // `"ann@x.example"@evil.example` is one address to a mailer.
  if (closersBeforeAnything.has(after)) return next !== '@';
  if (after === '&') return separatingEntity.test(text.slice(end, end + 6));
  // `ann@x.example's`, `mailto:ann@x.example?subject=…`
  if (/^['’]s(?!\w)/.test(text.slice(end, end + 3)) || (after === '?' && next !== '@')) return true;
  let behind = end;
  while (behind < end + punctuationMax && isPunctuation(text.charAt(behind))) behind += 1;
  return behind > end && !isWordly(text.charAt(behind));
}

/** `'ann@x.example'...` */
const punctuationMax = 8;

function isPunctuation(character: string): boolean {
  return (
    closersBeforeSpace.has(character) ||
    closingEmphasis.has(character) ||
    closersBeforeAnything.has(character)
  );
}

/** Closes what stands before a value, if that is a bracket, a quote or emphasis: there the value ends at the latest. */
export function closerOf(opener: string): string | null {
  return pairs.get(opener) ?? null;
}

const pairs: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
  ['<', '>'],
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
  ['*', '*'],
  ['_', '_'],
  ['~', '~'],
  ['“', '”'],
  ['‘', '’'],
  ['«', '»'],
  ['（', '）'],
  ['「', '」'],
  ['《', '》'],
]);

/** White space, but for the byte order mark: nobody sees that. */
export function isBlank(character: string): boolean {
  return character !== '\ufeff' && /^\s$/.test(character);
}

/** A letter, digit or mark, something invisible, or what joins two words into one value. */
export function isWordly(character: string): boolean {
  return /^[\p{L}\p{N}\p{M}\p{Cf}\p{Cs}@/\\_%.-]$/u.test(character);
}

const labelLengthMax = 32;

/** `to:`, `IBAN:`, `e-mail=`: a word that says what comes. Another thing before a colon may be part of the value. */
function isLabelBefore(text: string, colon: number): boolean {
  let at = colon;
  const first = Math.max(0, colon - labelLengthMax);
  while (at > first && /^[\p{L}_-]$/u.test(text.charAt(at - 1))) at -= 1;
  if (at === 0) return true;
  const before = text.charAt(at - 1);
  return isBlank(before) || openers.has(before) || /^[?&*]$/.test(before);
}

/** `&#106;ann@x.example` is Jann's to whoever decodes it. */
function endsEntity(text: string, end: number): boolean {
  const [entity] = /&#?[a-z0-9]{1,31};$/i.exec(text.slice(Math.max(0, end - 34), end)) ?? [];
  return entity !== undefined && !separatingEntity.test(entity);
}
