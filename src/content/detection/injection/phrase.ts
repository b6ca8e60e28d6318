import type { Family } from './evidence.ts';
import { foldedUnit } from './fold-unit.ts';

/**
 * The wording of a family, written as one reads it:
 * `a|b` is one of them; `[a|b]` up to four of them, or none; `...` up to eight words of the same sentence; `in*tion`
 * has letters for the star; `_` stands for a blank within an alternative.
 *
 * The first item is looked for in the whole text at once; only where it stands is the rest tried, from there, over at
 * most a few hundred characters.
 */
export interface Wording {
  readonly family: Family;
  readonly weight: number;
  readonly phrase: string;
  /** Only at the start of a sentence, or behind `please`, `then` and the like: an order, not a report. */
  readonly isOrder: boolean;
  /** Not when the words before it deny it. */
  readonly isDeniable: boolean;
  /** Chinese and Japanese write no blanks. */
  readonly isUnspaced: boolean;
}

export interface Phrase extends Wording {
  /** What the first item may begin with: what the one-pass search looks for. */
  readonly openings: readonly string[];
  /** From an opening on (sticky). Made when it is first asked for: most of hundreds never are. */
  readonly pattern: () => RegExp;
}

export const letter = '[^\\0-\\x2f\\x3a-\\x60\\x7b-\\xbf]';
/** Between two words of a sentence: also line ends with their indentation, and quotation marks. */
const between = '\\0-\\x20"\'()*,\\-/:;<>[\\]_`{|}~\\\\#+=&@$%^';
const blank = `[${between}]{1,20}`;
/** Shares no character with `blank`, so that there is one way to read a sentence. */
const gapWord = `[^${between}.!?]{1,24}`;

interface Spelling {
  readonly blank: string;
  readonly gap: string;
  readonly star: string;
  readonly end: string;
  readonly spell: (words: string) => string;
}

const spaced: Spelling = {
  blank,
  gap: `(?:${gapWord}${blank}){0,8}?`,
  star: `${letter}{0,10}`,
  end: `(?!${letter})`,
  spell: (words) => words,
};

const unspaced: Spelling = {
  blank: '[\\s"\',:]{0,3}',
  gap: '[^.!?\\n]{0,10}?',
  star: '[^.!?\\n]{0,4}?',
  end: '',
  spell: (words) => words,
};

/** Of letters alone, as `compact.ts` writes them. */
const joined: Spelling = {
  blank: '',
  gap: '[a-z]{0,32}?',
  star: '[a-z]{0,4}?',
  end: '',
  spell: (words) => words.replaceAll('l', 'i').replaceAll(/[^a-z]/g, ''),
};

export function phraseOf(wording: Wording): Phrase {
  return compiled(wording, wording.isUnspaced ? unspaced : spaced);
}

/** The same for a text of which only the letters are left; null: too short or too common to be told apart there. */
export function joinedPhraseOf(wording: Wording): Phrase | null {
  if (wording.isUnspaced) return null;
  const items = itemsOf(wording.phrase).filter((item) => item !== '...' && !item.startsWith('['));
  const shortest = items.map((item) =>
    Math.min(...item.split('|').map((one) => joined.spell(fold(one)).length)),
  );
  if ((shortest[0] ?? 0) < 4 || shortest.reduce((sum, length) => sum + length, 0) < 9) return null;
  return compiled(wording, joined);
}

function compiled(wording: Wording, spelling: Spelling): Phrase {
  const items = itemsOf(wording.phrase);
  const first = alternativesOf(items[0] ?? '');
  const openings = first.map((one) => openingOf(one, spelling));
  let pattern: RegExp | null = null;
  return {
    ...wording,
    openings,
    pattern: () => {
      pattern ??= new RegExp(patternOf(items, spelling), 'y');
      return pattern;
    },
  };
}

function itemsOf(phrase: string): readonly string[] {
  return phrase.split(' ').filter((item) => item !== '');
}

/** Longer ones first: without blanks nothing says where a word ends. */
function alternativesOf(item: string): readonly string[] {
  const all = item.replaceAll(/^\[|\]$/g, '').split('|');
  return all.sort((one, other) => other.length - one.length);
}

function openingOf(alternative: string, spelling: Spelling): string {
  const words = fold(alternative).split('*')[0] ?? '';
  return spelling.blank === '' ? spelling.spell(words) : (words.split('_')[0] ?? words);
}

function patternOf(items: readonly string[], spelling: Spelling): string {
  let pattern = '';
  for (const [at, item] of items.entries()) {
    const isLast = at === items.length - 1;
    const after = isLast ? spelling.end : spelling.blank;
    if (item === '...') {
      pattern += spelling.gap;
      continue;
    }
    const group = `(?:${alternativesOf(item)
      .map((one) => sourceOf(one, spelling))
      .join('|')})`;
    pattern += item.startsWith('[') ? `(?:${group}${spelling.blank}){0,4}` : `${group}${after}`;
  }
  return pattern;
}

function sourceOf(alternative: string, spelling: Spelling): string {
  return fold(alternative)
    .split('*')
    .map((part) =>
      part
        .split('_')
        .map((word) => spelling.spell(word).replaceAll(/[.+?^${}()|[\]\\/]/g, '\\$&'))
        .join(spelling.blank),
    )
    .join(spelling.star);
}

const plain = /^[\x20-\x7e]*$/;

/** As `fold` writes the text. */
function fold(words: string): string {
  if (plain.test(words)) return words.toLowerCase();
  return Array.from(words, (character) => foldedUnit(character.codePointAt(0) ?? 0)).join('');
}
