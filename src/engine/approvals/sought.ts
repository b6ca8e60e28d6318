/** What is looked for in results, and how it may be spelled there. */
import { currencyDigits } from '../../content/currency.ts';
import type { Stretch } from '../../content/edits.ts';
import type { KindName } from '../../content/kind.ts';
import { valuesInText } from '../../content/values-in-text/values-in-text.ts';
import { loose, spelled } from '../stages/flow/sources.ts';
import type { Listed } from './listed.ts';

export interface Spelling {
  /** As `loose` reads a text. */
  readonly text: string;
  /**
   * `anywhere`: it is long enough to be no part of something else by chance, and whoever wrote it may have put anything
   * beside it. `whole`: not as a part of a longer word or number. `alone`: nothing stands beside it.
   */
  readonly stands: 'anywhere' | 'whole' | 'alone';
  /** Without the signs that people put into a long number: as the packed text has it. */
  readonly packed: boolean;
}

/** A value, or a part of a text that is one by itself. */
export interface Sought {
  /** Index of the value. */
  readonly of: number;
  readonly span: Stretch;
  readonly spellings: readonly Spelling[];
}

/** A longer text is known again by its words (`shared-words.ts`). */
const wholeUnitsMax = 512;
/** Shorter ones are words of any text. */
const anywhereUnitsMin = 8;
const packedUnitsMin = 7;
/** A count, a page, a size: it stands everywhere, and comes from nowhere. */
const numberDigitsMin = 4;
const partsMax = 64;

const texts: ReadonlySet<KindName> = new Set(['content', 'title', 'query', 'command']);

/** The value as a whole; null: it stands everywhere, and comes from nowhere. */
export function wholeOf(listed: Listed, index: number): Sought | null {
  const own = spellingsOf(listed);
  const spellings = own.length === 0 ? own : [...own, ...placeholdersOf(listed)];
  const span = { start: 0, end: (listed.text ?? '').length };
  return spellings.length === 0 ? null : { of: index, span, spellings };
}

/** Addresses, places and accounts that stand in a text: whoever wrote them elsewhere chose where this one leads. */
export function partsOf({ kind, text }: Listed, index: number): readonly Sought[] {
  if (!texts.has(kind) || text === null) return [];
  const parts: Sought[] = [];
  for (const { kind: its, key, start, end, written } of valuesInText(text)) {
    if (parts.length >= partsMax) break;
    const before = parts.at(-1);
    // A place without its scheme is found several times.
    if (before !== undefined && start < before.span.end) continue;
    const plain = its === 'url' ? 'url' : 'recipient';
    const spellings = distinct([spelled(plain, loose(written)), spelled(plain, loose(key))])
      .filter((one) => one.length >= anywhereUnitsMin)
      .map((one) => spelling(one, 'anywhere'));
    const packed = its === 'account' || its === 'phone' ? packedSpellings(key) : [];
    if (spellings.length + packed.length > 0)
      parts.push({ of: index, span: { start, end }, spellings: [...spellings, ...packed] });
  }
  return parts;
}

/** Made by the redaction, the same for the same value in all that a run is shown. */
const placeholder = /\[[a-z_]+ #[a-z2-7]{6}\]/;

/** What is redacted in results as they are kept is found by what stands there for it. */
function placeholdersOf({ recorded, isWhole }: Listed): readonly Spelling[] {
  if (isWhole || typeof recorded !== 'string' || recorded.length > wholeUnitsMax) return [];
  return placeholder.test(recorded) ? [spelling(loose(recorded).trim(), 'anywhere')] : [];
}

function spellingsOf({ kind, value, text }: Listed): readonly Spelling[] {
  if (kind === 'flag' || kind === 'secret' || value.type === 'unparsable') return [];
  const written = loose(text ?? value.key).trim();
  if (written === '' || written.length > wholeUnitsMax) return [];
  if (value.type === 'amount') return amountSpellings(value.minor, value.currency, written);
  if (value.type === 'number')
    return written.replace(/\D/g, '').length < numberDigitsMin ? [] : [spelling(written, 'whole')];
  switch (kind) {
    case 'recipient':
    case 'account':
      return [
        ...distinct([written, loose(value.key)]).map((one) =>
          spelling(one, one.length < anywhereUnitsMin ? 'whole' : 'anywhere'),
        ),
        ...packedSpellings(value.key),
      ];
    case 'url':
      return distinct([spelled('url', written), spelled('url', loose(value.key))]).map((one) =>
        spelling(one, one.length < anywhereUnitsMin ? 'whole' : 'anywhere'),
      );
    default:
      return distinct([written, loose(value.key)]).map((one) => spelling(one, standsAs(one)));
  }
}

/** A short plain word is a name only where nothing else stands beside it: `archive` is a folder, and a verb. */
function standsAs(text: string): Spelling['stands'] {
  if (text.length >= anywhereUnitsMin) return 'anywhere';
  return /\d/.test(text) ? 'whole' : 'alone';
}

function amountSpellings(minor: number, currency: string, written: string): readonly Spelling[] {
  const decimal = decimalOf(minor, currency);
  return distinct([written, decimal, decimal.replace('.', ','), decimal.replace(/\.0+$/, '')]).map(
    (one) => spelling(one, 'whole'),
  );
}

/** `12.00`, of 1200 cents. */
export function decimalOf(minor: number, currency: string): string {
  const digits = currencyDigits(currency) ?? 0;
  const all = String(minor).padStart(digits + 1, '0');
  return digits === 0 ? all : `${all.slice(0, -digits)}.${all.slice(-digits)}`;
}

/** Of an account's or a telephone's number; an address has its signs for good. */
function packedSpellings(key: string): readonly Spelling[] {
  const plain = pack(loose(key));
  const isNumber = plain.length >= packedUnitsMin && /^[+0-9A-Z ().-]+$/.test(key);
  return isNumber && /\d{4}/.test(plain) ? [{ text: plain, stands: 'anywhere', packed: true }] : [];
}

export function pack(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, '');
}

function spelling(text: string, stands: Spelling['stands']): Spelling {
  return { text, stands, packed: false };
}

function distinct(written: readonly string[]): readonly string[] {
  return [...new Set(written)].filter((one) => one !== '');
}
