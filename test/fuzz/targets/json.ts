import { isDeepStrictEqual } from 'node:util';
import { canonicalJson, readJson, StrictJsonError } from '../../../src/content/json.ts';
import type { JsonValue } from '../../../src/content/value.ts';
import { NotRead, referenceRead } from '../../hostile/json-reference.ts';
import { attempt, bytesOf, inBytes, must, type Target } from '../target.ts';

const limits = { bytesMax: 2_048, depthMax: 12 };

/** The strict reader against a slow one: the same texts are read, to the same values. */
export const jsonTarget: Target = {
  name: 'json',
  alphabet: 'bytes',
  lengthMax: 3_000,
  roundsInTest: 5_000,
  seeds: [
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a.b","arguments":{"to":"ann","n":-1.5e3}}}',
    '[null,true,false,0,-0,1e2,0.1,9007199254740991,"",[],{}]',
    inBytes(
      '{"é":"\\ud83d\\ude00 😀 \\n\\"\\\\","ſ":1,"ẞ":2,"İ":3,"σ":4,"Kelvin":{"a":{"b":[[[1]]]}}}',
    ),
    ' {"a" : "\\u0041\\/\\b\\f\\r\\t" , "b" : [ 1 , 2 ] } ',
    '[{"a":{"__proto__":1}}]',
    '[9007199254740992]',
    '{"a":"\\ud800"}',
    '{"aB":1,"Ab":2}',
  ],
  dictionary: [
    '"__proto__":',
    '"\\u005f_proto__":',
    '"to":1,',
    '"To":1,',
    '"constructor":1,',
    '{"a":',
    '[[[[[[[[',
    ']]]]]]]]',
    '\\u0000',
    '\\ud800',
    '\\udc00',
    '\\u212a',
    inBytes('\u212a'),
    inBytes('ß'),
    inBytes('ẞ'),
    inBytes('ς'),
    inBytes('Σ'),
    '\xef\xbb\xbf',
    '\xed\xa0\x80',
    '\xc0\xaf',
    '\xf4\x90\x80\x80',
    '.0',
    'e+',
    'E-999',
    '1e400',
    '5e-324',
    '2e-324',
    '9007199254740992',
    '9007199254740992.5',
    '123456789012345678901234567890',
    '0.1000000000000000055511151231257827',
    'tru',
    'nul',
    'NaN',
    '//',
    '/*',
    "'",
  ],
  check(input) {
    const bytes = bytesOf(input);
    const read = attempt(StrictJsonError, () => readJson(bytes, limits));
    // White space behind it sends a text the long way: both ways read alike.
    const longWay = attempt(StrictJsonError, () =>
      readJson(Buffer.concat([bytes, Buffer.from(' ')]), {
        ...limits,
        bytesMax: limits.bytesMax + 1,
      }),
    );
    must(isDeepStrictEqual(read, longWay), 'the short way and the long way read differently');
    const expected = reference(bytes);
    if ('refused' in read) {
      must(expected === null, `refused (${read.refused}) what the slow reader reads`);
      return read.refused;
    }
    must(expected !== null, 'read what the slow reader refuses');
    must(isDeepStrictEqual(read.value, expected.value), 'read something else than the slow reader');
    const canonical = canonicalJson(read.value);
    must(canonicalJson(readJson(canonical)) === canonical, 'a canonical form that is not its own');
    return `read ${shapeOf(read.value)}`;
  },
};

function reference(bytes: Uint8Array): { readonly value: JsonValue } | null {
  try {
    return { value: referenceRead(bytes, limits) };
  } catch (error) {
    if (error instanceof NotRead) return null;
    throw error;
  }
}

/** Coarse, so that there are dozens of shapes and not millions. */
function shapeOf(value: JsonValue): string {
  if (typeof value !== 'object' || value === null) return typeof value;
  const kinds = new Set(
    Object.values(value).map((inner) => (inner === null ? 'null' : typeof inner)),
  );
  return `${Array.isArray(value) ? 'list' : 'object'} ${Math.min(3, Object.keys(value).length)} ${[...kinds].sort().join()}`;
}
