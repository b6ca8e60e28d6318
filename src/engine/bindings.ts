import type { Parsed } from '../content/kind.ts';
import type { JsonObject, JsonValue } from '../content/value.ts';
import { celListOf } from '../policy/cel-environment.ts';
import type { CelBindings, CelListName } from '../policy/model.ts';
import type { ReadCall } from './call.ts';
import type { Context } from './context.ts';
import type { Party } from './parties.ts';

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
    if (list !== undefined && value.type !== 'unparsable') lists[list].push(plain(value));
  }
  return {
    call: { args: withNulls(read), lists },
    tool: read.tool.name,
    agent: party.agent.name,
    user: {
      id: party.user,
      roles: party.user === null ? [] : [...(context.policy.users.get(party.user)?.roles ?? [])],
    },
    run: { id: context.run.id, calls: context.run.toolCalls, steps: context.run.steps },
    case: party.case,
    nowMs: context.facts.nowMs,
  };
}

/** Absent optional arguments are null, so that an expression can ask about them. */
function withNulls({ tool, args }: ReadCall): JsonObject {
  const all: Record<string, JsonValue> = {};
  for (const name of tool.args.keys()) all[name] = null;
  return Object.assign(all, args);
}

function plain(value: Parsed): string | number | boolean {
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
