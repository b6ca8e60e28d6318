import { canonicalJson } from '../../content/json.ts';
import { agentOptions, userOptions } from '../../engine/parties.ts';
import { span } from '../check/describe.ts';
import { defaults } from '../defaults.ts';
import type { Agent, BudgetLimit, Grant, Permissions, Policy, Rate, Role, Tool } from '../model.ts';
import { tierName } from '../shape/tool.ts';
import { byEntries, byLimit, type Change, entriesText, limitChange, opposite } from './change.ts';
import { byEnforcement, describeGrant, grantChanges } from './grants.ts';
import { meaningOf } from './meaning.ts';

/** What differs for one agent; null: it isn't in that policy. */
export function agentChanges(
  before: { readonly policy: Policy; readonly agent: Agent | null },
  after: { readonly policy: Policy; readonly agent: Agent | null },
): readonly Change[] {
  if (after.agent === null) {
    const could = [...mayCall(before.policy, before.agent).keys()];
    return [
      {
        effect: 'narrower',
        text: `is gone${could.length === 0 ? '' : `, and with it ${could.map(quoted).join(', ')}`}`,
      },
    ];
  }
  const changes: Change[] = before.agent === null ? [{ effect: 'wider', text: 'is new' }] : [];
  const was = before.agent ?? bareAgent(after.agent);
  changes.push(
    ...reachChanges(before, after),
    ...permissionChanges(was.permissions, after.agent.permissions, {
      // One that opens something is told by what it opens.
      added: (action) => grantedInVain(action, after.policy, after.agent),
      removed: (action) =>
        mayCall(before.policy, before.agent).has(action) ? null : noLongerGranted(action),
    }),
    ...forbiddenChanges(was.forbidden, after.agent.forbidden),
    ...standingChanges(was, after.agent),
    ...limitChanges(was, after.agent),
  );
  return changes;
}

export function roleChanges(before: Role | null, after: Role | null): readonly Change[] {
  if (after === null) return [{ effect: 'narrower', text: 'is gone: it permits nothing' }];
  const changes: Change[] = before === null ? [{ effect: 'changed', text: 'is new' }] : [];
  return [
    ...changes,
    ...permissionChanges(before?.permissions ?? new Map(), after.permissions, {
      added: (action, grant) => ({
        effect: 'wider',
        text: `now permits \`${action}\`: ${describeGrant(grant)}`,
      }),
      removed: noLongerGranted,
    }),
  ];
}

/** Tools that this agent can call at all, by action: its own grant and, where it acts for roles, one of theirs. */
function mayCall(policy: Policy, agent: Agent | null): ReadonlyMap<string, readonly Tool[]> {
  const may = new Map<string, Tool[]>();
  if (agent === null) return may;
  const party = { agent, user: null, roles: agent.actsFor };
  for (const tool of policy.tools.values()) {
    const action = `${tool.upstream}.${tool.action}`;
    if (agent.forbidden.has(action)) continue;
    if (agentOptions(agent, tool).length === 0) continue;
    if (userOptions(policy, party, tool).length === 0) continue;
    may.set(action, [...(may.get(action) ?? []), tool]);
  }
  return may;
}

function reachChanges(
  before: { readonly policy: Policy; readonly agent: Agent | null },
  after: { readonly policy: Policy; readonly agent: Agent | null },
): readonly Change[] {
  const could = mayCall(before.policy, before.agent);
  const can = mayCall(after.policy, after.agent);
  const changes: Change[] = [];
  for (const [action, tools] of can) {
    const known = new Set(could.get(action)?.map(({ name }) => name));
    const now = tools.filter(({ name }) => !known.has(name));
    const grant = after.agent?.permissions.get(action);
    if (now.length > 0 && grant !== undefined)
      changes.push({
        effect: 'wider',
        text: `may now \`${action}\` (${now.map(toolText).join(', ')}): ${describeGrant(grant)}`,
      });
  }
  for (const [action, tools] of could) {
    const left = new Set(can.get(action)?.map(({ name }) => name));
    const gone = tools.filter(({ name }) => !left.has(name));
    if (gone.length > 0)
      changes.push({
        effect: 'narrower',
        text: `may no longer \`${action}\` (${gone.map(toolText).join(', ')})`,
      });
  }
  return changes;
}

function toolText(tool: Tool): string {
  return `${tool.name}, ${tierName(tool.tier)}, ${tool.reach}`;
}

/** A grant that opens nothing must not be overlooked: another change may make it one that does. */
function grantedInVain(action: string, policy: Policy, agent: Agent | null): Change | null {
  if (agent === null || mayCall(policy, agent).has(action)) return null;
  const why = agent.forbidden.has(action)
    ? 'it is forbidden'
    : 'no role that it acts for permits it';
  return { effect: 'changed', text: `is granted \`${action}\`, and can't use it: ${why}` };
}

function permissionChanges(
  before: Permissions,
  after: Permissions,
  told: {
    readonly added: (action: string, grant: Grant) => Change | null;
    readonly removed: (action: string) => Change | null;
  },
): readonly Change[] {
  const changes: Change[] = [];
  for (const [action, grant] of after) {
    const was = before.get(action);
    if (was !== undefined) {
      changes.push(...grantChanges(action, was, grant));
      continue;
    }
    changes.push(...[told.added(action, grant)].filter((change) => change !== null));
  }
  for (const action of before.keys()) {
    if (!after.has(action))
      changes.push(...[told.removed(action)].filter((change) => change !== null));
  }
  return changes;
}

