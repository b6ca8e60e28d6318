/** The names of shared counters. A counter stays under its name when its limit changes, so no name holds a limit. */

import { digestOf } from '../content/digest.ts';
import { canonicalJson } from '../content/json.ts';
import type { KindName } from '../content/kind.ts';
import { parseKind } from '../content/kinds.ts';
import type { JsonValue } from '../content/value.ts';
import type {
  Agent,
  CaseDeclaration,
  Constraint,
  Permissions,
  Policy,
  Tool,
} from '../policy/model.ts';
import type { ArgumentValue, ReadCall } from './call.ts';
import { limits } from './limits.ts';
import type { Option, Party } from './parties.ts';

type Of<T extends Constraint['type']> = Extract<Constraint, { type: T }>;

/** Longer values are named by their digest, so that a name stays short. */
const valueLengthMax = 256;

export function agentRateKey(agent: Agent): string {
  return `rate|agents.${agent.name}`;
}

export function rateKey(option: Option, party: Party): string {
  return `rate|${option.alternative.key}|${party.agent.name}`;
}

/** Null: the scope is the case, and there is none. */
export function totalKey(constraint: Of<'max_total'>, option: Option, party: Party): string | null {
  const scope = scopeOf(constraint.scope, party);
  return scope === null ? null : `total|${option.alternative.key}|${constraint.scope}|${scope}`;
}

function scopeOf(scope: 'case' | 'user' | 'agent', party: Party): string | null {
  switch (scope) {
    case 'agent':
      return party.agent.name;
    case 'user':
      // Unattended calls share one count: nobody's limit is not "no limit".
      return canonicalJson(party.user);
    case 'case': {
      const names = Object.keys(party.case);
      if (names.length === 0) return null;
      return digestOf(names.sort().map((name) => [name, caseKey(party, name)]));
    }
  }
}

/** Two spellings of one customer are one case. */
function caseKey(party: Party, name: string): JsonValue {
  const value = party.case[name] ?? null;
  const declaration: CaseDeclaration | undefined = party.agent.caseNames.get(name);
  if (declaration?.type !== 'kind') return value;
  const parsed = parseKind(declaration.kind, value);
  return parsed.type === 'unparsable' ? value : parsed.key;
}

/**
 * One name for each combination of the arguments' values: a list of payments claims every payment in it, or a list of
 * one would be another thing than the payment itself.
 *
 * `absent`: an argument has no value. `too_many`: more combinations than one call may claim.
 */
export function onceKeys(
  constraint: Of<'once_per'>,
  option: Option,
  read: ReadCall,
): readonly string[] | 'absent' | 'too_many' {
  let combinations: string[][] = [[]];
  for (const argument of constraint.arguments) {
    const keys = keysOf(read, argument);
    if (keys.length === 0) {
      if (read.tool.args.get(argument)?.absentIsNone !== true) return 'absent';
      keys.push('');
    }
    if (combinations.length * keys.length > limits.onceKeysMax) return 'too_many';
    combinations = combinations.flatMap((head) => keys.map((key) => [...head, key]));
  }
  const holder = constraint.of === 'tool' ? `tool:${read.tool.name}` : `grant:${option.grant.key}`;
  return combinations.map(
    (combination) => `once|${holder}|${digestOf([constraint.arguments, combination])}`,
  );
}

function keysOf(read: ReadCall, argument: string): string[] {
  const keys = new Set<string>();
  for (const { argument: name, value } of read.values) {
    if (name === argument && value.type !== 'unparsable') keys.add(`${value.type}:${value.key}`);
  }
  return [...keys];
}

export function noveltyKeys(agent: Agent, kind: KindName, read: ReadCall): readonly string[] {
  const keys = new Set<string>();
  for (const { kind: name, value } of read.values) {
    if (name === kind && value.type !== 'unparsable')
      keys.add(noveltyKey(agent.name, kind, value.key));
  }
  return [...keys];
}

function noveltyKey(agent: string, kind: KindName, key: string): string {
  return `${agent}|${kind}|${key.length > valueLengthMax ? digestOf(key) : key}`;
}

const noveltyKinds = new WeakMap<Policy, ReadonlySet<KindName>>();

/**
 * What a completed call makes known: its values of the kinds that some `novelty` of the policy asks about, and where it
 * went, of which a person is told the next time that a call has to wait.
 */
export function usedKeys(policy: Policy, agentName: string, read: ReadCall): readonly string[] {
  const agent = policy.agents.get(agentName);
  if (agent === undefined) return [];
  return [
    ...[...kindsWithNovelty(policy)].flatMap((kind) => noveltyKeys(agent, kind, read)),
    ...firstUseKeys(agentName, read),
  ];
}

/** To be looked up for `HoldFacts.values`, each once: where the call goes. */
export function firstUseKeys(agent: string, read: ReadCall): readonly string[] {
  const keys = new Set<string>();
  for (const one of read.values) {
    const key = firstUseKey(agent, read.tool, one);
    if (key !== null) keys.add(key);
  }
  return [...keys];
}

/**
 * Null: it is no destination, or of a call that neither changes anything nor leaves, which nobody takes down. Of a URL the
 * host counts: each page is new. By digest: a value that stands here stands in no record that could be redacted.
 */
export function firstUseKey(
  agent: string,
  { tier, reach, persists }: Tool,
  { kind, value }: ArgumentValue,
): string | null {
  if (tier === 0 && reach === 'internal' && !persists) return null;
  switch (kind) {
    case 'recipient':
    case 'account':
      return value.type === 'unparsable' ? null : `${agent}|first|${digestOf([kind, value.key])}`;
    case 'url':
      return value.type === 'url' ? `${agent}|first|${digestOf([kind, value.host])}` : null;
    default:
      return null;
  }
}

function kindsWithNovelty(policy: Policy): ReadonlySet<KindName> {
  const known = noveltyKinds.get(policy);
  if (known !== undefined) return known;
  const kinds = new Set<KindName>();
  const holders: readonly { readonly permissions: Permissions }[] = [
    ...policy.agents.values(),
    ...policy.roles.values(),
  ];
  for (const { permissions } of holders) {
    for (const grant of permissions.values()) {
      for (const { constraints } of grant.alternatives) {
        for (const constraint of constraints) {
          if (constraint.type === 'novelty') kinds.add(constraint.of);
        }
      }
    }
  }
  noveltyKinds.set(policy, kinds);
  return kinds;
}
