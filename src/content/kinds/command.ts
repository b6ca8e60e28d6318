import type { Parsed, Unparsable } from '../kind.ts';
import { isJsonArray, type JsonValue } from '../value.ts';
import { unparsable } from './unparsable.ts';

type Command = Extract<Parsed, { type: 'command' }>;

const lengthMax = 65_536;

/** What a shell acts on wherever it stands outside of quotes: operators, expansions, patterns, redirections, history. */
const special = new Set('|&;<>()$`*?[]{}!');
/** What it acts on where a word begins: comments, homes, jobs, and (zsh) the path of a command. */
const specialFirst = new Set('#~%=');

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
  // The key of a list of words begins with a bracket: no text can imitate one.
  return words === null
    ? { type: 'command', key: `unsplit:${value}`, words: null }
    : command(words);
}

function command(words: readonly string[]): Command {
  return { type: 'command', key: JSON.stringify(words), words };
}

/** Null: something stands there that a shell, some shell, would not take as it is. */
function split(text: string): string[] | null {
  // A line break ends a command, and what else is no plain space some shells take for one.
  if (/[^\S\t ]|(?!\t)\p{Cc}/u.test(text)) return null;
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    const next = text.charAt(at + 1);
    if (quote === "'") {
      if (char === "'") quote = null;
      else word += char;
    } else if (quote === '"') {
      if (char === '"') quote = null;
      else if (char === '$' || char === '`' || char === '!') return null;
      else if (char === '\\' && (next === '"' || next === '\\' || next === '$' || next === '`')) {
        word += next;
        at += 1;
      } else word += char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (char === ' ' || char === '\t') {
      if (word !== null) words.push(word);
      word = null;
    } else if (char === '\\') {
      if (next === '') return null;
      word = (word ?? '') + next;
      at += 1;
    } else if (special.has(char) || !isPlain(char, word, words)) return null;
    else word = (word ?? '') + char;
  }
  if (quote !== null) return null;
  if (word !== null) words.push(word);
  return words;
}

function isPlain(char: string, word: string | null, words: readonly string[]): boolean {
  if (word === null) return !specialFirst.has(char);
  // Before the command's name `X=1` is an assignment, which changes what the command does.
  if (char === '=') return words.length > 0;
  // A home is also put in where `=~` or `:~` stands.
  return char !== '~' || !/[=:]$/.test(word);
}
