/**
 * The strict reader against those that agents and upstreams are written with: whatever it accepts, Go and Python read as
 * the very same value. Both run as programs of their own and read thousands of documents each.
 */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import canonicalize from 'canonicalize';
import { describe, expect, test } from 'vitest';
import { canonicalJson, readJson, StrictJsonError } from '../../src/content/json.ts';
import type { JsonValue } from '../../src/content/value.ts';
import { mutate } from '../fuzz/mutate.ts';
import { attempt, bytesOf } from '../fuzz/target.ts';
import { jsonTarget } from '../fuzz/targets/json.ts';
import { seededRandom } from '../seeded-random.ts';

const readers = join(import.meta.dirname, 'readers');
const environment = { ...process.env, GOPROXY: 'off', GOTOOLCHAIN: 'local', GO111MODULE: 'off' };

/** The program to start and its arguments; null where the machine has it not. */
function programOf(command: string, probe: string, args: readonly string[]) {
  const found = spawnSync(command, [probe], { env: environment }).status === 0;
  if (found) return { command, args };
  if (process.env['CI'] !== undefined)
    throw new Error(
      `${command} has to be installed where CI is: these tests are not skipped there`,
    );
  console.warn(
    `SKIPPED: the strict JSON reader is not compared with ${command}'s, which isn't installed`,
  );
  return null;
}

const go = programOf('go', 'version', ['run', join(readers, 'reader.go')]);
const python = programOf('python3', '--version', [join(readers, 'reader.py')]);

function outputOf(
  program: { readonly command: string; readonly args: readonly string[] },
  input: Uint8Array,
  more: readonly string[] = [],
): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(program.command, [...program.args, ...more], {
      env: environment,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0) reject(new Error(`${program.command} ended with ${code}`));
      else resolve(Buffer.concat(chunks).toString().trimEnd().split('\n'));
    });
    child.stdin.end(input);
  });
}

/** As the other readers write what they have read. */
function written(value: JsonValue): string {
  if (value === null) return 'n';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return `"${Buffer.from(value).toString('hex')};`;
  if (typeof value === 'number') {
    const bits = Buffer.alloc(8);
    bits.writeDoubleBE(value);
    return `#${bits.toString('hex')}`;
  }
  if (Array.isArray(value)) return `[${value.map(written).join('')}]`;
  const fields = Object.entries(value).map(
    ([key, field]) => [Buffer.from(key).toString('hex'), field] as const,
  );
  return `{${fields
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, field]) => `${key}:${written(field)}`)
    .join('')}}`;
}

const bytes = (text: string): Buffer => Buffer.from(text);

/** Documents on which readers are known to differ, with how this one refuses them. */
const contested: readonly (readonly [string, Uint8Array, string])[] = [
  ['a key twice', bytes('{"a":1,"a":2}'), 'json.duplicate_key'],
  ['a key twice, once escaped', bytes('{"a":1,"\\u0061":2}'), 'json.duplicate_key'],
  ['a key in two cases', bytes('{"a":1,"A":2}'), 'json.case_duplicate_key'],
  ['a key with the long s', bytes('{"s":1,"ſ":2}'), 'json.case_duplicate_key'],
  ['an integer that loses a digit', bytes('9007199254740993'), 'json.number_range'],
  ['an integer of 64 bits', bytes('9223372036854775807'), 'json.number_range'],
  ['an integer of 5,000 digits', bytes('1'.repeat(5_000)), 'json.number_range'],
  ['more than a double', bytes('1e400'), 'json.number_range'],
  ['less than a double', bytes('1e-400'), 'json.number_range'],
  ['not a number', bytes('NaN'), 'json.syntax'],
  ['infinity', bytes('[-Infinity]'), 'json.syntax'],
  ['half of a pair, escaped', bytes('"\\ud800"'), 'json.lone_surrogate'],
  ['half of a pair in bytes', Buffer.from('22eda08022', 'hex'), 'json.utf8'],
  ['an overlong form', Buffer.from('22c0af22', 'hex'), 'json.utf8'],
  ['a byte that no character has', Buffer.from('22ff22', 'hex'), 'json.utf8'],
  ['a byte order mark', Buffer.from('efbbbf7b7d', 'hex'), 'json.bom'],
  ['UTF-16', Buffer.from('{}', 'utf16le'), 'json.syntax'],
  ['UTF-16 with its mark', Buffer.from('fffe7b007d00', 'hex'), 'json.utf8'],
  ['UTF-32', Buffer.from('0000007b0000007d', 'hex'), 'json.syntax'],
  ['a second value', bytes('{}{}'), 'json.trailing'],
  ['a NUL behind', bytes('{}\0'), 'json.trailing'],
  ['a raw tab in a string', bytes('"\t"'), 'json.control_character'],
  ['a raw line separator before', bytes('\u2028{}'), 'json.syntax'],
  ['a form feed before', bytes('\f{}'), 'json.syntax'],
  ['__proto__', bytes('{"__proto__":1}'), 'json.proto_key'],
  ['65 levels', bytes('['.repeat(65) + ']'.repeat(65)), 'json.depth'],
  ['20,000 levels', bytes('['.repeat(20_000) + ']'.repeat(20_000)), 'json.depth'],
  ['nothing', bytes(''), 'json.syntax'],
];

