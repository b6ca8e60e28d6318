import { canonicalJson } from '../content/json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../content/value.ts';
import type { MapNode, Node } from './source/node.ts';

/** The policy as plain data. Comments, the order of keys and the layout in files leave no trace in it. */
export function plainPolicy(root: MapNode): JsonObject {
  return Object.fromEntries(
    root.entries
      .filter((entry) => entry.key !== 'include')
      .map((entry) => [entry.key, plain(entry.value)]),
  );
}

function plain(node: Node): JsonValue {
  switch (node.type) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plain);
    case 'map':
      return Object.fromEntries(node.entries.map((entry) => [entry.key, plain(entry.value)]));
    case 'refused':
      return null;
  }
}

/** More than this, a reader looks at the files. */
const changedKeysMax = 200;

/** Dotted paths of what differs, as short as they say all: `agents.email_agent.rate`. Bounded; the last entry then says so. */
export function changedKeys(before: JsonObject, after: JsonObject): string[] {
  const changed: string[] = [];
  collect(before, after, '', changed);
  return changed.length <= changedKeysMax ? changed : [...changed.slice(0, changedKeysMax), '…'];
}

function collect(before: JsonObject, after: JsonObject, path: string, changed: string[]): void {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  for (const key of keys) {
    if (changed.length > changedKeysMax) return;
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    const now = Object.hasOwn(after, key) ? after[key] : undefined;
    const here = path === '' ? key : `${path}.${key}`;
    if (isJsonObject(old) && isJsonObject(now)) collect(old, now, here, changed);
    else if (old === undefined || now === undefined || canonicalJson(old) !== canonicalJson(now))
      changed.push(here);
  }
}
