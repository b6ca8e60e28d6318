/** Policies that somebody wrote to harm the gateway that loads them: each is refused in words, and the good one stays. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SallyportError } from '../../src/content/errors.ts';
import { compileGlob } from '../../src/content/glob.ts';
import { readSecret } from '../../src/credentials/secrets.ts';
import type { GatewayEvent } from '../../src/engine/events.ts';
import { policyLimits } from '../../src/policy/defaults.ts';
import { PolicyFileError, PolicySource, readPolicy } from '../../src/runtime/policy-source.ts';

let directory: string;
let file: string;

const good = `sallyport: 1
upstreams: { box: { functions: true } }
tools: { box.put: { action: put, tier: reversible, reach: internal, args: { id: identifier } } }
agents: { helper: { permissions: { box: { put: allow } } } }
`;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sallyport-hostile-policy-'));
  file = join(directory, 'policy', 'sallyport.yaml');
  write('sallyport.yaml', good);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function at(name: string): string {
  return join(directory, 'policy', name);
}

function write(name: string, text: string | Uint8Array): void {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
}

/** The codes of what is said, each once; null: it loads. */
function codesOf(path: string): readonly string[] | null {
  try {
    readPolicy(path);
    return null;
  } catch (error) {
    if (error instanceof PolicyFileError) {
      // What is said is bounded too, whatever the file holds.
      expect(error.message.length).toBeLessThan(200_000);
      return [...new Set(error.diagnostics.map(({ code }) => code))].toSorted();
    }
    if (error instanceof SallyportError) return [error.code];
    throw error;
  }
}

const include = (path: string): string => `${good}include: [${JSON.stringify(path)}]\n`;
const agentNamed = (name: string): string => good.replace('helper', name);
const many = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');
const laughs = many(
  12,
  (n) =>
    `l${n}: &l${n} [${Array.from({ length: 10 }, () => (n === 0 ? 'ha' : `*l${n - 1}`)).join(', ')}]`,
);