const documentsCount = 20_000;

/** Near misses of good documents, the same each time. */
function documents(): Uint8Array[] {
  const random = seededRandom(8_259);
  const near = Array.from({ length: documentsCount }, () =>
    bytesOf(
      mutate(
        random.oneOf(jsonTarget.seeds) ?? '',
        random.oneOf(jsonTarget.seeds) ?? '',
        jsonTarget,
        random,
      ),
    ),
  );
  return [
    ...jsonTarget.seeds.map(bytesOf),
    ...contested.map(([, source]) => source),
    ...near,
    ...numbers(),
  ];
}

/** Doubles of every size, as people and programs write them. */
function numbers(): Uint8Array[] {
  const random = seededRandom(754);
  return Array.from({ length: 2_000 }, () => {
    const digits = Array.from({ length: 1 + random.below(20) }, () => random.below(10)).join('');
    const fraction = random.below(2) === 0 ? '' : `.${random.below(1_000_000_000)}`;
    const exponent = random.below(2) === 0 ? '' : `e${random.below(660) - 330}`;
    return bytes(
      `[${random.below(2) === 0 ? '-' : ''}${Number(digits[0])}${fraction}${exponent},${BigInt(digits)}${exponent}]`,
    );
  });
}

const accepted = (
  source: Uint8Array,
): { readonly value: JsonValue } | { readonly refused: string } =>
  attempt(StrictJsonError, () => readJson(source));

describe.each([
  ['Go', go],
  ['Python', python],
])('%s', (_, program) => {
  test.skipIf(program === null)(
    'reads whatever is accepted as the same value',
    async () => {
      if (program === null) return;
      const sources = documents();
      const input = sources.flatMap((source) => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(source.length);
        return [length, source];
      });
      const theirs = await outputOf(program, Buffer.concat(input));
      expect(theirs).toHaveLength(sources.length);
      let read = 0;
      const different: string[] = [];
      for (const [at, source] of sources.entries()) {
        const ours = accepted(source);
        if ('refused' in ours) continue;
        read += 1;
        const same = theirs[at] === written(ours.value);
        if (!same) different.push(`${Buffer.from(source).toString('latin1')} is ${theirs[at]}`);
      }
      expect(different).toEqual([]);
      // Else the comparison would be about nothing.
      expect(read).toBeGreaterThan(sources.length / 20);
    },
    120_000,
  );
});

test.skipIf(go === null)(
  'no two characters that Go takes for one another make two keys',
  async () => {
    if (go === null) return;
    const pairs = await outputOf(go, Buffer.alloc(0), ['folds']);
    expect(pairs.length).toBeGreaterThan(2_000);
    const kept = pairs.filter((pair) => {
      const [one = '', other = ''] = pair
        .split(' ')
        .map((code) => String.fromCodePoint(Number.parseInt(code, 16)));
      const text = JSON.stringify({ [`a${one}b`]: 1, [`a${other}b`]: 2 });
      const read = accepted(bytes(text));
      return !('refused' in read) || read.refused !== 'json.case_duplicate_key';
    });
    expect(kept).toEqual([]);
  },
  60_000,
);

test.each(contested)('%s is refused', (_, source, refused) => {
  expect(accepted(source)).toEqual({ refused });
});

describe('the canonical form', () => {
  /** RFC 8785, appendix B. */
  test.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('the double %s is %s', (bits, text) => {
    expect(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE())).toBe(text);
  });

  test.each(['7fffffffffffffff', '7ff0000000000000', 'fff0000000000000'])(
    'the double %s has none',
    (bits) => {
      expect(() => canonicalJson(Buffer.from(bits, 'hex').readDoubleBE())).toThrow(StrictJsonError);
    },
  );

  test('is what another implementation of RFC 8785 writes', () => {
    let compared = 0;
    for (const source of documents()) {
      const read = accepted(source);
      if ('refused' in read) continue;
      compared += 1;
      expect(canonicalJson(read.value)).toBe(canonicalize(read.value));
    }
    expect(compared).toBeGreaterThan(1_000);
  });
});
