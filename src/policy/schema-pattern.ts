import { RE2JS } from 're2js';

const patternCharactersMax = 4_000;
const instructionsMax = 5_000;
/** A pattern tested against more than this says no: what a schema describes by a pattern is never a document. */
const testedCharactersMax = 100_000;

/** As ajv wants it. `toString` is the key under which ajv keeps a pattern: were it not the pattern's own, all would be the first. */
export interface LinearPattern {
  readonly test: (text: string) => boolean;
  readonly toString: () => string;
}

/**
 * A schema's pattern, run in linear time by RE2. RE2 has no look-around, and generated schemas begin with it
 * (`^(?!\.)(?!.*\.\.)…`): at the start, where each group stands for a test of its own, it is taken apart.
 *
 * @throws whatever RE2 says of a pattern that it can't run.
 */
export function linearPattern(pattern: string): LinearPattern {
  if (pattern.length > patternCharactersMax) throw new RangeError('too long');
  const tests = leadingLookaheads(pattern).map(({ source, wanted }) => {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(source));
    if (compiled.programSize() > instructionsMax) throw new RangeError('too large');
    return { compiled, wanted };
  });
  return {
    test: (text) =>
      text.length <= testedCharactersMax &&
      tests.every(({ compiled, wanted }) => compiled.test(text) === wanted),
    toString: () => `linear:${pattern}`,
  };
}

interface PatternTest {
  readonly source: string;
  readonly wanted: boolean;
}

function leadingLookaheads(pattern: string): readonly PatternTest[] {
  const tests: PatternTest[] = [];
  let rest = pattern;
  while (/^\^\(\?[=!]/.test(rest)) {
    const end = groupEnd(rest, 1);
    if (end === null) break;
    tests.push({ source: `^(?:${rest.slice(4, end)})`, wanted: rest[3] === '=' });
    rest = `^${rest.slice(end + 1)}`;
  }
  // An alternative at the top (`^(?!a)b|c`) belongs to no group: such a pattern isn't taken apart, and RE2 refuses it.
  if (tests.length > 0 && hasTopAlternative(rest)) return [{ source: pattern, wanted: true }];
  return [...tests, { source: rest, wanted: true }];
}

/** Where the group that opens at `start` closes. */
function groupEnd(pattern: string, start: number): number | null {
  let depth = 0;
  for (const { character, index } of structure(pattern)) {
    if (index < start) continue;
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth === 0) return index;
  }
  return null;
}

function hasTopAlternative(pattern: string): boolean {
  let depth = 0;
  for (const { character } of structure(pattern)) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === '|' && depth === 0) return true;
  }
  return false;
}

/** The characters that mean something: not escaped, not inside a class. */
function* structure(pattern: string): Generator<{ character: string; index: number }> {
  let inClass = false;
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern[index] ?? '';
    if (character === '\\') {
      index += 1;
    } else if (inClass) {
      inClass = character !== ']';
    } else if (character === '[') {
      inClass = true;
    } else {
      yield { character, index };
    }
  }
}
