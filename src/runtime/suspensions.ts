/** Agents that an operator has stopped: whoever is suspended stops everything below. */
import { z } from 'zod';
import type { JsonValue } from '../content/value.ts';
import type { Run } from '../engine/run.ts';
import type { Store, StoreReader } from '../store/port.ts';

const statePrefix = 'suspended:';
const stateShape = z.strictObject({ by: z.string(), reason: z.string().nullable() });

export interface Suspension {
  readonly agent: string;
  readonly by: string;
  readonly reason: string | null;
}

export async function suspend(
  store: Store,
  agent: string,
  by: string,
  reason: string | null,
): Promise<void> {
  await store.commitGateway({
    events: [{ v: 1, type: 'agent.suspended', atMs: store.nowMs(), agent, by, reason }],
    writes: [{ key: statePrefix + agent, value: { by, reason } }],
  });
}

export async function resume(store: Store, agent: string, by: string): Promise<void> {
  await store.commitGateway({
    events: [{ v: 1, type: 'agent.resumed', atMs: store.nowMs(), agent, by }],
    writes: [{ key: statePrefix + agent, value: null }],
  });
}

export async function suspensions(store: Pick<StoreReader, 'listState'>): Promise<Suspension[]> {
  const kept = await store.listState(statePrefix);
  return kept.map(({ key, value }) => {
    const read = stateShape.safeParse(value);
    return { agent: key.slice(statePrefix.length), ...(read.data ?? { by: '', reason: null }) };
  });
}

/** Whether any of them is. */
export function isSuspended(
  store: Pick<StoreReader, 'readState'>,
  holders: readonly Pick<Run, 'agent'>[],
): Promise<boolean> {
  const each = holders.map(({ agent }) => store.readState(statePrefix + agent).then(isKept));
  const [own] = each;
  return own !== undefined && each.length === 1
    ? own
    : Promise.all(each).then((all) => all.includes(true));
}

function isKept(value: JsonValue | undefined): boolean {
  return value !== undefined;
}
