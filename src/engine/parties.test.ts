import { expect, test } from 'vitest';
import {
  contextOf,
  decided,
  loaded,
  type SceneOptions,
  tuesdayMs,
  verdictOf,
} from '../../test/engine/scene.ts';
import type { Ancestor } from './context.ts';
import { usedKeys } from './counters.ts';
import { explain, explanationText } from './explain.ts';
import { isListed, listedOutputSchema } from './listing.ts';

const policy = loaded(
  `
sallyport: 1
upstreams: { box: { functions: true } }
users: { static: { ann: { roles: [staff] }, bob: { roles: [staff, leads] }, zed: { roles: [others] } } }
tools:
  box.read: { action: read, tier: read_only, reach: internal, args: { folder: folder, id: identifier } }
  box.open: { action: read, tier: read_only, reach: internal, args: { folder: folder, id: identifier } }
  box.show: { action: show, tier: read_only, reach: internal, args: { id: identifier } }
  box.pay: { action: pay, tier: reversible, reach: internal, args: { accounts: account, ref: identifier } }
  box.wipe: { action: wipe, tier: reversible, reach: internal, args: { id: identifier } }
roles:
  staff:
    permissions:
      box:
        read: [{ folders: [Support], where: { id: a } }, { folders: [Sales], where: { id: b } }]
        show: allow
        pay: allow
        wipe: allow
  leads: { permissions: { box: { read: { folders: [Board] } } } }
  others: { permissions: { box: { show: allow } } }
agents:
  helper:
    acts_for: [staff, leads]
    unattended: { owner: leads }
    case: { customer: recipient }
    permissions:
      box:
        read: [{ tools: [read], folders: [Support, Board] }, { tools: [open], folders: [Sales] }]
        show: { fields: [id] }
        pay: { once_per: { arguments: [accounts] }, novelty: { of: account } }
        wipe: allow
    forbidden: [box.wipe]
  boss:
    acts_for: [staff]
    case: { customer: recipient }
    permissions: { box: { read: { folders: [Support] }, show: allow } }
`,
  {
    tools: {
      'box.read': { folder: 'string', id: 'string' },
      'box.open': { folder: 'string', id: 'string' },
      'box.show': { id: 'string' },
      'box.pay': { accounts: 'string[]', ref: 'string?' },
      'box.wipe': { id: 'string' },
    },
    outputs: { 'box.show': { type: 'object' } },
  },
);

test.each<[string, string, [string, string], SceneOptions, string]>([
  ['the first alternative of a role', 'box.read', ['Support', 'a'], {}, 'allow'],
  [
    'the folder of one, the id of the other',
    'box.read',
    ['Support', 'b'],
    {},
    'deny authorize.where',
  ],
  [
    'a folder that no alternative for this tool has',
    'box.read',
    ['Sales', 'b'],
    {},
    'deny authorize.folders',
  ],
  ['the same with the tool that has it', 'box.open', ['Sales', 'b'], {}, 'allow'],
  ['a second role', 'box.read', ['Board', 'x'], { user: 'bob' }, 'allow'],
  [
    'without it',
    'box.read',
    ['Board', 'x'],
    { user: 'ann' },
    'deny authorize.folders authorize.where',
  ],
  ['unattended, with all the roles', 'box.read', ['Board', 'x'], { user: null }, 'allow'],
])('pairs: %s', (_, tool, [folder, id], options, verdict) => {
  expect(verdictOf(decided(policy, tool, { folder, id }, options))).toBe(verdict);
});

const parent: Ancestor = {
  id: 'run_0',
  agent: 'boss',
  user: 'ann',
  case: {},
  only: null,
  dryRun: false,
  holdsNext: null,
  status: 'open',
};

