import { renameSync, writeFileSync } from 'node:fs';
import { mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GatewayEvent } from '../engine/events.ts';
import { PolicySource, readPolicy } from './policy-source.ts';

let directory: string;
let file: string;
let events: GatewayEvent[];
let source: PolicySource;

const policy = (rate: string, more = '') => `sallyport: 1
enforcement: strict
${more}
upstreams: { box: { functions: true } }
tools:
  box.put: { action: put, tier: reversible, reach: internal, args: { id: identifier } }
agents:
  helper: { rate: ${rate}, permissions: { box: { put: allow } } }
`;

const manyPeople = [
  'roles: { staff: {} }',
  'users:',
  '  static:',
  ...Array.from({ length: 2_000 }, (_, n) => `    person${n}: { roles: [staff] }`),
].join('\n');

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sallyport-policy-'));
  file = join(directory, 'sallyport.yaml');
  await writeFile(file, policy('5/hour'));
  events = [];
  source = new PolicySource(
    file,
    readPolicy(file),
    () => 1,
    async (event) => void events.push(event),
  );
});
afterEach(async () => {
  source.stop();
  await rm(directory, { recursive: true });
});

/** As another program would write it: a new file under the old name. */
async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

const rateMax = () => source.policy.agents.get('helper')?.rate?.max;

describe('a reload', () => {
  test('puts a good policy in force, and says which keys changed', async () => {
    const before = source.policy.hash;
    let replaced = 0;
    source.onReplaced(() => {
      replaced += 1;
    });
    await writeFile(file, policy('9/hour', 'timezone: Europe/Berlin'));
    expect(await source.reload()).toBeNull();
    expect(rateMax()).toBe(9);
    expect(replaced).toBe(1);
    expect(events).toMatchObject([
      { type: 'policy.loaded', policy: source.policy.hash, changed: expect.any(Array) },
    ]);
    expect(source.policy.hash).not.toBe(before);
    const [loaded] = events;
    const changed = loaded?.type === 'policy.loaded' ? loaded.changed.join(' ') : '';
    expect(changed).toMatch(/agents/);
    expect(changed).toMatch(/timezone/);
    expect(changed).not.toMatch(/upstreams/);
  });

  test.each([
    ['a misspelt key', policy('9/hour', 'enforcment: strict')],
    ['half a file', policy('9/hour').slice(0, 60)],
    ['nothing', ''],
    ['no YAML', ': : :'],
    ['too much', `${policy('9/hour')}#${'x'.repeat(1024 * 1024)}`],
  ])('never puts a bad one in force: %s', async (_, text) => {
    const before = source.policy;
    await writeFile(file, text);
    expect(await source.reload()).toBeInstanceOf(Error);
    expect(source.policy).toBe(before);
    expect(events).toMatchObject([{ type: 'policy.rejected' }]);
  });

  test('a lock that can’t be read, and a file that is gone, are bad ones too', async () => {
    const before = source.policy;
    await writeFile(join(directory, 'sallyport.lock'), '{');
    expect(await source.reload()).toBeInstanceOf(Error);
    await rm(join(directory, 'sallyport.lock'));
    await rm(file);
    expect(await source.reload()).toBeInstanceOf(Error);
    expect(source.policy).toBe(before);
    expect(events.map(({ type }) => type)).toEqual(['policy.rejected', 'policy.rejected']);
  });

  test('the newer of two ends in force, whichever is longer', async () => {
    await replace(file, policy('6/hour', manyPeople));
    const older = source.reload();
    await replace(file, policy('7/hour'));
    expect(await Promise.all([older, source.reload()])).toEqual([null, null]);
    expect(rateMax()).toBe(7);
  });

  test('others go on while a long one is read', async () => {
    await writeFile(file, policy('6/hour', manyPeople));
    let turns = 0;
    const others = setInterval(() => {
      turns += 1;
    }, 0);
    expect(await source.reload()).toBeNull();
    clearInterval(others);
    expect(turns).toBeGreaterThan(2);
  });

  test('files that change while they are read never stand together as nobody wrote them', async () => {
    const more = join(directory, 'more.yaml');
    const first = policy('6/hour', `include: [more.yaml]\n${manyPeople}`);
    await writeFile(more, 'timezone: Europe/Berlin\n');
    await writeFile(file, first);
    const reloaded = source.reload();
    // The first file has been read by now, and the second has not.
    await new Promise((resolve) => setImmediate(resolve));
    // Both at once: at no moment does the old one of them lie beside the new one of the other.
    for (const [path, text] of [
      [more, 'timezone: Europe/Paris\n'],
      [file, first.replace('6/hour', '7/hour')],
    ] as const) {
      writeFileSync(`${path}.new`, text);
      renameSync(`${path}.new`, path);
    }
    expect(await reloaded).toBeNull();
    // On a busy machine it may have been read before anything changed.
    expect(['6 Europe/Berlin', '7 Europe/Paris']).toContain(
      `${rateMax()} ${source.policy.timezone}`,
    );
    expect(await source.reload()).toBeNull();
    expect([rateMax(), source.policy.timezone]).toEqual([7, 'Europe/Paris']);
  });

  test('a comment changes nothing, and is no event', async () => {
    const before = source.policy.hash;
    await writeFile(file, `# reviewed\n${policy('5/hour')}`);
    expect(await source.reload()).toBeNull();
    expect(source.policy.hash).toBe(before);
    expect(events).toEqual([]);
  });

  test('what the ledger could not be told of decides nothing', async () => {
    const deaf = new PolicySource(
      file,
      readPolicy(file),
      () => 1,
      () => Promise.reject(new Error('no store')),
    );
    await writeFile(file, policy('9/hour'));
    await expect(deaf.reload()).rejects.toThrow('no store');
    expect(deaf.policy.agents.get('helper')?.rate?.max).toBe(5);
  });
});

describe('watching', () => {
  test('sees a new file, and goes on watching after a bad one', async () => {
    const rejected: Error[] = [];
    source.watch((error) => rejected.push(error));
    await replace(file, 'sallyport: 2');
    await expect.poll(() => rejected.length).toBe(1);
    expect(rateMax()).toBe(5);
    await replace(file, policy('7/hour'));
    await expect.poll(rateMax).toBe(7);
  });

  test('a file that a bad policy asked for mends it when it comes', async () => {
    const rejected: Error[] = [];
    source.watch((error) => rejected.push(error));
    await replace(file, policy('8/hour', 'include: [more.yaml]'));
    await expect.poll(() => rejected.length).toBe(1);
    await replace(join(directory, 'more.yaml'), 'hours: { business: Mon-Fri 09:00-17:00 }\n');
    await expect.poll(rateMax).toBe(8);
  });

  test('a file that was written while we read it is read again', async () => {
    const loaded = readPolicy(file);
    await replace(file, policy('6/hour'));
    const late = new PolicySource(
      file,
      loaded,
      () => 1,
      async () => undefined,
    );
    late.watch(() => undefined);
    try {
      await expect
        .poll(() => late.policy.agents.get('helper')?.rate?.max, { timeout: 10_000 })
        .toBe(6);
    } finally {
      late.stop();
    }
  });

  test('an old time stamp of the same length is a change all the same', async () => {
    source.watch(() => undefined);
    await writeFile(file, policy('4/hour'));
    await utimes(file, new Date(0), new Date(0));
    await expect.poll(rateMax).toBe(4);
  });
});
