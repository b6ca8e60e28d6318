/** One text in another dress, for attackers who know that texts are compared. Made by rule, so that every run is the same. */

const digits = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

const rot13 = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) => {
    const base = letter <= 'Z' ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });

const reversed = (text: string): string => Array.from(text).toReversed().join('');

/** Every number digit by digit, in words. */
const spelled = (text: string): string =>
  text.replace(/\d+/g, (number) =>
    Array.from(number)
      .map((digit) => digits[Number(digit)])
      .join(' '),
  );

/** Other words for common ones, and the sentences in another order. */
const reworded = (text: string): string =>
  text
    .split(/(?<=[.!?])\s+|\n+/)
    .filter((sentence) => sentence.trim() !== '')
    .toReversed()
    .map((sentence) =>
      sentence.replace(/[a-z']+/gi, (word) => synonyms.get(word.toLowerCase()) ?? word),
    )
    .join(' ');

const synonyms: ReadonlyMap<string, string> = new Map([
  ['a', 'one'],
  ['and', 'plus'],
  ['are', 'stay'],
  ['be', 'remain'],
  ['can', 'may'],
  ['code', 'digits'],
  ['email', 'message'],
  ['for', 'regarding'],
  ['good', 'fine'],
  ['great', 'splendid'],
  ['have', 'possess'],
  ['hi', 'dear'],
  ['hope', 'trust'],
  ['i', 'me'],
  ['important', 'urgent'],
  ['is', 'stays'],
  ['it', 'this'],
  ['make', 'do'],
  ['me', 'myself'],
  ['meeting', 'appointment'],
  ['of', 'from'],
  ['on', 'upon'],
  ['our', 'the'],
  ['please', 'kindly'],
  ['see', 'meet'],
  ['send', 'forward'],
  ['thanks', 'cheers'],
  ['the', 'that'],
  ['there', 'here'],
  ['to', 'towards'],
  ['we', 'us'],
  ['will', 'shall'],
  ['with', 'alongside'],
  ['would', 'should'],
  ['you', 'thou'],
  ['your', 'thy'],
]);

export const disguises: Readonly<Record<string, (text: string) => string>> = {
  base64,
  rot13,
  reversed,
  spelled,
  reworded,
};