const rows: [string, () => void, readonly string[]][] = [
  [
    'a billion laughs',
    () => write('sallyport.yaml', `${good}${laughs}\n`),
    ['policy.key', 'policy.yaml_feature'],
  ],
  [
    'an anchor that holds itself',
    () => write('sallyport.yaml', `${good}hours: &a { b: *a }\n`),
    ['policy.yaml_feature'],
  ],
  [
    'a merge key',
    () => write('sallyport.yaml', `${good}hours: { <<: { business: Mon-Fri 09:00-17:00 } }\n`),
    ['policy.yaml_feature'],
  ],
  [
    'a tag that makes objects elsewhere',
    () => write('sallyport.yaml', `${good}hours: !!js/function 'function(){}'\n`),
    ['policy.yaml_feature'],
  ],
  [
    'a tag for bytes',
    () => write('sallyport.yaml', `${good}timezone: !!binary VVRD\n`),
    ['policy.yaml_feature'],
  ],
  [
    'a directive that gives tags another meaning',
    () => write('sallyport.yaml', `%TAG ! tag:evil.example,2026:\n---\n${good}`),
    ['policy.yaml_feature'],
  ],
  ['a second document', () => write('sallyport.yaml', `${good}---\n${good}`), ['policy.yaml']],
  [
    'a key twice',
    () => write('sallyport.yaml', `${good}enforcement: strict\nenforcement: observe\n`),
    ['policy.duplicate'],
  ],
  [
    'a key twice, once in quotes',
    () => write('sallyport.yaml', `${good}enforcement: strict\n"enforcement": observe\n`),
    ['policy.duplicate'],
  ],
  [
    'a key twice, once escaped',
    () => write('sallyport.yaml', `${good}enforcement: strict\n"\\x65nforcement": observe\n`),
    ['policy.duplicate'],
  ],
  [
    '`__proto__`',
    () => write('sallyport.yaml', `${good}__proto__: { enforcement: observe }\n`),
    ['policy.key'],
  ],
  [
    '`constructor`',
    () => write('sallyport.yaml', `${good}constructor: { prototype: {} }\n`),
    ['policy.key'],
  ],
  [
    'an agent called `__proto__`',
    () => write('sallyport.yaml', agentNamed('__proto__')),
    ['policy.key'],
  ],
  [
    'an agent in letters that look like others',
    () => write('sallyport.yaml', agentNamed('hеlper')),
    ['policy.value'],
  ],
  [
    'a tool in letters that look like others',
    () => write('sallyport.yaml', good.replaceAll('box.put', 'bоx.put')),
    ['policy.unknown', 'policy.value'],
  ],
  [
    'lists in lists by the thousand',
    () => write('sallyport.yaml', `${good}hours: ${'['.repeat(50_000)}`),
    ['policy.yaml'],
  ],
  [
    'maps in maps',
    () => write('sallyport.yaml', `${good}hours: ${'{a: '.repeat(60)}1${'}'.repeat(60)}\n`),
    ['policy.type', 'policy.yaml'],
  ],
  [
    'lines that each go deeper',
    () =>
      write('sallyport.yaml', `${good}hours:\n${many(700, (n) => `${' '.repeat(n + 1)}a:`)} 1\n`),
    ['policy.type', 'policy.yaml'],
  ],
  [
    'a hundred thousand tools',
    () => write('sallyport.yaml', `${good}x:\n${many(100_000, (n) => ` t${n}: 1`)}\n`),
    ['policy.too_large'],
  ],
  [
    'an enormous scalar',
    () => write('sallyport.yaml', `${good}timezone: ${'x'.repeat(900_000)}\n`),
    ['policy.value'],
  ],
  [
    'an enormous key',
    () => write('sallyport.yaml', `${good}${'x'.repeat(1_000)}: 1\n`),
    ['policy.key'],
  ],
  [
    'an enormous expression',
    () =>
      write(
        'sallyport.yaml',
        good.replace('put: allow', `put: { when: "${'true && '.repeat(100_000)}true" }`),
      ),
    ['policy.cel'],
  ],
  [
    'a deep expression',
    () =>
      write(
        'sallyport.yaml',
        good.replace(
          'put: allow',
          `put: { when: "${'('.repeat(10_000)}true${')'.repeat(10_000)}" }`,
        ),
      ),
    ['policy.cel'],
  ],
  [
    'an expression that multiplies lists',
    () =>
      write(
        'sallyport.yaml',
        good.replace(
          'put: allow',
          `put: { when: "call.identifiers.all(a, call.identifiers.all(b, a == b))" }`,
        ),
      ),
    ['policy.cel'],
  ],
  [
    'a pattern that backtracks elsewhere',
    () =>
      write(
        'sallyport.yaml',
        good.replace('put: allow', `put: { when: "agent.matches('((a{100}){100}){100}')" }`),
      ),
    ['policy.cel'],
  ],
  [
    'a glob without end',
    () =>
      write(
        'sallyport.yaml',
        good.replace('put: allow', `put: { where: { id: "${'**a'.repeat(1_000)}" } }`),
      ),
    ['policy.value'],
  ],
  [
    'bytes that aren’t UTF-8',
    () =>
      write(
        'sallyport.yaml',
        Buffer.concat([Buffer.from(good), Buffer.from([0x23, 0xc3, 0x28, 0x0a])]),
      ),
    ['policy.unreadable'],
  ],
  [
    'UTF-16',
    () => write('sallyport.yaml', Buffer.from(`\ufeff${good}`, 'utf16le')),
    ['policy.unreadable'],
  ],
  ['a NUL', () => write('sallyport.yaml', `${good}# \0\n`), ['policy.file']],
  [
    'directions of letters',
    () => write('sallyport.yaml', `${good}# allow \u202e evil\n`),
    ['policy.file'],
  ],
  [
    'letters of no width',
    () => write('sallyport.yaml', agentNamed('hel\u200bper')),
    ['policy.file'],
  ],
  [
    'a second byte order mark',
    () => write('sallyport.yaml', `\ufeff\ufeff${good}`),
    ['policy.file'],
  ],
  [
    'an include of itself',
    () => write('sallyport.yaml', include('sallyport.yaml')),
    ['policy.include'],
  ],
  [
    'an include of itself, by another name',
    () => write('sallyport.yaml', include('./sallyport.yaml')),
    ['policy.include'],
  ],
  [
    'includes in a circle',
    () => {
      write('a.yaml', 'include: [b.yaml]\n');
      write('b.yaml', 'include: [a.yaml]\n');
      write('sallyport.yaml', include('a.yaml'));
    },
    ['policy.include'],
  ],
  [
    'a ladder of includes',
    () => {
      for (let step = 0; step < 20; step += 1)
        write(`s${step}.yaml`, `include: [s${step + 1}.yaml]\n`);
      write('sallyport.yaml', include('s0.yaml'));
    },
    ['policy.include'],
  ],
  [
    'hundreds of includes',
    () => {
      for (let one = 0; one < 300; one += 1) write(`i${one}.yaml`, 'hours: {}\n');
      write('sallyport.yaml', `${good}include:\n${many(300, (n) => `  - i${n}.yaml`)}\n`);
    },
    ['policy.include'],
  ],
  [
    'an include that leaves',
    () => write('sallyport.yaml', include('../other.yaml')),
    ['policy.include'],
  ],
  [
    'an include that leaves later',
    () => write('sallyport.yaml', include('tools/../../other.yaml')),
    ['policy.include'],
  ],
  [
    'an include of a whole path',
    () => write('sallyport.yaml', include('/etc/passwd.yaml')),
    ['policy.include'],
  ],
  [
    'an include from home',
    () => write('sallyport.yaml', include('~/other.yaml')),
    ['policy.include'],
  ],
  [
    'an include of another system’s path',
    () => write('sallyport.yaml', include('C:\\other.yaml')),
    ['policy.include'],
  ],
  [
    'an include by URL',
    () => write('sallyport.yaml', include('https://evil.example/x.yaml')),
    ['policy.include'],
  ],
  ['an include with a NUL', () => write('sallyport.yaml', include('x\0.yaml')), ['policy.include']],
  [
    'an include of something else',
    () => write('sallyport.yaml', include('.sallyport/ledger.key.pem')),
    ['policy.include'],
  ],
  [
    'an include of what isn’t there',
    () => write('sallyport.yaml', include('none.yaml')),
    ['policy.include'],
  ],
  [
    'a link out of the folder',
    () => {
      writeFileSync(join(directory, 'outside.yaml'), 'hours: {}\n');
      symlinkSync(join(directory, 'outside.yaml'), at('link.yaml'));
      write('sallyport.yaml', include('link.yaml'));
    },
    ['policy.include'],
  ],
  [
    'a linked folder',
    () => {
      mkdirSync(join(directory, 'outside'));
      writeFileSync(join(directory, 'outside', 'x.yaml'), 'hours: {}\n');
      symlinkSync(join(directory, 'outside'), at('linked'));
      write('sallyport.yaml', include('linked/x.yaml'));
    },
    ['policy.include'],
  ],
  [
    'a link to itself',
    () => {
      symlinkSync(at('loop.yaml'), at('loop.yaml'));
      write('sallyport.yaml', include('loop.yaml'));
    },
    ['policy.include'],
  ],
  [
    'a device without end',
    () => {
      symlinkSync('/dev/zero', at('zero.yaml'));
      write('sallyport.yaml', include('zero.yaml'));
    },
    ['policy.include'],
  ],
  [
    'a pipe that nobody writes',
    () => {
      execFileSync('mkfifo', [at('pipe.yaml')]);
      write('sallyport.yaml', include('pipe.yaml'));
    },
    ['policy.unreadable'],
  ],
  [
    'a folder',
    () => {
      mkdirSync(at('folder.yaml'));
      write('sallyport.yaml', include('folder.yaml'));
    },
    ['policy.unreadable'],
  ],
  [
    'a huge file',
    () => {
      write('huge.yaml', '#'.repeat(2_000_000));
      write('sallyport.yaml', include('huge.yaml'));
    },
    ['policy.too_large'],
  ],
  [
    'a policy that is a device',
    () => {
      rmSync(file);
      symlinkSync('/dev/zero', file);
    },
    ['policy.file'],
  ],
  [
    'a policy that is a pipe',
    () => {
      rmSync(file);
      execFileSync('mkfifo', [file]);
    },
    ['policy.unreadable'],
  ],
  [
    'a lock that is a pipe',
    () => execFileSync('mkfifo', [at('sallyport.lock')]),
    ['policy.unreadable'],
  ],
  [
    'a lock that is huge',
    () => write('sallyport.lock', ' '.repeat(34_000_000)),
    ['policy.too_large'],
  ],
  ['a lock in brackets', () => write('sallyport.lock', '['.repeat(100_000)), ['policy.lock']],
  [
    'a lock that says a name twice',
    () => write('sallyport.lock', '{"lockVersion":1,"upstreams":{},"upstreams":{}}'),
    ['policy.lock'],
  ],
  ['no policy', () => rmSync(file), ['policy.file']],
];

