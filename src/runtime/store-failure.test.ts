import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import {
  breakable,
  codeOf,
  lastingDirectory,
  openWorld,
  said,
  text,
} from '../../test/runtime/world.ts';
import { isJsonObject } from '../content/value.ts';
import { spoolFile } from '../store/spool.ts';

const id = { id: 'a' };

describe('when the store fails', () => {
  test('nothing happens that can’t be recorded; the refusal is spooled, and comes home at the next start', async () => {
    await using directory = await lastingDirectory();
    {
      const disk = breakable();
      await using world = await openWorld({ directory: directory.path, around: disk.around });
      const { handle } = await world.open();
      disk.fails('all');
      const refused = await world.call('box.put', id, { handle });
      expect(refused).toMatchObject({ refusal: { code: 'store.unavailable', as: 'result' } });
      expect(world.effects).toEqual([]);
      const lines = (await readFile(spoolFile(directory.path), 'utf8')).trim().split('\n');
      expect(lines.map((line) => JSON.parse(line))).toMatchObject([
        { code: 'store.unavailable', agent: 'helper', tool: 'box.put', user: null },
      ]);
    }
    await using again = await openWorld({ directory: directory.path });
    expect(await again.events('spool.recovered')).toMatchObject([
      { refusals: [{ code: 'store.unavailable', tool: 'box.put' }] },
    ]);
    expect(await readFile(spoolFile(directory.path), 'utf8')).toBe('');
  });

  test('and the spool too, the gateway says that it is out of service', async () => {
    const disk = breakable();
    await using world = await openWorld({
      around: disk.around,
      spool: () => Promise.reject(new Error('no space left')),
    });
    disk.fails('all');
    const answers = await Promise.all([world.call('box.put', id), world.call('box.look', id)]);
    for (const answer of answers)
      expect(answer).toMatchObject({ refusal: { code: 'store.unavailable', as: 'unavailable' } });
    expect(world.effects).toEqual([]);
  });

  test('after the effect, nobody says that it was refused: it is unknown, also to a duplicate and after a restart', async () => {
    await using directory = await lastingDirectory();
    const disk = breakable();
    {
      const go = Promise.withResolvers<void>();
      await using world = await openWorld({
        directory: directory.path,
        around: disk.around,
        perform: async () => {
          await go.promise;
          return text('done');
        },
      });
      const first = world.call('box.put', id);
      await expect.poll(() => world.effects.length).toBe(1);
      const second = world.call('box.put', id);
      disk.fails('call.finished');
      go.resolve();
      expect(codeOf(await first)).toBe('upstream.indeterminate');
      expect(codeOf(await second)).toBe('upstream.indeterminate');
      expect(world.effects).toHaveLength(1);
    }
    await using again = await openWorld({ directory: directory.path });
    expect(await again.events('alert.raised')).toMatchObject([
      { alert: 'indeterminate_call', details: { tool: 'box.put', recovered: true } },
    ]);
    expect(codeOf(await again.call('box.put', id))).toBe('upstream.indeterminate');
    expect(again.effects).toEqual([]);
  });

  test('a read that can’t be recorded gives nothing back', async () => {
    const disk = breakable();
    await using world = await openWorld({ around: disk.around, perform: () => text('secret') });
    const { handle } = await world.open();
    disk.fails('call.finished');
    const answer = await world.call('box.look', id, { handle });
    expect(codeOf(answer)).toBe('store.unavailable');
    expect(said(answer)).not.toContain('secret');
  });

  test('a spool as long as it may be comes home in events of ordinary length', async () => {
    await using directory = await lastingDirectory();
    {
      const disk = breakable();
      await using world = await openWorld({ directory: directory.path, around: disk.around });
      disk.fails('all');
      await Promise.all(Array.from({ length: 450 }, () => world.call('box.put', id)));
    }
    await using again = await openWorld({ directory: directory.path });
    const recovered = await again.events('spool.recovered');
    expect(recovered.map(({ refusals }) => refusals.length)).toEqual([200, 200, 50]);
    expect(recovered.every(({ refusals }) => refusals.every(isJsonObject))).toBe(true);
  });
});
