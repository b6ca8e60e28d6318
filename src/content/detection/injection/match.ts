import { Literals } from '../literals.ts';
import type { Concealment } from './conceal.ts';
import type { Family } from './evidence.ts';
import { asian } from './families/asian.ts';
import { hidings } from './families/concealments.ts';
import { english } from './families/english.ts';
import { european } from './families/european.ts';
import { marks } from './families/marks.ts';
import { letter, phraseOf } from './phrase.ts';
import { type Turn, turnedWords } from './turned.ts';

/** Something in a folded text: where, and what it speaks for. */
export interface Match {
  readonly family: Family;
  readonly weight: number;
  readonly start: number;
  readonly end: number;
}

export interface Found {
  readonly matches: readonly Match[];
  readonly concealments: readonly Concealment[];
  /** How else the text ought to be read: words stand in it that only mean something that way. */
  readonly turns: ReadonlySet<Turn>;
}

interface Rule {
  readonly type: 'rule';
  readonly family: Family;
  readonly weight: number;
  readonly pattern: () => RegExp;
  readonly isOrder: boolean;
  readonly isDeniable: boolean;
  /** Begins with a letter of a script that writes blanks, so it has to begin a word. */
  readonly beginsWord: boolean;
}

interface Hides {
  readonly type: 'hides';
  readonly pattern: () => RegExp;
  readonly closing: string;
}

interface Turns {
  readonly type: 'turns';
  readonly turn: Turn;
}

type Opened = Rule | Hides | Turns;

function openings(): ReadonlyMap<string, readonly Opened[]> {
  const all = new Map<string, Opened[]>();
  const add = (openings: Iterable<string>, opened: Opened) => {
    for (const opening of new Set(openings)) {
      const known = all.get(opening);
      if (known === undefined) all.set(opening, [opened]);
      else known.push(opened);
    }
  };
  for (const { family, weight, isOrder, isDeniable, isUnspaced, pattern, openings } of [
    ...english,
    ...european,
    ...asian,
  ].map(phraseOf)) {
    const beginsWord = !isUnspaced;
    add(openings, { type: 'rule', family, weight, isOrder, isDeniable, beginsWord, pattern });
  }
  for (const { family, weight, isOrder, isWithinWord, pattern, openings } of marks) {
    const beginsWord = !isWithinWord && openings.every((opening) => /^[a-z]/.test(opening));
    add(openings, {
      type: 'rule',
      family,
      weight,
      isOrder,
      isDeniable: false,
      beginsWord,
      pattern: () => pattern,
    });
  }
  for (const { pattern, closing, openings } of hidings) {
    add(openings, { type: 'hides', pattern: () => pattern, closing });
  }
  for (const [turn, words] of turnedWords) add(words, { type: 'turns', turn });
  return all;
}

const literals = new Literals<readonly Opened[]>(openings());

/** What a folded text says. */
export function findIn(text: string): Found {
  const matches: Match[] = [];
  const concealments: Concealment[] = [];
  const turns = new Set<Turn>();
  literals.scan(text, (start, _end, opened) => {
    const beginsWord = !isLetterAt(text, start - 1);
    for (const one of opened) {
      if (one.type === 'turns') {
        turns.add(one.turn);
        continue;
      }
      if (one.type === 'rule' && one.beginsWord && !beginsWord) continue;
      const pattern = one.pattern();
      pattern.lastIndex = start;
      if (!pattern.test(text)) continue;
      const end = pattern.lastIndex;
      if (one.type === 'hides') concealments.push({ start: end, closing: one.closing });
      else if (isMeant(one, text, start)) {
        matches.push({ family: one.family, weight: one.weight, start, end });
      }
    }
  });
  return { matches, concealments, turns };
}

const anyLetter = new RegExp(letter);

export function isLetterAt(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (unit < 0x80) return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x30 && unit <= 0x39);
  return at >= 0 && at < text.length && anyLetter.test(text[at] ?? '');
}

/** Looked back at so far, and never beyond the line: what begins a text mustn't say more there than below another line. */
const backCharacters = 40;
const orderBefore =
  /(?:^|[.!?:;,"'`()[\]<>{}|\r*•·#=\\-]|(?<![a-z])(?:please|then|and|also|must|should|shall|now|immediately|kindly|just|first|next|finally|you|do|instead|silently|secretly|always|simply|only|afterwards|you to|to you|ai|assistant|agent|todo|let's|so|me|\d))\s*$/;
const deniedBefore =
  /(?<![a-z])(?:not|n't|never|cannot|avoid|refuses? to|prevents?|attempts? to|tries to|trying to|designed to|used to|tricks?|how to|whether to|asked to|asks to|impossible to|nicht|nie|ne|no)\s*$/;

function isMeant({ isOrder, isDeniable }: Rule, text: string, start: number): boolean {
  if (!isOrder && !isDeniable) return true;
  const before = text.slice(Math.max(0, start - backCharacters), start);
  const line = before.slice(before.lastIndexOf('\n') + 1);
  return (!isOrder || orderBefore.test(line)) && (!isDeniable || !deniedBefore.test(line));
}
