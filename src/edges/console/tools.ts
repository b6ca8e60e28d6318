/** The tools that upstreams list, against what a person accepted; and accepting one, as it was shown. */
import { isJsonObject, type JsonObject } from '../../content/value.ts';
import type { LockedTool } from '../../policy/lock.ts';
import { definitionDigest } from '../../policy/lock-file.ts';
import type { Tool } from '../../policy/model.ts';
import { putLockInForce } from '../../runtime/lock-writing.ts';
import { compareCatalog } from '../../upstreams/catalog.ts';
import { diffDefinition } from '../../upstreams/diff.ts';
import type { ConsolePorts } from './ports.ts';
import { ConsoleRefusal, notFound } from './refusal.ts';
import type { ToolRow } from './views.ts';

type ToolPorts = Pick<ConsolePorts, 'catalog' | 'policySource' | 'store'>;

export function toolRows(ports: ToolPorts): readonly ToolRow[] {
  const { policy } = ports.policySource;
  return [...policy.upstreams.keys()]
    .flatMap((upstream) => rowsOf(ports, upstream))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function rowsOf({ catalog, policySource }: ToolPorts, upstream: string): readonly ToolRow[] {
  const { policy, lock } = policySource;
  const pins = lock.upstreams[upstream]?.tools ?? {};
  const listed = catalog.listed(upstream);
  const listedBy = new Map(listed?.map(({ operation, definition }) => [operation, definition]));
  const { states } = compareCatalog(pins, listed ?? []);
  return [...states].map(([operation, { state, digest }]) => {
    const pinned = Object.hasOwn(pins, operation) ? (pins[operation] ?? null) : null;
    const now = listedBy.get(operation) ?? null;
    const name = `${upstream}.${operation}`;
    const tool = policy.tools.get(name) ?? null;
    return {
      name,
      upstream,
      ...textsOf(now ?? pinned?.definition ?? {}),
      ...classified(tool),
      // Before an upstream has been listed once, nothing is missing.
      state: listed === null ? 'unknown' : state,
      pinned: pinned?.digest ?? null,
      listed: digest,
      diff:
        listed === null || state === 'pinned'
          ? []
          : diffDefinition(pinned?.definition ?? null, now).map(({ pointer, before, after }) => ({
              pointer,
              from: before,
              to: after,
            })),
    };
  });
}

function classified(tool: Tool | null): Pick<ToolRow, 'tier' | 'action'> {
  return tool === null
    ? { tier: null, action: null }
    : { tier: tool.tier, action: `${tool.upstream}.${tool.action}` };
}

function textsOf(definition: JsonObject): Pick<ToolRow, 'title' | 'description'> {
  const { title, description, annotations } = definition;
  const annotated = isJsonObject(annotations) ? annotations['title'] : undefined;
  const named = typeof title === 'string' ? title : annotated;
  return {
    title: typeof named === 'string' ? named : null,
    description: typeof description === 'string' ? description : '',
  };
}

/** One after another: each reads the lock that the one before has put in force. */
let lastPin: Promise<unknown> = Promise.resolve();

/** @param digest - of the definition that was shown; another one is not accepted unseen. */
export function pinTool(
  ports: ToolPorts,
  name: string,
  digest: string,
  by: string,
): Promise<ToolRow> {
  const pinned = lastPin.then(() => pinNow(ports, name, digest, by));
  lastPin = pinned.catch(() => undefined);
  return pinned;
}

async function pinNow(
  ports: ToolPorts,
  name: string,
  digest: string,
  by: string,
): Promise<ToolRow> {
  const { catalog, policySource, store } = ports;
  // What somebody took back a moment ago, in the file, isn't brought back from memory.
  const broken = await policySource.reload();
  if (broken !== null) throw doesNotLoad(broken);
  const [upstream = '', ...rest] = name.split('.');
  const operation = rest.join('.');
  const definition = catalog
    .listed(upstream)
    ?.find((listed) => listed.operation === operation)?.definition;
  if (definition === undefined) throw notFound('tool');
  if (definitionDigest(definition) !== digest) {
    throw new ConsoleRefusal(
      409,
      'console.changed',
      'its definition isn’t the one that was shown',
      {
        hint: 'look at it again: it changed once more',
      },
    );
  }
  const { lock } = policySource;
  const tools = new Map<string, LockedTool>(Object.entries(lock.upstreams[upstream]?.tools ?? {}));
  if (tools.get(operation)?.digest !== digest) {
    const atMs = store.nowMs();
    // Recorded first: a definition that the ledger doesn't know of must not be in force.
    await store.commitGateway({
      events: [{ v: 1, type: 'catalog.pinned', atMs, tool: name, digest, by }],
      writes: [],
    });
    tools.set(operation, { digest, definition, pinnedAt: new Date(atMs).toISOString() });
    try {
      await putLockInForce(policySource, {
        lockVersion: 1,
        upstreams: { ...lock.upstreams, [upstream]: { tools: Object.fromEntries(tools) } },
      });
    } catch (error) {
      throw doesNotLoad(error);
    }
  }
  const row = rowsOf(ports, upstream).find((one) => one.name === name);
  if (row === undefined) throw notFound('tool');
  return row;
}

function doesNotLoad(error: unknown): ConsoleRefusal {
  return new ConsoleRefusal(
    409,
    'console.policy',
    error instanceof Error ? error.message : 'the policy does not load with it',
    { hint: 'what was accepted before stands; `sallyport policy check` says more' },
  );
}
