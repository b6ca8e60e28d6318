import { isDeepStrictEqual } from 'node:util';
import { mapAt, PointerError, parsePointer, resolvePointer } from '../../../src/content/pointer.ts';
import type { JsonValue } from '../../../src/content/value.ts';
import { attempt, must, type Target } from '../target.ts';

const document: JsonValue = {
  '': { '': 1 },
  a: [{ b: 'x' }, { b: 'y', c: null }, [1, 2]],
  'a/b': true,
  'm~n': { '*': 'star', '0': 'zero' },
  constructor: 'own',
  length: 3,
};

/** Whatever a pointer names is a place in the document; changing it changes nothing else. */
export const pointerTarget: Target = {
  name: 'pointer',
  alphabet: 'text',
  lengthMax: 200,
  roundsInTest: 10_000,
  seeds: [
    '',
    '/a/*/b',
    '/a/1/c',
    '/a~1b',
    '/m~0n/*~keys',
    '/constructor',
    '//',
    '/a/2/0',
    '/a/00',
    '/toString',
  ],
  dictionary: [
    '/',
    '*',
    '/*',
    '*~keys',
    '~0',
    '~1',
    '~2',
    '~',
    '/a',
    '/b',
    '/length',
    '/constructor',
    '/__proto__',
    '/0',
    '/-',
    '/01',
  ],
  check(input) {
    const parsed = attempt(PointerError, () => parsePointer(input));
    if ('refused' in parsed) return parsed.refused;
    const found = resolvePointer(document, parsed.value);
    for (const { pointer, value } of found) {
      if (parsed.value.segments.at(-1)?.type === 'keys') continue;
      const again = resolvePointer(document, parsePointer(pointer));
      // A literal `*` can't be named, so its own pointer means every element.
      if (!pointer.split('/').includes('*'))
        must(
          again.length === 1 && again[0]?.value === value,
          'a found place is not found by its own pointer',
        );
    }
    const same = mapAt(document, parsed.value, (value) => value);
    must(isDeepStrictEqual(same, document), 'changing nothing changed something');
    return `${parsed.value.segments
      .map(({ type }) => type)
      .slice(0, 3)
      .join()} ${Math.min(3, found.length)}`;
  },
};