function noLongerGranted(action: string): Change {
  return { effect: 'narrower', text: `\`${action}\` is no longer granted` };
}

function forbiddenChanges(
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
): readonly Change[] {
  const effect = opposite(byEntries(before, after));
  return effect === 'same' ? [] : [{ effect, text: `forbidden: ${entriesText(before, after)}` }];
}

/** For whom it works, and how much of the policy is held against it. */
function standingChanges(before: Agent, after: Agent): readonly Change[] {
  const changes: Change[] = [];
  const [served, serves] = [new Set(before.actsFor), new Set(after.actsFor)];
  const effect = byEntries(served, serves);
  if (effect !== 'same')
    changes.push({
      // Who acts for nobody is bound by nobody's permissions.
      effect: served.size === 0 || serves.size === 0 ? 'changed' : effect,
      text: `acts for: ${entriesText(served, serves)}`,
    });
  if (before.unattendedOwner !== after.unattendedOwner)
    changes.push({
      effect:
        before.unattendedOwner === null
          ? 'wider'
          : after.unattendedOwner === null
            ? 'narrower'
            : 'changed',
      text:
        after.unattendedOwner === null
          ? 'no longer runs without a user'
          : `runs without a user, for whom ${after.unattendedOwner} answers`,
    });
  if (before.enforcement !== after.enforcement)
    changes.push({
      effect: byEnforcement(before.enforcement, after.enforcement),
      text: `enforcement: ${after.enforcement ?? 'as of the policy'} (was ${before.enforcement ?? 'as of the policy'})`,
    });
  if (before.dryRun !== after.dryRun)
    changes.push({
      effect: after.dryRun ? 'narrower' : 'wider',
      text: after.dryRun ? 'performs nothing: dry run' : 'performs what it may: no dry run',
    });
  changes.push(...caseChanges(before, after));
  if (before.model?.pin !== after.model?.pin || before.model?.through !== after.model?.through)
    changes.push({
      effect: 'changed',
      text: `model: ${modelText(after.model)} (was ${modelText(before.model)})`,
    });
  return changes;
}

function caseChanges(before: Agent, after: Agent): readonly Change[] {
  const names = new Set([...before.caseNames.keys(), ...after.caseNames.keys()]);
  return [...names].flatMap((name) => {
    const [was, is] = [before.caseNames.get(name), after.caseNames.get(name)];
    if (canonicalJson(meaningOf(was)) === canonicalJson(meaningOf(is))) return [];
    const how = was === undefined ? 'added' : is === undefined ? 'removed' : 'is something else';
    return [{ effect: 'changed', text: `case.${name} ${how}` } as const];
  });
}

function limitChanges(before: Agent, after: Agent): readonly Change[] {
  const plain = (value: number): string => String(value);
  const usd = (micro: number): string => `${micro / 1e6} USD`;
  return [
    ...budgetChange('steps', before.budget.steps, after.budget.steps, plain),
    ...budgetChange('tool_calls', before.budget.toolCalls, after.budget.toolCalls, plain),
    ...budgetChange('duration', before.budget.durationMs, after.budget.durationMs, span),
    ...budgetChange('tokens', before.budget.tokens, after.budget.tokens, plain),
    ...budgetChange('cost', before.budget.costMicroUsd, after.budget.costMicroUsd, usd),
    ...rateChange(before.rate, after.rate),
    ...limitChange('loops.same_call', before.loops.sameCall, after.loops.sameCall, plain),
    ...limitChange('loops.same_tool', before.loops.sameTool, after.loops.sameTool, plain),
    ...limitChange('loops.cycle', before.loops.cycle, after.loops.cycle, plain),
    ...limitChange('parallel', before.parallel, after.parallel, plain),
  ];
}

function budgetChange(
  name: string,
  before: BudgetLimit | null,
  after: BudgetLimit | null,
  text: (value: number) => string,
): readonly Change[] {
  const limit = limitChange(`budget.${name}`, before?.max ?? null, after?.max ?? null, text);
  if (before === null || after === null || before.then === after.then) return limit;
  return [
    ...limit,
    {
      // A person may grant as much again where nobody could before.
      effect: after.then === 'hold' ? 'wider' : 'narrower',
      text: `budget.${name}, when it is spent: ${after.then} (was ${before.then})`,
    },
  ];
}

function rateChange(before: Rate | null, after: Rate | null): readonly Change[] {
  const shown = (rate: Rate | null): string =>
    rate === null ? 'no limit' : `${rate.max} in ${span(rate.windowMs)}`;
  if (shown(before) === shown(after)) return [];
  const comparable = before === null || after === null || before.windowMs === after.windowMs;
  return [
    {
      effect: comparable ? byLimit(before?.max ?? null, after?.max ?? null) : 'changed',
      text: `rate: ${shown(after)} (was ${shown(before)})`,
    },
  ];
}

function modelText(model: Agent['model']): string {
  return model === null ? 'not told' : `${model.pin ?? 'any'}, ${model.through}`;
}

function quoted(name: string): string {
  return `\`${name}\``;
}

/** As an agent is of whom nothing is said. */
function bareAgent({ name, at }: Agent): Agent {
  return {
    name,
    at,
    actsFor: [],
    unattendedOwner: null,
    caseNames: new Map(),
    model: null,
    budget: { steps: null, toolCalls: null, durationMs: null, tokens: null, costMicroUsd: null },
    rate: null,
    loops: defaults.loops,
    parallel: null,
    enforcement: null,
    dryRun: false,
    permissions: new Map(),
    forbidden: new Set(),
  };
}
