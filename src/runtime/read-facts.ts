import type { Facts, FactsRequest } from '../engine/facts.ts';
import type { Tool } from '../policy/model.ts';
import type { Upstream } from '../upstreams/port.ts';
import type { RuntimePorts } from './ports.ts';
import { isSuspended } from './suspensions.ts';

/** The world as one decision sees it, and the upstream that was looked at: a reload must not put another in its place. */
export interface World {
  readonly facts: Facts;
  readonly upstream: Upstream | undefined;
}

/** @param agents - the run's and those of the runs above it. */
export async function readWorld(
  ports: RuntimePorts,
  request: FactsRequest,
  tool: Tool | null,
  agents: readonly string[],
): Promise<World> {
  const { store } = ports;
  const nowMs = store.nowMs();
  const [suspended, windows, once, used] = await Promise.all([
    isSuspended(store, agents),
    keyed(
      request.windows,
      ({ key }) => key,
      ({ key, windowMs }) => store.windowSum(key, windowMs === null ? null : nowMs - windowMs),
    ),
    keyed(
      request.once,
      (key) => key,
      (key) => store.onceTaken(key),
    ),
    keyed(
      request.used,
      (key) => key,
      (key) => store.used(key),
    ),
  ]);
  const upstream = tool === null ? undefined : ports.upstream(tool.upstream);
  const facts: Facts = {
    nowMs,
    suspended,
    windows,
    once,
    used,
    history: null,
    breaker: { state: 'closed' },
    definition: tool === null ? 'unknown' : ports.definitionOf(tool),
    upstreamUp: upstream?.status().state === 'up',
  };
  return { facts, upstream };
}

async function keyed<Item, Value>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  read: (item: Item) => Promise<Value>,
): Promise<Record<string, Value>> {
  if (items.length === 0) return {};
  return Object.fromEntries(
    await Promise.all(items.map(async (item) => [keyOf(item), await read(item)] as const)),
  );
}
