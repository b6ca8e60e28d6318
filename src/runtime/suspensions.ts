/** Agents that an operator has stopped: whoever is suspended stops everything below. */
import type { Store, StoreReader } from '../store/port.ts';

const statePrefix = 'suspended:';

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

export async function isSuspended(store: StoreReader, agents: readonly string[]): Promise<boolean> {
  for (const agent of new Set(agents))
    if ((await store.readState(statePrefix + agent)) !== undefined) return true;
  return false;
}
