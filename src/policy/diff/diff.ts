import { span } from '../check/describe.ts';
import { changedKeys } from '../hash.ts';
import type { Policy, UserDeclaration } from '../model.ts';
import { agentChanges, roleChanges } from './agents.ts';
import { approvalRulesChanges, channelChanges } from './approvals.ts';
import { byEntries, type Change, type ChangeGroup, entriesText, limitChange } from './change.ts';
import { contentChanges, contentMeaning } from './content.ts';
import { flowChanges, flowMeaning } from './flow.ts';
import { byEnforcement } from './grants.ts';
import { meaningOf, meansTheSame } from './meaning.ts';
import { toolChanges } from './tools.ts';

export interface PolicyDiff {
  /** Whether both decide every call alike. */
  readonly equal: boolean;
  readonly groups: readonly ChangeGroup[];
}

/**
 * What changed between two policies, compared as they were compiled: layout, comments and order never show. Whatever
 * differs in meaning is told, in words where there are any, else by its name; whatever differs in nothing but the
 * writing is told as that, so that no change of the hash goes without a line.
 */
export function diffPolicies(before: Policy, after: Policy): PolicyDiff {
  const groups = [
    ...named('agents', before.agents, after.agents, (was, is) =>
      agentChanges({ policy: before, agent: was }, { policy: after, agent: is }),
    ),
    ...named('roles', before.roles, after.roles, roleChanges),
    ...named('users', before.users, after.users, userChanges),
    ...named('tools', before.tools, after.tools, toolChanges),
    ...named('upstreams', before.upstreams, after.upstreams, (was, is) => {
      if (was === null) return [{ effect: 'changed', text: 'is new' }];
      return is === null ? [{ effect: 'narrower', text: 'is gone' }] : [];
    }),
    ...group('settings', settingsOf(before), settingsOf(after), {
      changes: settingChanges(before, after),
      told: told.settings,
    }),
  ];
  if (groups.length > 0) return { equal: false, groups };
  if (before.hash === after.hash) return { equal: true, groups: [] };
  const written = changedKeys(before.canonical, after.canonical).map(
    (key): Change => ({
      effect: 'same',
      text: `\`${key}\` is written otherwise, and means the same`,
    }),
  );
  return { equal: true, groups: [{ about: 'the text', changes: written }] };
}

/** What there are words for. Whatever else differs, now or in a later version, is told by its name. */
const told = {
  agents: [
    'actsFor',
    'unattendedOwner',
    'caseNames',
    'model',
    'budget',
    'rate',
    'loops',
    'parallel',
    'enforcement',
    'dryRun',
    'permissions',
    'forbidden',
  ],
  roles: ['permissions'],
  users: ['roles'],
  tools: [
    'action',
    'tier',
    'reach',
    'args',
    'returns',
    'idempotent',
    'memory',
    'persists',
    'on',
    'resolve',
    'freshMs',
    'pin',
  ],
  upstreams: [],
  settings: [
    'enforcement',
    'timezone',
    'currency',
    'breaker',
    'alertEvents',
    'alertChannels',
    'approvals',
    'content',
    'flow',
    'actionWords',
    'checkpoints',
  ],
} as const;

function named<T extends object>(
  what: Exclude<keyof typeof told, 'settings'>,
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  changesOf: (before: T | null, after: T | null) => readonly Change[],
): readonly ChangeGroup[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => {
    const [was, is] = [before.get(name) ?? null, after.get(name) ?? null];
    return group(`${what}.${name}`, was, is, { changes: changesOf(was, is), told: told[what] });
  });
}

/** What there are no words for is named: a change must never be left out because nobody thought of it. */
function group(
  about: string,
  before: object | null,
  after: object | null,
  said: { readonly changes: readonly Change[]; readonly told: readonly string[] },
): readonly ChangeGroup[] {
  const { changes } = said;
  const left = changes.length === 0 ? [] : said.told;
  const keys =
    (before === null || after === null) && changes.length > 0
      ? []
      : changedKeys(
          { is: meaningOf(without(before, left)) },
          { is: meaningOf(without(after, left)) },
        );
  const all = [
    ...changes,
    ...keys.map((key): Change => ({ effect: 'changed', text: `\`${key.slice(3)}\` changed` })),
  ];
  return all.length === 0 ? [] : [{ about, changes: all }];
}

function without(whole: object | null, keys: readonly string[]): object | null {
  return whole && Object.fromEntries(Object.entries(whole).filter(([key]) => !keys.includes(key)));
}

function userChanges(
  before: UserDeclaration | null,
  after: UserDeclaration | null,
): readonly Change[] {
  const [had, has] = [before?.roles ?? new Set<string>(), after?.roles ?? new Set<string>()];
  const effect = byEntries(had, has);
  const changes: Change[] = [];
  if (before === null) changes.push({ effect: 'wider', text: 'is new' });
  if (after === null) changes.push({ effect: 'narrower', text: 'is gone' });
  if (effect !== 'same') changes.push({ effect, text: `roles: ${entriesText(had, has)}` });
  return changes;
}

/** Everything that isn't somebody's or something's own. */
function settingsOf(policy: Policy): object {
  const told = { agents: null, roles: null, users: null, tools: null, upstreams: null };
  return {
    ...policy,
    ...flowMeaning(policy),
    content: contentMeaning(policy.content),
    ...told,
    hash: null,
    canonical: null,
    lockDigest: null,
    // Where a grant names a window, the grant says what became of it.
    windows: null,
  };
}

function settingChanges(before: Policy, after: Policy): readonly Change[] {
  const changes: Change[] = [];
  if (before.enforcement !== after.enforcement)
    changes.push({
      effect: byEnforcement(before.enforcement, after.enforcement),
      text: `enforcement: ${after.enforcement} (was ${before.enforcement})`,
    });
  for (const name of ['timezone', 'currency'] as const) {
    if (before[name] !== after[name])
      changes.push({
        effect: 'changed',
        text: `${name}: ${after[name] ?? 'none'} (was ${before[name] ?? 'none'})`,
      });
  }
  const plain = (value: number): string => String(value);
  changes.push(
    ...limitChange('breaker.failures', before.breaker.failures, after.breaker.failures, plain),
    // The longer a stopped tool stays stopped, the less is let through.
    ...limitChange('breaker.reset', -before.breaker.resetMs, -after.breaker.resetMs, (value) =>
      span(-value),
    ),
  );
  if (byEntries(before.alertEvents, after.alertEvents) !== 'same')
    changes.push({
      effect: 'changed',
      text: `alerts: ${entriesText(before.alertEvents, after.alertEvents)}`,
    });
  changes.push(
    ...channelChanges('alerts.notify', before.alertChannels, after.alertChannels),
    ...approvalRulesChanges(before.approvals, after.approvals),
  );
  changes.push(...contentChanges(before.content, after.content), ...flowChanges(before, after));
  if (!meansTheSame(before.checkpoints, after.checkpoints))
    changes.push({
      effect: 'changed',
      text: `checkpoints: ${sinksText(after.checkpoints)} (was ${sinksText(before.checkpoints)})`,
    });
  return changes;
}

function sinksText({ file, webhook }: Policy['checkpoints']): string {
  const to = [
    file === null ? '' : `sent to ${file}`,
    webhook === null ? '' : `sent to ${webhook.url}, signed with ${webhook.secret.from}`,
  ].filter((one) => one !== '');
  return to.length === 0 ? 'kept on this host only' : to.join(' and ');
}
