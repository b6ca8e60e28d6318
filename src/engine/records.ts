/**
 * What a run knows of the thing that an argument names: the newest version that a tool returned, unless something may have
 * changed it since. Versions are compared by when they were asked for and when the calls that act on the thing had ended,
 * so that what was read beside a change counts as read before it.
 */
import { canonicalJson } from '../content/json.ts';
import type { Tool } from '../policy/model.ts';
import type { Exchange, ShownRecord } from './exchange.ts';
import { objectsNamed } from './objects-named.ts';

export interface RecordName {
  /** `order`, of the kind `object.order`. */
  readonly object: string;
  /** The key of the parsed value. */
  readonly id: string;
}

export interface KnownRecord {
  readonly record: ShownRecord;
  /** The call that returned it. */
  readonly exchange: Exchange;
  /** `age`: it was asked for longer ago than `freshMs`. `acted_on`: a call has acted on it since, or may have. */
  readonly staleBecause: 'age' | 'acted_on' | null;
}

/**
 * Null: no call returned it, or the newest that did returned two that differ.
 *
 * @param history - as the facts have it: in the order in which calls ended, those under way last.
 * @param freshMs - null: as old as the run.
 */
export function recordOf(
  history: readonly Exchange[],
  tools: ReadonlyMap<string, Tool>,
  name: RecordName,
  { nowMs, freshMs }: { readonly nowMs: number; readonly freshMs: number | null },
): KnownRecord | null {
  let known: { readonly record: ShownRecord; readonly exchange: Exchange } | null = null;
  let actedOn = false;
  for (let at = history.length - 1; at >= 0; at -= 1) {
    const exchange = history[at];
    if (exchange === undefined) break;
    if (known !== null && exchange.past.atMs <= known.exchange.past.sinceMs) break;
    actedOn ||= mayActOn(exchange, tools, name);
    if (known !== null) continue;
    const record = recordsOf(exchange).get(keyOf(name));
    if (record === 'ambiguous') return null;
    if (record !== undefined) known = { record, exchange };
  }
  if (known === null) return null;
  const isOld = freshMs !== null && nowMs - known.exchange.past.sinceMs > freshMs;
  return { ...known, staleBecause: actedOn ? 'acted_on' : isOld ? 'age' : null };
}

type Records = ReadonlyMap<string, ShownRecord | 'ambiguous'>;

const records = new WeakMap<Exchange, Records>();

function recordsOf(exchange: Exchange): Records {
  const known = records.get(exchange);
  if (known !== undefined) return known;
  const made = new Map<string, ShownRecord | 'ambiguous'>();
  for (const record of exchange.shown.records) {
    const { object, id } = record;
    if (object === null || id === null) continue;
    const key = keyOf({ object, id });
    const other = made.get(key);
    made.set(key, other === undefined || saysTheSame(record, other) ? record : 'ambiguous');
  }
  records.set(exchange, made);
  return made;
}

function keyOf({ object, id }: RecordName): string {
  return `${object} ${id}`;
}

function saysTheSame(one: ShownRecord, other: ShownRecord | 'ambiguous'): boolean {
  return (
    other !== 'ambiguous' &&
    one.owner === other.owner &&
    canonicalJson(one.fields) === canonicalJson(other.fields)
  );
}

/** What a call of one tool acts on: by object, the ids that it names; null: any of them. */
type Acts = ReadonlyMap<string, ReadonlySet<string> | null>;

const acts = new WeakMap<Exchange, { readonly tool: Tool; readonly on: Acts }>();

/** A call that failed, or whose end nobody knows, may have come half-way. */
function mayActOn(
  exchange: Exchange,
  tools: ReadonlyMap<string, Tool>,
  { object, id }: RecordName,
): boolean {
  const { past } = exchange;
  if (past.tier === 0) return false;
  const tool = tools.get(past.tool);
  // Nobody can say any more what it acted on.
  if (tool === undefined) return true;
  let known = acts.get(exchange);
  if (known?.tool !== tool) {
    known = { tool, on: actsOf(exchange, tool) };
    acts.set(exchange, known);
  }
  const ids = known.on.get(object);
  return ids === null || ids?.has(id) === true;
}

function actsOf({ args }: Exchange, tool: Tool): Acts {
  const on = new Map<string, Set<string> | null>();
  for (const { object, id } of objectsNamed(tool, args))
    on.set(object, (on.get(object) ?? new Set()).add(id));
  // It acts on one that it doesn't name.
  if (tool.on !== null && !on.has(tool.on)) on.set(tool.on, null);
  return on;
}
