/** The bundle under other people's code: the libraries that Go's checksum database is verified with. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuditedLedger, auditedLedger } from './audited.ts';

const go = spawnSync('go', ['version']).status === 0;
const onCi = process.env['CI'] !== undefined;

test.skipIf(go || !onCi)('Go is there, on CI', () => {
  expect.fail('without Go nobody but ourselves checks the ledger: install it');
});

describe.skipIf(!go)('Go’s tlog and note (skipped where Go is not installed)', () => {
  const root = mkdtempSync(join(tmpdir(), 'sallyport-go-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const program = join(root, 'ledger-go');
  let audited: AuditedLedger;
  let kept: readonly string[] = [];

  beforeAll(async () => {
    const built = await run('go', ['build', '-mod=readonly', '-o', program, '.'], {
      cwd: join(import.meta.dirname, '../ledger-go'),
    });
    expect(built.text).toBe('');
    audited = await auditedLedger(join(root, 'data'), 700);
    kept = audited.kept.map((note, index) => fileOf(`kept-${index}`, note));
  }, 120_000);

  function fileOf(name: string, content: string): string {
    writeFileSync(join(root, name), content);
    return join(root, name);
  }

  async function check(bundle: string, notes: readonly string[] = kept) {
    return await run(program, [audited.vkey, fileOf('bundle', bundle), ...notes]);
  }

  test('accept it: every hash, every signature, every proof, and that it continues what was kept', async () => {
    expect(await check(audited.bundle)).toEqual({
      code: 0,
      text: '700 events are what was signed, and continue 7 kept checkpoints\n',
    });
  });

  test.each([
    [
      'an edited event',
      (bundle: string) => bundle.replace('"step":null', '"step":1'),
      'event 1: it isn',
    ],
    [
      'an event less',
      (bundle: string) => bundle.replace(/^\{"seq":3,.*\n/m, ''),
      'event 3: 4 lies in its place',
    ],
    [
      'its end cut off',
      (bundle: string) => bundle.replace(/^\{"seq":650,[\s\S]*/m, ''),
      '650 events of 700',
    ],
    [
      'another size signed',
      (bundle: string) => bundle.replace('\\n700\\n', '\\n699\\n'),
      'invalid signature',
    ],
  ])('refuse %s', async (_, tamper, says) => {
    expect(await check(tamper(audited.bundle))).toEqual({
      code: 1,
      text: expect.stringContaining(says),
    });
  });

  test('refuse a state older than what was kept', async () => {
    const [header = '', ...lines] = audited.bundle.split('\n');
    const first = { ...JSON.parse(header), checkpoint: audited.kept[4], events: 500 };
    const older = [JSON.stringify(first), ...lines.slice(0, 500), ''].join('\n');
    expect((await check(older, kept.slice(0, 5))).code).toBe(0);
    expect(await check(older)).toMatchObject({ code: 1, text: expect.stringContaining('rolled') });
  });
});

async function run(
  program: string,
  words: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<{ code: unknown; text: string }> {
  return new Promise((resolve) => {
    execFile(program, [...words], { timeout: 110_000, ...options }, (error, out, err) =>
      resolve({ code: error === null ? 0 : error.code, text: out + err }),
    );
  });
}
