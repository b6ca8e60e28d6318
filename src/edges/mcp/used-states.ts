/**
 * Which request states were used, a row a hold. Durable before the retry is looked at, so that a restart makes none of
 * them good again; gone when the last state of the hold would be too old anyway.
 */
import { z } from 'zod';
import { StoreError } from '../../store/errors.ts';
import type { StateWrite, Store } from '../../store/port.ts';
import { mcpLimits } from './limits.ts';

export interface UsedStates {
  /** False: it was used before, or nobody could remember that it was. Durable when it resolves. */
  readonly use: (hold: string, state: string, untilMs: number) => Promise<boolean>;
  /** Whether one more could be used: without it none should be given out. */
  readonly hasRoom: (hold: string) => boolean;
}

const prefix = 'mcp-states:';

const shape = z.strictObject({ used: z.array(z.string()), untilMs: z.number() });

interface OfHold {
  readonly used: readonly string[];
  readonly untilMs: number;
}

export async function openUsedStates(
  store: Pick<Store, 'listState' | 'commitGateway' | 'nowMs'>,
): Promise<UsedStates> {
  const holds = new Map<string, OfHold>();
  for (const { key, value } of await store.listState(prefix))
    holds.set(key.slice(prefix.length), shape.parse(value));
  const hasRoom = (hold: string): boolean =>
    (holds.get(hold)?.used.length ?? 0) < mcpLimits.statesOfHoldMax;

  function forgotten(): readonly StateWrite[] {
    const nowMs = store.nowMs();
    const old = [...holds].filter(([, { untilMs }]) => untilMs < nowMs).map(([hold]) => hold);
    for (const hold of old) holds.delete(hold);
    return old.map((hold) => ({ key: prefix + hold, value: null }));
  }

  return {
    hasRoom,
    async use(hold, state, untilMs) {
      const before = holds.get(hold);
      if (before?.used.includes(state) === true || !hasRoom(hold)) return false;
      const old = forgotten();
      // Known at once, written before anything else happens: of two that come together the second is refused.
      const after = {
        used: [...(before?.used ?? []), state],
        untilMs: Math.max(untilMs, before?.untilMs ?? 0),
      };
      holds.set(hold, after);
      const writes = [...old, { key: prefix + hold, value: after }];
      const outcome = await store.commitGateway({ events: [], writes });
      if (outcome.type !== 'committed')
        throw new StoreError('store.unavailable', 'a used state could not be written down');
      return true;
    },
  };
}
