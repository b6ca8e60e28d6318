import type { Token } from './tokens.ts';

/** Words that stand in the order given; a gap lets other words stand between. */
export interface Phrase {
  readonly text: string;
  readonly words: readonly (readonly string[])[];
  /** By word, whether others may stand before it. */
  readonly gaps: readonly boolean[];
}

const gapWordsMax = 8;
const gap = '…';

export function parsePhrase(text: string, particles: ReadonlySet<string>): Phrase {
  const words: (readonly string[])[] = [];
  const gaps: boolean[] = [];
  let open = false;
  for (const part of text.split(' ')) {
    if (part === gap) {
      open = true;
      continue;
    }
    words.push(part.split('|'));
    gaps.push(open);
    open = false;
  }
  // "turn on" is also "turn the alarm on".
  if (words.length === 2 && words[1]?.every((word) => particles.has(word))) gaps[1] = true;
  return { text, words, gaps };
}

/** Where the phrase that begins at `at` ends, or -1. The first word is the caller's, so that another form of it may stand there. */
export function phraseEnd(
  phrase: Phrase,
  tokens: readonly Token[],
  at: number,
  end: number,
): number {
  let next = at + 1;
  for (let index = 1; index < phrase.words.length; index += 1) {
    const words = phrase.words[index] ?? [];
    const last = Math.min(end, next + (phrase.gaps[index] ? gapWordsMax : 0) + 1);
    let found = -1;
    for (let place = next; place < last && found < 0; place += 1) {
      const token = tokens[place];
      if (token !== undefined && words.includes(token.fold)) found = place;
    }
    if (found < 0) return -1;
    next = found + 1;
  }
  return next;
}
