/** What `@sallyport/verify` says of a bundle, as a program of its own, about what somebody did to it on the way. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuditedLedger, auditedLedger } from './audited.ts';

const program = join(import.meta.dirname, '../../packages/verify/verify.js');
const root = mkdtempSync(join(tmpdir(), 'sallyport-verify-'));
afterAll(() => rmSync(root, { recursive: true }));

let audited: AuditedLedger;
let header = '';
let lines: readonly string[] = [];
beforeAll(async () => {
  audited = await auditedLedger(join(root, 'data'), 400);
  [header = '', ...lines] = audited.bundle.trimEnd().split('\n');
});

interface Answer {
  readonly code: unknown;
  readonly out: string;
  readonly err: string;
}

async function verify(...words: string[]): Promise<Answer> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...words], (error, out, err) =>
      resolve({ code: error === null ? 0 : error.code, out, err }),
    );
  });
}

let files = 0;
function fileOf(content: string | Uint8Array): string {
  files += 1;
  const file = join(root, `file-${files}`);
  writeFileSync(file, content);
  return file;
}

async function verdict(bundle: string | Uint8Array, ...words: string[]) {
  const answer = await verify(fileOf(bundle), '--json', ...words);
  expect(answer.err).toBe('');
  const report = JSON.parse(answer.out);
  expect(Object.keys(report)[0]).toBe('ok');
  expect(answer.code).toBe(report.ok ? 0 : 1);
  return report;
}

function bundleOf(first: string, rest: readonly string[]): string {
  return [first, ...rest, ''].join('\n');
}

/** As the other side would do it who knows how the hash is made. */
function rehashed(line: string): string {
  const [, event = ''] = /"event":(.*),"payloads":/.exec(line) ?? [];
  const hash = createHash('sha256').update('\0').update(event).digest('hex');
  return line.replace(/"leafHash":"[0-9a-f]{64}"/, `"leafHash":"${hash}"`);
}