describe.each(rows)('%s', (_, make, codes) => {
  test('is refused at the start, in words', () => {
    make();
    expect(codesOf(file)).toEqual(codes);
  });

  test('never takes the place of the good one, and is in the record', async () => {
    const events: GatewayEvent[] = [];
    const record = async (event: GatewayEvent): Promise<void> => void events.push(event);
    const source = new PolicySource(file, readPolicy(file), () => 1, record);
    const { hash } = source.policy;
    make();
    expect(await source.reload()).toBeInstanceOf(Error);
    expect(source.policy.hash).toBe(hash);
    expect(events).toMatchObject([{ type: 'policy.rejected', policy: null }]);
    expect(JSON.stringify(events).length).toBeLessThan(100_000);
    source.stop();
  });
});

test('more than a policy may hold, in files: no file is read after the one that is too much', () => {
  const files = ['tools/0.yaml', 'tools/1.yaml', 'tools/2.yaml'];
  for (const [part, name] of files.slice(0, 2).entries())
    write(name, `x${part}:\n${many(policyLimits.nodesMax / 2, () => ' - 1')}\n`);
  write('tools/2.yaml', 'tools: [');
  write('sallyport.yaml', `${good}include: [${files.join(', ')}]\n`);
  expect(codesOf(file)).toEqual(['policy.file']);
});

