import type { Scans } from '../content/detection/sighting.ts';
import type { Facts, FactsRequest } from '../engine/facts.ts';
import type { Run } from '../engine/run.ts';
import type { Tool } from '../policy/model.ts';
import type { StoreReader } from '../store/port.ts';
import type { Upstream } from '../upstreams/port.ts';
import type { RuntimePorts } from './ports.ts';
import { isSuspended } from './suspensions.ts';

/** The world as one decision sees it, and the upstream that was looked at: a reload must not put another in its place. */
export interface World {
  readonly facts: Facts;
  readonly upstream: Upstream | undefined;
}

/**
 * @param holders - the run and the runs above it.
 * @param scanning - what detectors say of the call, or are about to.
 */
export function readWorld(
  ports: RuntimePorts,
  request: FactsRequest,
  tool: Tool | null,
  holders: readonly Pick<Run, 'agent'>[],
  scanning: Scans | Promise<Scans>,
): Promise<World> {
  const { store } = ports;
  const nowMs = store.nowMs();
  const world = (suspended: boolean, counters: Counters, scans: Scans): World => {
    const upstream = tool === null ? undefined : ports.upstream(tool.upstream);
    const facts: Facts = {
      nowMs,
      suspended,
      windows: counters.windows,
      once: counters.once,
      used: counters.used,
      history: null,
      scans,
      breaker: { state: 'closed' },
      definition: tool === null ? 'unknown' : ports.definitionOf(tool),
      upstreamUp: upstream?.status().state === 'up',
    };
    return { facts, upstream };
  };
  const isAsked = request.windows.length + request.once.length + request.used.length > 0;
  const suspended = isSuspended(store, holders);
  return isAsked || scanning instanceof Promise
    ? Promise.all([suspended, readCounters(store, request, nowMs), scanning]).then((read) =>
        world(...read),
      )
    : suspended.then((is) => world(is, noCounters, scanning));
}

type Counters = Pick<Facts, 'windows' | 'once' | 'used'>;

/** Most calls ask for none. */
const noCounters: Counters = { windows: {}, once: {}, used: {} };

async function readCounters(
  store: StoreReader,
  request: FactsRequest,
  nowMs: number,
): Promise<Counters> {
  const [windows, once, used] = await Promise.all([
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
  return { windows, once, used };
}

async function keyed<Item, Value>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  read: (item: Item) => Promise<Value>,
): Promise<Record<string, Value>> {
  return Object.fromEntries(
    await Promise.all(items.map(async (item) => [keyOf(item), await read(item)] as const)),
  );
}