function renumbered(all: readonly string[]): string[] {
  return all.map((line, seq) => line.replace(/^\{"seq":\d+/, `{"seq":${seq}`));
}

function changed(seq: number, change: (line: string) => string): string[] {
  return lines.map((line, at) => (at === seq ? change(line) : line));
}

const tool = (line: string) => line.replace('"tool":"mail.send"', '"tool":"mail.read"');

test('what is as it was signed passes, with every checkpoint and receipt that was kept', async () => {
  const kept = fileOf(audited.kept.join('\n'));
  const receipts = audited.receipts.flatMap((receipt) => ['--receipt', fileOf(receipt)]);
  const words = ['--vkey', audited.vkey, '--checkpoint', kept, ...receipts];
  expect(await verdict(audited.bundle, ...words)).toEqual({
    ok: true,
    origin: audited.vkey.split('+')[0],
    events: 400,
    sealed: 400,
    kept: [100, 200, 300, 400],
    receipts: 4,
    vkey: audited.vkey,
    keyGiven: true,
    firstBadSeq: null,
    firstBadBefore: null,
    problems: [],
    problemCount: 0,
  });
  const { code, out } = await verify(fileOf(audited.bundle), ...words);
  expect([code, out]).toEqual([
    0,
    `400 events, 400 sealed, 4 receipts: every one is as it was signed\nkey: ${audited.vkey}\nit continues 4 kept checkpoints, up to 400 events\n`,
  ]);
});

test('without a key and a kept checkpoint it says what is not proven', async () => {
  const { code, out } = await verify(fileOf(audited.bundle));
  expect(code).toBe(0);
  expect(out).toContain("caution: the key is the bundle's own word");
  expect(out).toContain('caution: no kept checkpoint was given');
});

describe('the first changed event is named', () => {
  const rows: readonly (readonly [string, () => string[], string, number])[] = [
    ['an edited event', () => changed(250, tool), 'edited', 250],
    ['two edited events', () => changed(250, tool).with(30, tool(lines[30] ?? '')), 'edited', 30],
    [
      'an edited hash',
      () => changed(250, (line) => line.replace(/"leafHash":"..../, '"leafHash":"0000')),
      'edited',
      250,
    ],
    ['a dropped event', () => lines.toSpliced(250, 1), 'dropped', 250],
    ['many dropped events', () => lines.toSpliced(10, 300), 'dropped', 10],
    [
      'two events in each other’s place',
      () => lines.with(7, lines[250] ?? '').with(250, lines[7] ?? ''),
      'reordered',
      7,
    ],
    [
      'the same, renumbered',
      () => {
        const content = (seq: number) => (lines[seq] ?? '').replace(/^.*"event":/, '');
        return lines.map((line, seq) =>
          seq === 7 || seq === 250
            ? line.replace(/"event":.*$/, `"event":${content(257 - seq)}`)
            : line,
        );
      },
      'reordered',
      7,
    ],
    ['an event twice', () => lines.toSpliced(20, 0, lines[19] ?? ''), 'reordered', 19],
    [
      'an event more',
      () => [...lines, (lines[399] ?? '').replace('"seq":399', '"seq":400')],
      'malformed',
      400,
    ],
    ['the end missing', () => lines.slice(0, 390), 'truncated', 390],
    [
      'a payload changed',
      () => changed(40, (line) => line.replace('"n":[40', '"n":[41')),
      'payload_edited',
      40,
    ],
    [
      'a payload missing',
      () => changed(40, (line) => line.replace(/"payloads":.*$/, '"payloads":{}}')),
      'payload_missing',
      40,
    ],
    [
      'another text in the place of a payload that was told before',
      () => {
        const [, told = ''] = /"payloads":\{(.*)\}\}$/.exec(lines[39] ?? '') ?? [];
        const lie = told.replace('"n":[39', '"n":[41');
        return changed(40, (line) => line.replace('"payloads":{', `"payloads":{${lie},`));
      },
      'payload_edited',
      40,
    ],
    [
      'a key twice in an event',
      () => changed(5, (line) => line.replace('"agent":', '"agent":"x","agent":')),
      'malformed',
      5,
    ],
    [
      'a member more in a line',
      () => changed(5, (line) => line.replace('"event":', '"event":{},"event":')),
      'malformed',
      5,
    ],
    ['a line that goes on', () => changed(5, (line) => `${line} {}`), 'malformed', 5],
    [
      'another spelling of a number',
      () => changed(5, (line) => line.replace('"v":1', '"v":1.0')),
      'malformed',
      5,
    ],
    [
      'a value too deep',
      () =>
        changed(5, (line) =>
          line.replace('"facts":{', `"facts":{"a":${'['.repeat(50_000)}${']'.repeat(50_000)},`),
        ),
      'malformed',
      5,
    ],
  ];

  test.each(rows)('%s', async (_, tampered, code, seq) => {
    const report = await verdict(bundleOf(header, tampered()), '--vkey', audited.vkey);
    expect(report).toMatchObject({ ok: false, firstBadSeq: seq });
    expect(report.problems.map((problem: { code: string }) => problem.code)).toContain(code);
  });

  test('however much else is wrong', async () => {
    const bare = lines.map((line) => line.replace(/"payloads":.*$/, '"payloads":{}}'));
    const twice = [...bare, ...bare, ...bare].with(
      0,
      tool(bare[0] ?? '').replace('"v":1', '"v":2'),
    );
    const report = await verdict(bundleOf(header, twice));
    expect(report).toMatchObject({ ok: false, firstBadSeq: 0 });
    expect(report.problemCount).toBeGreaterThan(1_000);
    expect(report.problems).toHaveLength(100);
  });

  test('a bundle cut off within a line', async () => {
    const at = audited.bundle.indexOf('{"seq":300') + 200;
    expect(await verdict(audited.bundle.slice(0, at))).toMatchObject({
      ok: false,
      firstBadSeq: 300,
      events: 300,
    });
  });

  test('a line of 65 MiB', async () => {
    const huge = Buffer.alloc(65 * 1024 * 1024, 'x');
    const bundle = Buffer.concat([Buffer.from(bundleOf(header, lines.slice(0, 9))), huge]);
    expect(await verdict(bundle)).toMatchObject({
      ok: false,
      firstBadSeq: 9,
      problems: expect.arrayContaining([expect.objectContaining({ code: 'malformed', seq: 9 })]),
    });
  });

  test.each([
    ['edited', () => changed(250, (line) => rehashed(tool(line)))],
    ['dropped', () => renumbered(lines.toSpliced(250, 1))],
  ])(
    'an event %s by somebody who made the hashes fit: between two kept checkpoints',
    async (_, tampered) => {
      const kept = fileOf(audited.kept.join(''));
      const report = await verdict(bundleOf(header, tampered()), '--checkpoint', kept);
      expect(report).toMatchObject({ ok: false, firstBadSeq: 200, firstBadBefore: 300 });
    },
  );
});

describe('what was kept is held against it', () => {
  test('a ledger that was put back to an older state', async () => {
    const old = JSON.parse(header);
    const first = JSON.stringify({ ...old, checkpoint: audited.kept[1], events: 200 });
    const older = bundleOf(first, lines.slice(0, 200));
    expect(await verdict(older, '--vkey', audited.vkey)).toMatchObject({ ok: true, sealed: 200 });
    const kept = fileOf(audited.kept[2] ?? '');
    expect(await verdict(older, '--checkpoint', kept)).toMatchObject({
      ok: false,
      firstBadSeq: 200,
      problems: [{ code: 'rolled_back' }],
    });
  });

  test('a whole other ledger, signed with another key', async () => {
    const other = await auditedLedger(join(root, 'other'), 100);
    expect(await verdict(other.bundle)).toMatchObject({ ok: true });
    const report = await verdict(other.bundle, '--vkey', audited.vkey);
    expect(report.problems.map(({ code }: { code: string }) => code)).toEqual(
      expect.arrayContaining(['key', 'checkpoint', 'unsigned']),
    );
  });

  test.each([
    ['an empty bundle', ''],
    ['no bundle', 'hello\n'],
    ['a bundle of the future', '{"bundle":2}\n'],
    [
      'one key of the first line twice',
      '{"bundle":1,"bundle":1,"vkey":null,"checkpoint":null,"events":0}\n',
    ],
  ])('%s', async (_, bundle) => {
    expect(await verdict(bundle)).toMatchObject({ ok: false, problems: [{ code: 'malformed' }] });
  });

  test('events that nobody signed', async () => {
    const first = JSON.stringify({ ...JSON.parse(header), checkpoint: null });
    expect(await verdict(bundleOf(first, lines))).toMatchObject({
      ok: false,
      problems: [{ code: 'unsigned' }],
    });
  });

  test('a checkpoint with one bit changed', async () => {
    const forged = fileOf((audited.kept[0] ?? '').replace('\n100\n', '\n101\n'));
    expect(await verdict(audited.bundle, '--checkpoint', forged)).toMatchObject({
      ok: false,
      problems: [{ code: 'checkpoint', detail: expect.stringContaining('signature') }],
    });
  });
});

describe('receipts', () => {
  test('prove themselves, without the ledger', async () => {
    const receipt = fileOf(audited.receipts[2] ?? '');
    const answer = await verify('--receipt', receipt, '--vkey', audited.vkey, '--json');
    expect([answer.code, JSON.parse(answer.out)]).toMatchObject([0, { ok: true, receipts: 1 }]);
  });

  test.each([
    ['another place', (receipt: string) => receipt.replace('index 299', 'index 298')],
    ['another event', (receipt: string) => receipt.replace(/^extra .*$/m, `extra ${btoa('{}')}`)],
    ['a hash fewer', (receipt: string) => receipt.replace(/(index 299\n)[^\n]+\n/, '$1')],
    ['no checkpoint', (receipt: string) => receipt.slice(0, receipt.indexOf('\n\n'))],
  ])('with %s don’t', async (_, change) => {
    const receipt = fileOf(change(audited.receipts[2] ?? ''));
    const answer = await verify('--receipt', receipt, '--vkey', audited.vkey, '--json');
    expect([answer.code, JSON.parse(answer.out)]).toMatchObject([
      1,
      { ok: false, problems: [{ code: 'receipt' }] },
    ]);
  });

  test('show a ledger that was put back to an older state', async () => {
    const first = JSON.stringify({
      ...JSON.parse(header),
      checkpoint: audited.kept[1],
      events: 200,
    });
    const older = bundleOf(first, lines.slice(0, 200));
    for (const [at, ok] of [
      [1, true],
      [2, false],
    ] as const) {
      const receipt = fileOf(audited.receipts[at] ?? '');
      const report = await verdict(older, '--vkey', audited.vkey, '--receipt', receipt);
      expect(report).toMatchObject(
        ok ? { ok } : { ok, firstBadSeq: 200, problems: [{ code: 'rolled_back' }] },
      );
    }
  });

  test('show a ledger that was rewritten', async () => {
    const receipt = fileOf(audited.receipts[2] ?? '');
    const rewritten = bundleOf(
      header,
      changed(299, (line) => rehashed(tool(line))),
    );
    const report = await verdict(rewritten, '--receipt', receipt);
    expect(report).toMatchObject({ ok: false, firstBadSeq: 0, firstBadBefore: 300 });
  });
});

describe('the command line', () => {
  test.each([
    [['--help'], 0, 'Usage: sallyport-verify'],
    [[], 2, 'name a bundle'],
    [['a', 'b'], 2, 'one bundle at a time'],
    [['--colour'], 2, "Unknown option '--colour'"],
    [['nowhere.bundle'], 2, 'ENOENT'],
    [[tmpdir()], 3, 'EISDIR'],
    [['nowhere.bundle', '--vkey', 'x+y'], 2, 'verifier key'],
    [['nowhere.bundle', '--checkpoint', program], 2, 'holds no checkpoint'],
  ])('%j: exit code %i', async (words, code, says) => {
    const answer = await verify(...words);
    expect([answer.code, answer.out + answer.err]).toEqual([code, expect.stringContaining(says)]);
  });

  test('nothing of a bundle reaches the terminal as it is', async () => {
    const hostile = `\u009b31m\u202e\u2028${'x'.repeat(5_000)}`;
    const event = (line: string) =>
      rehashed(line.replace(/"arguments":"[^"]*"/, `"arguments":"${hostile}"`));
    const bundle = fileOf(bundleOf(header, changed(3, event)));
    for (const words of [[bundle], [bundle, '--json']]) {
      const { code, out } = await verify(...words);
      expect([code, out]).toEqual([1, expect.stringContaining('payload_missing')]);
      expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2028]|x{100}/);
    }
  });
});

test('no byte of a bundle can be changed, taken or added unseen', { timeout: 60_000 }, async () => {
  const bytes = Buffer.from(bundleOf(header, lines));
  await fc.assert(
    fc.asyncProperty(
      fc.nat(bytes.length - 1),
      fc.constantFrom('flip', 'take', 'add', 'end'),
      fc.nat(254),
      async (at, how, by) => {
        const spoilt = {
          flip: () => Buffer.from(bytes).fill((bytes[at] ?? 0) ^ (by + 1), at, at + 1),
          take: () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]),
          add: () => Buffer.concat([bytes.subarray(0, at), Buffer.from([by]), bytes.subarray(at)]),
          end: () => bytes.subarray(0, at),
        }[how]();
        expect(await verdict(spoilt, '--vkey', audited.vkey)).toMatchObject({ ok: false });
      },
    ),
    { numRuns: 25 },
  );
});