test.each<[string, [string, string], Ancestor, string]>([
  ['what both may', ['Support', 'a'], parent, 'allow'],
  [
    'of a parent that is closed',
    ['Support', 'a'],
    { ...parent, status: 'closed' },
    'deny identity.run_closed',
  ],
  [
    "what only the child's agent may",
    ['Board', 'x'],
    { ...parent, user: 'bob' },
    'deny authorize.folders authorize.folders authorize.where',
  ],
  [
    'a parent for a user who may not',
    ['Support', 'a'],
    { ...parent, user: 'zed' },
    'deny identity.user_not_permitted',
  ],
  [
    'a parent that was narrowed',
    ['Support', 'a'],
    { ...parent, only: ['box.show'] },
    'deny authorize.only',
  ],
  [
    'a parent whose agent is gone',
    ['Support', 'a'],
    { ...parent, agent: 'retired' },
    'deny identity.unknown_agent',
  ],
])('a child has no more than its parent: %s', (_, [folder, id], above, verdict) => {
  expect(
    verdictOf(decided(policy, 'box.read', { folder, id }, { user: 'bob', ancestors: [above] })),
  ).toBe(verdict);
});

test('a dry run above is a dry run below', () => {
  expect(
    decided(
      policy,
      'box.read',
      { folder: 'Support', id: 'a' },
      { ancestors: [{ ...parent, dryRun: true }] },
    ).dryRun,
  ).toBe(true);
});

test('a list claims each of its values once, and a repeated one claims it once', () => {
  const once = (accounts: string[]) =>
    decided(policy, 'box.pay', { accounts }, { used: ['a', 'b', 'c'] })
      .reservations.filter(({ type }) => type === 'once')
      .map(({ key }) => key);
  expect(once(['a', 'b'])).toHaveLength(2);
  expect(once(['a', 'a'])).toEqual(once(['a']));
  expect(once(['b', 'a'])).toEqual(expect.arrayContaining(once(['a'])));
});

test('a value that no completed call used is new, and a completed call makes it known', () => {
  expect(verdictOf(decided(policy, 'box.pay', { accounts: ['a'] }))).toBe('deny authorize.novelty');
  const { reading } = contextOf(policy, 'box.pay', { accounts: ['a'], ref: 'x' });
  expect(reading?.ok === true ? usedKeys(policy, 'helper', reading.read) : []).toContain(
    'helper|account|a',
  );
});

test.each<[string, string, string | null, boolean]>([
  ['box.read', 'helper', 'ann', true],
  ['box.wipe', 'helper', 'ann', false],
  ['box.show', 'helper', 'zed', false],
  ['box.pay', 'boss', 'ann', false],
  ['box.show', 'boss', null, true], // whoever it works for has one of its roles
  ['box.show', 'helper', null, true],
])('listed: %s for %s and %s: %s', (name, agent, user, listed) => {
  const tool = policy.tools.get(name);
  if (tool === undefined) throw new Error('no such tool');
  expect(isListed(policy, agent, user, tool)).toBe(listed);
});

test('an output schema is not promised where fields are left out', () => {
  const tool = policy.tools.get('box.show');
  if (tool === undefined) throw new Error('no such tool');
  expect(listedOutputSchema(policy, 'helper', 'ann', tool)).toBeNull();
  expect(listedOutputSchema(policy, 'boss', 'ann', tool)).toEqual({ type: 'object' });
});

test('an explanation shows every alternative of both sides, what it found, and every limit', () => {
  const explanation = explain(
    contextOf(policy, 'box.read', { folder: 'Support', id: 'b' }, { nowMs: tuesdayMs }),
  );
  expect(
    explanation.sides.map(({ who, alternatives }) => [
      who,
      alternatives.map(({ grant, chosen, verdict }) => `${chosen ? '*' : ''}${grant} ${verdict}`),
    ]),
  ).toEqual([
    ['agent helper', ['*agents.helper.box.read[0] allow']],
    ['user ann', ['*roles.staff.box.read[0] deny', 'roles.staff.box.read[1] deny']],
  ]);
  expect(explanation.limits.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['loops.sameTool', 'argumentBytesMax', 'results.maxBytes']),
  );
  const text = explanationText(explanation);
  expect(text).toContain('deny: box.read (box.read, tier 0, internal) [strict]');
  expect(text).toMatch(
    /- authorize\.where {2}policy\.yaml:\d+:\d+ {2}argument: id, refused: \["b"\]/,
  );
});

test('an explanation of what never gets far says why', () => {
  const text = explanationText(explain(contextOf(policy, 'box.burn', {})));
  expect(text).toContain('- catalog.unknown_tool');
});
