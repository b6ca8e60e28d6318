import type { Kind } from '../content/kind.ts';
import { parseKind } from '../content/kinds.ts';
import { plainValue } from '../content/plain-value.ts';
import { mapAt } from '../content/pointer.ts';
import { isJsonArray, type JsonObject, type JsonValue } from '../content/value.ts';
import { celListOf, spelledOneWay } from '../policy/cel-environment.ts';
import type { CelBindings, CelListName, CelRecord } from '../policy/model.ts';
import { objectPrefix } from '../policy/objects.ts';
import type { ReadCall } from './call.ts';
import type { Context } from './context.ts';
import type { Party } from './parties.ts';
import { recordOf } from './records.ts';
import type { CaseValues } from './run.ts';

export type CelLists = Record<CelListName, (string | number | boolean)[]>;

export function emptyLists(): CelLists {
  return {
    recipients: [],
    senders: [],
    urls: [],
    accounts: [],
    amounts: [],
    paths: [],
    folders: [],
    queries: [],
    commands: [],
    contents: [],
    attachments: [],
    references: [],
    identifiers: [],
    numbers: [],
    dates: [],
    flags: [],
  };
}

/** What an expression of a grant sees. Made only for grants that have one. */
export function bindingsOf(asked: {
  readonly context: Context;
  readonly party: Party;
  readonly read: ReadCall;
}): CelBindings {
  const { context, party, read } = asked;
  const lists = emptyLists();
  for (const { kind, value } of read.values) {
    const list = celListOf[kind];
    if (list !== undefined && value.type !== 'unparsable') lists[list].push(plainValue(value));
  }
  return {
    call: { args: argumentsAsRead(read), lists },
    tool: read.tool.name,
    agent: party.agent.name,
    user: {
      id: party.user,
      roles: party.user === null ? [] : [...(context.policy.users.get(party.user)?.roles ?? [])],
    },
    run: { id: context.run.id, calls: context.run.toolCalls, steps: context.run.steps },
    case: caseAsRead(party),
    nowMs: context.facts.nowMs,
    records: (argument) => recordsNamed(argument, context, read),
  };
}

/**
 * Absent optional arguments are null, so that an expression can ask about them. What has several spellings stands in the
 * one by which it is compared everywhere else.
 */
function argumentsAsRead({ tool, args }: ReadCall): JsonObject {
  const all: Record<string, JsonValue> = {};
  for (const { name, parts } of tool.args.values()) {
    let value = (Object.hasOwn(args, name) ? args[name] : null) ?? null;
    for (const { kind, pointer } of parts) {
      const isInside = pointer.segments.length > 0 || isJsonArray(value);
      if (spelledOneWay.has(kind.name) || (kind.name === 'amount' && isInside))
        value = mapAt(value, pointer, (found) => spelled(kind, found)) ?? null;
    }
    all[name] = value;
  }
  return all;
}

function spelled(kind: Kind, value: JsonValue): JsonValue {
  if (isJsonArray(value)) return value.map((one) => spelled(kind, one));
  // A number where text stands is read as one, and stays one here.
  if (typeof value !== 'string' && kind.name !== 'amount') return value;
  const parsed = parseKind(kind, value);
  return parsed.type === 'unparsable' ? value : plainValue(parsed);
}

/** As the run was last shown them; null where that isn't known, or may have changed since. */
function recordsNamed(
  argument: string,
  { facts, policy }: Context,
  { tool, values }: ReadCall,
): readonly (CelRecord | null)[] {
  const { history, nowMs } = facts;
  return values.flatMap(({ argument: of, kind, value }) => {
    if (of !== argument || !kind.startsWith(objectPrefix) || value.type === 'unparsable') return [];
    const name = { object: kind.slice(objectPrefix.length), id: value.key };
    const known =
      history === null
        ? null
        : recordOf(history, policy.tools, name, { nowMs, freshMs: tool.freshMs });
    return [known === null || known.staleBecause !== null ? null : known.record];
  });
}

function caseAsRead({ agent, case: values }: Party): CaseValues {
  const all: Record<string, CaseValues[string]> = {};
  for (const [name, bound] of Object.entries(values)) {
    const declared = agent.caseNames.get(name);
    const isSpelled = declared?.type === 'kind' && spelledOneWay.has(declared.kind.name);
    const parsed = isSpelled && typeof bound === 'string' ? parseKind(declared.kind, bound) : null;
    all[name] = parsed === null || parsed.type === 'unparsable' ? bound : parsed.key;
  }
  return all;
}
