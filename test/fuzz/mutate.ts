/** New inputs from old ones: what breaks readers is nearly right, seldom noise. */
import type { Random } from '../seeded-random.ts';
import type { Target } from './target.ts';

/** Characters that end, begin, join or escape something in most formats, and units that are no characters. */
const oddCharacters =
  '\0\t\n\r\x1b "\'\\/%&?#@:;,.*+-_=()[]{}<>|~^$!`0123456789aAeEzZ\x7f\x80\xa0\xad\xc0\xe2\xed\xff';
const oddUnits =
  '\u0130\u017f\u200b\u202e\u2028\u212a\ufeff\ufffd\uffff\ud800\udbff\udc00\udfff\u1e9e';

const oddNumbers: readonly string[] = [
  '-1',
  '0',
  '-0',
  '00',
  '1e400',
  '1e-400',
  '9007199254740991',
  '9007199254740993',
  '99999999999999999999999',
  '2147483648',
  '0x10',
  'NaN',
];

type Change = (input: string, random: Random, target: Target, other: string) => string;

const changes: readonly Change[] = [
  (input, random) => {
    const [start, end] = range(input, random);
    return input.slice(0, start) + input.slice(end);
  },
  (input, random) => {
    const [start, end] = range(input, random);
    return input.slice(0, end) + input.slice(start, end) + input.slice(end);
  },
  (input, random) => {
    const [start, end] = range(input, random);
    return (
      input.slice(0, start) +
      input.slice(start, end).repeat(2 + random.below(64)) +
      input.slice(end)
    );
  },
  (input, random, target) => insert(input, random, random.oneOf(target.dictionary) ?? ''),
  (input, random, target) => insert(input, random, random.oneOf(target.dictionary) ?? ''),
  (input, random, target) => {
    const [start, end] = range(input, random);
    return input.slice(0, start) + (random.oneOf(target.dictionary) ?? '') + input.slice(end);
  },
  (input, random, target) => insert(input, random, oddCharacter(random, target)),
  (input, random, target) => {
    const at = random.below(input.length + 1);
    return input.slice(0, at) + oddCharacter(random, target) + input.slice(at + 1);
  },
  (input, random) => insert(input, random, random.oneOf(oddNumbers) ?? ''),
  (input, random) => input.replace(/\d+/, random.oneOf(oddNumbers) ?? ''),
  (input, random) => {
    const [start, end] = range(input, random);
    const cut = input.slice(start, end);
    return (
      input.slice(0, start) +
      (random.below(2) === 0 ? cut.toUpperCase() : cut.toLowerCase()) +
      input.slice(end)
    );
  },
  (input, random) => input.slice(0, random.below(input.length + 1)),
  (input, random, _target, other) =>
    input.slice(0, random.below(input.length + 1)) + other.slice(random.below(other.length + 1)),
  (input, random, _target, other) => {
    const [start, end] = range(other, random);
    return insert(input, random, other.slice(start, end));
  },
];

/** One to four changes; the same for the same state of `random`. */
export function mutate(input: string, other: string, target: Target, random: Random): string {
  let changed = input;
  for (let left = 1 + random.below(4); left > 0; left -= 1) {
    const change = random.oneOf(changes);
    if (change !== undefined)
      changed = change(changed, random, target, other).slice(0, target.lengthMax);
  }
  // Upper case can leave the bytes: `ÿ` has one beyond them.
  return target.alphabet === 'text' ? changed : changed.replace(/[^\0-\xff]/g, '?');
}

function range(input: string, random: Random): readonly [number, number] {
  const start = random.below(input.length + 1);
  return [start, Math.min(input.length, start + 1 + random.below(random.below(4) === 0 ? 64 : 8))];
}

function insert(input: string, random: Random, piece: string): string {
  const at = random.below(input.length + 1);
  return input.slice(0, at) + piece + input.slice(at);
}

function oddCharacter(random: Random, target: Target): string {
  const odd = target.alphabet === 'text' && random.below(3) === 0 ? oddUnits : oddCharacters;
  return odd.charAt(random.below(odd.length));
}
