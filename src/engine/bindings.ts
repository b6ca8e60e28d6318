import type { Kind, Parsed } from '../content/kind.ts';
import { parseKind } from '../content/kinds.ts';
import { mapAt } from '../content/pointer.ts';
import { isJsonArray, type JsonObject, type JsonValue } from '../content/value.ts';
import { celListOf, spelledOneWay } from '../policy/cel-environment.ts';
import type { CelBindings, CelListName } from '../policy/model.ts';
import type { ReadCall } from './call.ts';
import type { Context } from './context.ts';
import type { Party } from './parties.ts';
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
      if (spelledOneWay.has(kind.name))
        value = mapAt(value, pointer, (found) => spelled(kind, found)) ?? null;
    }
    all[name] = value;
  }
  return all;
}

function spelled(kind: Kind, value: JsonValue): JsonValue {
  if (isJsonArray(value)) return value.map((one) => spelled(kind, one));
  // A number where text stands is read as one, and stays one here.
  if (typeof value !== 'string') return value;
  const parsed = parseKind(kind, value);
  return parsed.type === 'unparsable' ? value : parsed.key;
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

/** A parsed value as an expression sees it. */
export function plainValue(value: Parsed): string | number | boolean {
  switch (value.type) {
    case 'amount':
      return value.minor;
    case 'number':
      return value.number;
    case 'flag':
      return value.flag;
    case 'address':
    case 'url':
    case 'path':
    case 'command':
    case 'text':
      return value.key;
  }
}
