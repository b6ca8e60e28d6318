/** What stays in memory of runs: loading one anew is what shows that it was let go. */
import { expect, test, vi } from 'vitest';
import { opener, openWorld } from '../../test/runtime/world.ts';

test('a run that has ended is let go of, one that is open is kept', async () => {
  vi.useFakeTimers({ toFake: ['setInterval'] });
  try {
    const loaded: string[] = [];
    await using world = await openWorld({
      around: (store) =>
        new Proxy(store, {
          get(target, name) {
            const member: unknown = Reflect.get(target, name, target);
            if (typeof member !== 'function') return member;
            return (...args: unknown[]) => {
              if (name === 'loadRun') loaded.push(String(args[0]));
              return Reflect.apply(member, target, args);
            };
          },
        }),
    });
    const [open, ended] = [await world.open(), await world.open()];
    for (const { handle } of [open, ended]) await world.call('box.look', { id: 'a' }, { handle });
    await world.runtime.closeRun(opener, ended.run.id, 'success', null);
    vi.advanceTimersByTime(1_000);
    for (const { run } of [open, ended]) expect((await world.run(run.id)).toolCalls).toBe(1);
    expect(loaded).toEqual([ended.run.id]);
  } finally {
    vi.useRealTimers();
  }
});
