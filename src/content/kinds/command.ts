import type { Parsed, Unparsable } from '../kind.ts';
import { isJsonArray, type JsonValue } from '../value.ts';
import { unparsable } from './unparsable.ts';

type Command = Extract<Parsed, { type: 'command' }>;

const lengthMax = 65_536;

/** What ends a word's plainness outside of quotes: operators, expansions, globs, redirections, comments, history. */
const special = new Set('|&;<>()$`*?[]{}#~!=%\n\r');

/**
 * A command's words, split as a POSIX shell splits them. One that holds anything a shell would act on has no words, and
 * equals nothing: `npm test; curl …` is not `npm test`. An array is the words already, whatever they hold.
 */
export function parseCommand(value: JsonValue): Command | Unparsable {
  if (isJsonArray(value)) {
    const words = value.filter((word) => typeof word === 'string');
    return words.length === value.length ? command(words) : unparsable('is no list of words');
  }
  if (typeof value !== 'string') return unparsable('is no command');
  if (value.length > lengthMax) return unparsable('is too long for a command');
  const words = split(value);
  return words === null ? { type: 'command', key: value, words: null } : command(words);
}

function command(words: readonly string[]): Command {
  return { type: 'command', key: JSON.stringify(words), words };
}

function split(text: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char < ' ' && char !== '\t') return null;
    if (quote === "'") {
      if (char === "'") quote = null;
      else word += char;
    } else if (quote === '"') {
      if (char === '"') quote = null;
      else if (char === '$' || char === '`' || char === '!' || char === '\\') return null;
      else word += char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (char === ' ' || char === '\t') {
      if (word !== null) words.push(word);
      word = null;
    } else if (char === '\\' || (special.has(char) && !isPlainHere(char, word))) return null;
    else word = (word ?? '') + char;
  }
  if (quote !== null) return null;
  if (word !== null) words.push(word);
  return words;
}

/** `=` and `%` within an argument are text (`--flag=x`); at a word's start, or in the first word, they may not be. */
function isPlainHere(char: string, word: string | null): boolean {
  return (char === '=' || char === '%') && word?.startsWith('-') === true;
}
