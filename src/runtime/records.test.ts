/** What a record holds, and what it must not: secrets, and whatever a hostile agent likes to send. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { codeOf, lastingDirectory, openWorld, text } from '../../test/runtime/world.ts';
import type { JsonObject, JsonValue } from '../content/value.ts';

async function bytesOf(directory: string): Promise<string> {
  const files = await readdir(directory);
  const contents = await Promise.all(
    files.map((file) => readFile(join(directory, file), 'latin1')),
  );
  return contents.join('\n');
}

describe('secrets', () => {
  test('neither what is held nor what is of that kind is found in any byte of the data directory', async () => {
    const held = 'sk-live-51Hd8aWq0Zr7';
    const typed = 'hunter2-and-more';
    await using directory = await lastingDirectory();
    {
      await using world = await openWorld({
        directory: directory.path,
        secrets: [held],
        perform: () => ({
          type: 'result',
          result: { content: [{ type: 'text', text: `token ${held}` }], isError: true },
        }),
      });
      const { handle, run } = await world.open({
        request: `Please pay with ${held}.`,
        requestTrusted: true,
        outside: ['browser'],
      });
      const codes = [];
      for (const [tool, args] of [
        ['box.pay', { id: '1', secret: typed }],
        ['box.pay', { id: held, secret: typed }],
        ['box.pay', { id: '1', secret: typed, [held]: 1 }],
        ['box.wipe', { id: held }],
        [`box.${held}`, { id: held, [held]: [held] }],
        ['box.put', { id: { deep: held } }],
      ] as const satisfies readonly (readonly [string, JsonObject])[])
        codes.push(codeOf(await world.call(tool, args, { handle })));
      expect(codes).toEqual([
        'ok',
        'inputs.secret',
        'schema.undeclared',
        'catalog.ungranted',
        'catalog.unknown_tool',
        'schema.invalid',
      ]);
      await world.runtime.closeRun({ type: 'operator' }, run.id, 'failure', `leaked ${held}`);
      expect(world.effects[0]?.args['secret']).toBe(typed);
    }
    const bytes = await bytesOf(directory.path);
    expect(bytes).toContain('[redacted]');
    expect(bytes).not.toContain(held);
    expect(bytes).not.toContain(typed);
  });
});

describe('what a hostile agent sends', () => {
  const long = 'x'.repeat(200_000);
  test.each<[string, string, JsonObject, string]>([
    ['a value of a megabyte', 'box.put', { id: long, more: long }, 'schema.undeclared'],
    ['a key of a megabyte', 'box.put', { [long]: 1 }, 'schema.undeclared'],
    ['more than any tool takes', 'box.put', { id: 'x'.repeat(2_000_000) }, 'schema.too_large'],
    ['a nest', 'box.put', { id: nest(60) }, 'schema.too_deep'],
    ['a tool without end', `box.${long}`, {}, 'catalog.unknown_tool'],
    ['half of a character at the cut', `${'x'.repeat(255)}💥💥`, {}, 'catalog.unknown_tool'],
    ['names of the language', 'box.put', { constructor: 1, toString: 2 }, 'schema.undeclared'],
    [
      'everything to a tool nobody knows',
      'box.nope',
      { id: long, a: [long] },
      'catalog.unknown_tool',
    ],
  ])('%s: refused, recorded, and the record is short', async (_, tool, args, code) => {
    await using world = await openWorld();
    const answer = await world.call(tool, args);
    expect(codeOf(answer)).toBe(code);
    expect(world.log).toEqual([]);
    const [denied] = await world.events('call.denied');
    expect(denied?.findings.map((finding) => finding.code)).toContain(code);
    const stored = await world.store.events({ type: 'call.denied', limit: 1 });
    expect(stored[0]?.leaf.length).toBeLessThan(20_000);
    const payload = await world.store.payload(denied?.arguments ?? '');
    expect(payload?.length).toBeLessThan(70_000);
  });

  test('an answer that can’t be kept is no answer: the call ends, and nobody guesses', async () => {
    await using world = await openWorld({ perform: () => text('half \ud800 of one') });
    expect(codeOf(await world.call('box.put', { id: 'a' }))).toBe('upstream.indeterminate');
    expect(await world.store.openCalls(9)).toEqual([]);
    expect(await world.events('alert.raised')).toMatchObject([{ alert: 'indeterminate_call' }]);
  });

  test.each([Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY])(
    'a step of %d is unknown',
    async (step) => {
      await using world = await openWorld();
      expect(codeOf(await world.call('box.look', { id: 'a' }, { step }))).toBe('ok');
      expect((await world.events('call.started')).map((event) => event.step)).toEqual([null]);
    },
  );
});

function nest(depth: number): JsonValue {
  return depth === 0 ? 1 : [nest(depth - 1)];
}
