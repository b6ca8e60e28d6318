import type { Lexicon } from './lexicon.ts';
import type { Token } from './tokens.ts';

/** Of a hundred words of a text in the language, at least so many are known: function words, verbs, nouns. */
const knownWordsMinPercent = 20;

/**
 * Whether a request is in the language. It needs no more than to refuse the rest: who writes in a language without a
 * file is held where the policy would have read the request, and never denied.
 */
export function isInLanguage(tokens: readonly Token[], lexicon: Lexicon): boolean {
  let words = 0;
  let known = 0;
  let functionWords = 0;
  let foreignWords = 0;
  let letters = 0;
  let foreignLetters = 0;
  for (const token of tokens) {
    if (token.type !== 'word' && token.type !== 'mark') continue;
    const { fold } = token;
    for (const letter of fold.match(/\p{L}/gu) ?? []) {
      letters += 1;
      if (!/\p{Script=Latin}/u.test(letter)) foreignLetters += 1;
    }
    if (token.type !== 'word') continue;
    words += 1;
    const functions = lexicon.is('functionWords', fold);
    if (functions) functionWords += 1;
    if (lexicon.is('foreignWords', fold)) foreignWords += 1;
    const named =
      lexicon.acting.has(fold) || lexicon.answering.has(fold) || lexicon.nouns.has(fold);
    if (functions || named || lexicon.extra.has(fold)) known += 1;
  }
  return (
    words > 0 &&
    foreignLetters * 3 <= letters &&
    foreignWords <= functionWords &&
    known * 100 >= words * knownWordsMinPercent &&
    known > 0
  );
}