test('a byte order mark at the very beginning, and a link within the folder, are fine', () => {
  write('tools/hours.yaml', 'hours: { business: Mon-Fri 09:00-17:00 }\n');
  symlinkSync(at('tools/hours.yaml'), at('hours.yaml'));
  write('sallyport.yaml', `\ufeff${include('hours.yaml')}`);
  expect(codesOf(file)).toBeNull();
});

test.each([
  ['a word in a megabyte', '**urgent**', `${'u'.repeat(1_000_000)}`],
  ['three hundred stars', '**a'.repeat(300), `${'a'.repeat(1_000_000)}b`],
  ['three hundred folders', '**/'.repeat(300), 'a/'.repeat(500_000)],
])(
  'a glob looks at each character once: %s',
  (_, pattern, value) => {
    const glob = compileGlob(pattern);
    expect([glob.matches(value), glob.covers(value)].every((is) => typeof is === 'boolean')).toBe(
      true,
    );
  },
  5_000,
);

describe('a secret that is no secret file', () => {
  const cases: [string, () => string, string][] = [
    ['a device without end', () => 'file:/dev/zero', 'credential.unusable'],
    [
      'a pipe',
      () => {
        execFileSync('mkfifo', ['-m', '600', at('pipe')]);
        return `file:${at('pipe')}`;
      },
      'credential.unusable',
    ],
    ['a folder', () => `file:${directory}`, 'credential.unusable'],
    [
      'a file for all to read',
      () => {
        write('open', 'secret-words');
        chmodSync(at('open'), 0o644);
        return `file:${at('open')}`;
      },
      'credential.unsafe_file',
    ],
    [
      'a huge file',
      () => {
        write('huge', 'x'.repeat(100_000));
        chmodSync(at('huge'), 0o600);
        return `file:${at('huge')}`;
      },
      'credential.unusable',
    ],
    ['a relative path', () => 'file:../secret', 'credential.reference'],
    ['another provider', () => 'https://evil.example/secret', 'credential.reference'],
    ['a variable that isn’t set', () => 'env:SALLYPORT_NO_SUCH_VARIABLE', 'credential.missing'],
    [
      'a field of what has none',
      () => {
        write('json', '{"a":1}');
        chmodSync(at('json'), 0o600);
        return `file:${at('json')}#__proto__`;
      },
      'credential.missing',
    ],
  ];
  test.each(cases)('%s', async (_, made, code) => {
    await expect(readSecret({ from: made() })).rejects.toMatchObject({ code });
  });
});
