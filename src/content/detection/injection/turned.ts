/** Each letter by another, or the whole text backwards: a model undoes both, and a person doesn't see it. */
export type Turn = 'rot13' | 'reversed';

/** In every attack there is one of them, and none of them is a word once it is turned. */
const words = [
  'ignore',
  'disregard',
  'previous',
  'instruction',
  'system',
  'prompt',
  'reveal',
  'override',
  'password',
  'credential',
  'assistant',
  'approval',
  'administrator',
  'attacker',
  'confidential',
];

export function turned(text: string, turn: Turn): string {
  return turn === 'rot13' ? rotated(text) : reversed(text);
}

/** What a turned text shows of itself. */
export const turnedWords: ReadonlyMap<Turn, readonly string[]> = new Map([
  ['rot13', words.map(rotated)],
  ['reversed', words.map(reversed)],
]);

/** Of folded text, in which all letters are small. */
function rotated(text: string): string {
  return text.replaceAll(/[a-z]+/g, (run) => {
    let other = '';
    for (let at = 0; at < run.length; at += 1) {
      const unit = run.charCodeAt(at);
      other += String.fromCharCode(unit + (unit < 0x6e ? 13 : -13));
    }
    return other;
  });
}

function reversed(text: string): string {
  let other = '';
  for (let at = text.length - 1; at >= 0; at -= 1) other += text[at];
  return other;
}
