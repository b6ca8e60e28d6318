import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Literals } from './literals.ts';

function all(literals: readonly string[], text: string): string[] {
  const found: string[] = [];
  new Literals(literals.map((literal, at) => [literal, at] as const)).scan(
    text,
    (start, end, meaning) => found.push(`${start}-${end}:${meaning}`),
  );
  return found.sort();
}

test.each<[string, readonly string[], string, readonly string[]]>([
  ['one literal', ['key'], 'a key', ['2-5:0']],
  ['in any case, on either side', ['KeY'], 'a kEy', ['2-5:0']],
  ['overlapping ones', ['she', 'he', 'hers'], 'ushers', ['1-4:0', '2-4:1', '2-6:2']],
  ['the same twice', ['aa'], 'aaa', ['0-2:0', '1-3:0']],
  ['two meanings of one literal', ['ab', 'ab'], 'ab', ['0-2:0', '0-2:1']],
  ['other scripts', ['忽略', 'игнор'], 'x忽略игнорируй', ['1-3:0', '3-8:1']],
  ['none', [], 'text', []],
  ['no text', ['a'], '', []],
])('finds %s', (_, literals, text, expected) => {
  expect(all(literals, text)).toEqual([...expected].sort());
});

test('finds exactly what looking for each literal alone finds', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'é'), maxLength: 40 });
  fc.assert(
    fc.property(fc.array(text.filter(Boolean), { maxLength: 6 }), text, (literals, haystack) => {
      const expected: string[] = [];
      for (const [meaning, literal] of literals.entries())
        for (let at = 0; at + literal.length <= haystack.length; at += 1)
          if (haystack.slice(at, at + literal.length).toLowerCase() === literal.toLowerCase())
            expected.push(`${at}-${at + literal.length}:${meaning}`);
      expect(all(literals, haystack)).toEqual(expected.sort());
    }),
  );
});
