import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  contextOf,
  decided,
  loaded,
  type SceneOptions,
  tuesdayMs,
  verdictOf,
} from '../../test/engine/scene.ts';
import type { JsonObject } from '../content/value.ts';
import type { Policy } from '../policy/model.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import type { Agreement, Ask, Held } from './hold.ts';

const minuteMs = 60_000;

interface Written {
  readonly pay?: string;
  readonly user?: string;
  readonly approvals?: string;
  readonly agent?: string;
  readonly above?: string;
  readonly leads?: readonly string[];
  readonly ann?: string;
}

/** A shop with tools that wait for a person, each as the row says. */
function shop({
  pay = 'allow',
  user = 'allow',
  approvals,
  agent = '',
  above = '',
  leads = ['lea', 'max'],
  ann = '[staff]',
}: Written = {}) {
  return loaded(
    `${above}
sallyport: 1
upstreams: { shop: { functions: true }, mail: { functions: true } }
users: { static: { ann: { roles: ${ann} }, ${leads.map((name) => `${name}: { roles: [leads] }`).join(', ')} } }
${approvals === undefined ? '' : `approvals: ${approvals}`}
tools:
  shop.pay: { action: pay, tier: irreversible, args: { cents: { is: amount, unit: cent, currency: USD }, to: account } }
  mail.send: { action: send, tier: reversible, args: { to: recipient } }
roles:
  staff: { permissions: { shop: { pay: ${user} }, mail: { send: allow } } }
  leads: { permissions: {} }
agents:
  helper:
    acts_for: [staff]
    ${agent}
    permissions: { shop: { pay: ${pay} }, mail: { send: allow } }
`,
    {
      tools: {
        'shop.pay': { cents: 'integer', to: 'string' },
        'mail.send': { to: 'string' },
      },
    },
  );
}

const args = { cents: 4_900, to: 'acct-1' };
const asked = '{ by: leads }';
const approval = (words: string): string => `{ approval: ${words} }`;

/** The hold of `call_1` as its run would remember it. */
function heldFor(
  { asks }: Decision,
  policy: Policy,
  { by = ['lea'], ...changed }: Partial<Held> & { readonly by?: readonly string[] } = {},
): Held {
  const { reading } = contextOf(policy, 'shop.pay', args);
  return {
    id: 'call_1',
    of: 'call',
    tool: 'shop.pay',
    tier: 3,
    digest: reading?.ok === true ? reading.read.digest : '',
    arguments: 'sha256:arguments',
    step: null,
    atMs: tuesdayMs - minuteMs,
    expiresAtMs: tuesdayMs + 14 * minuteMs,
    state: 'approved',
    settledAtMs: tuesdayMs - 1_000,
    asks,
    agreements: by.map(agreementTo(asks)),
    editedFrom: null,
    withheld: null,
    ...changed,
  };
}

function agreementTo(asks: readonly Ask[]): (by: string) => Agreement {
  return (by) => ({ by, atMs: tuesdayMs - 1_000, asks: asks.map(({ key }) => key) });
}

/** Held, agreed to as the row says, and decided again: maybe by another policy, with other arguments, in another run. */
function again(
  policy: Policy,
  changed: Parameters<typeof heldFor>[2] = {},
  { by = policy, with: now = args, ...options }: Again = {},
): Decision {
  const held = heldFor(decided(policy, 'shop.pay', args), policy, changed);
  return decided(by, 'shop.pay', now, { ...options, run: { ...options.run, held: [held] } });
}

interface Again extends SceneOptions {
  readonly by?: Policy;
  readonly with?: JsonObject;
}

const byLeads = shop({ pay: approval(asked) });

describe('who is asked', () => {
  test.each<[string, Written, Partial<Ask>]>([
    ['a role', { pay: approval(asked) }, { by: { type: 'role', role: 'leads' }, quorum: 1 }],
    [
      'so many of it, who signed in lately',
      { pay: approval('{ by: leads, quorum: 2, fresh: 5m }') },
      { by: { type: 'role', role: 'leads' }, quorum: 2, freshMs: 300_000 },
    ],
    ["the run's own person", { pay: approval('{ by: user }') }, { by: { type: 'user' } }],
    [
      'by its tier, whom the policy asks by default',
      { approvals: '{ default: leads }' },
      { by: { type: 'role', role: 'leads' }, code: 'gate.tier', grants: null },
    ],
    [
      'beyond an amount',
      { pay: '{ approval: never, max_amount: { max: 20 USD, otherwise: { approval: leads } } }' },
      { by: { type: 'role', role: 'leads' }, code: 'authorize.max_amount' },
    ],
    [
      'who breaks the glass',
      {
        pay: '{ approval: never, max_amount: { max: 20 USD, otherwise: { break_glass: leads } } }',
      },
      { by: { type: 'break_glass', role: 'leads' }, code: 'authorize.max_amount' },
    ],
  ])('%s', (_, written, ask) => {
    const { verdict, effect, asks } = decided(shop(written), 'shop.pay', args);
    expect([verdict, effect, asks]).toEqual(['hold', 'hold', [expect.objectContaining(ask)]]);
  });

  test.each<[string, Written, SceneOptions]>([
    ['nobody is named, and there is no default', {}, {}],
    ["the run's own person, and there is none", { pay: approval('{ by: user }') }, { user: null }],
    ['a dry run', { pay: approval(asked) }, { dryRun: true }],
    ['one of two reasons is nobody’s', { pay: 'allow', user: approval(asked) }, {}],
  ])('nobody: %s', (_, written, options) => {
    const unattended = 'unattended: { owner: leads }';
    const decision = decided(shop({ agent: unattended, ...written }), 'shop.pay', args, options);
    expect([decision.verdict, decision.effect, decision.asks]).toEqual(['hold', 'hold', []]);
    expect(verdictOf(decision)).toContain('approval.unavailable');
  });

  test('nobody, where a run is only watched', () => {
    const decision = decided(
      shop({ pay: approval(asked), agent: 'enforcement: observe' }),
      'shop.pay',
      args,
    );
    expect(decision).toMatchObject({ verdict: 'hold', effect: 'allow', asks: [], approvedBy: [] });
  });

  test('nobody, where another reason refuses', () => {
    const decision = decided(byLeads, 'shop.pay', args, { facts: { suspended: true } });
    expect(decision).toMatchObject({ effect: 'deny', asks: [] });
  });

  test('both sides, each by its own reason', () => {
    const { asks } = decided(
      shop({ pay: approval(asked), user: approval(asked) }),
      'shop.pay',
      args,
    );
    expect(asks).toHaveLength(2);
    expect(new Set(asks.map(({ key }) => key)).size).toBe(2);
  });

  test('the person of the run above isn’t there, if it is another', () => {
    const policy = shop({ pay: approval('{ by: user }') });
    const above = contextOf(policy, 'shop.pay', args, { user: 'ann' }).run;
    const decision = decided(policy, 'shop.pay', args, {
      ancestors: [{ ...above, id: 'run_0', user: 'lea' }],
    });
    expect(decision.asks).toEqual([]);
  });
});

describe('an approval is of exactly one call', () => {
  test('agreed to, it goes on, and the record says by whom', () => {
    const decision = again(byLeads);
    expect(decision).toMatchObject({
      verdict: 'hold',
      effect: 'allow',
      approvedBy: ['lea'],
      asks: [],
    });
    expect(decision.findings.at(-1)).toMatchObject({ code: 'approval.given', verdict: 'note' });
  });

  const tightened = (pay: string): Policy => shop({ pay: approval(pay) });
  test.each<[string, Parameters<typeof heldFor>[2], Again]>([
    ['of another call', { id: 'call_2' }, {}],
    ['with other arguments', {}, { with: { ...args, cents: 4_901 } }],
    ['of another digest', { digest: 'sha256:other' }, {}],
    ['of what came back', { of: 'result' }, {}],
    ['that still waits', { state: 'waiting', settledAtMs: null }, {}],
    ['that was rejected', { state: 'rejected' }, {}],
    ['that expired', { state: 'expired' }, {}],
    ['that nobody agreed to', { agreements: [] }, {}],
    ['by an answer to something else', { agreements: [agreementOf('sha256:other')] }, {}],
    ['given long ago', { settledAtMs: tuesdayMs - 15 * minuteMs }, {}],
    ['and the policy now asks two', {}, { by: tightened('{ by: leads, quorum: 2 }') }],
    ['and the policy now asks others', {}, { by: tightened('{ by: staff }') }],
    ['and the policy now wants a fresh sign-in', {}, { by: tightened('{ by: leads, fresh: 1m }') }],
    ['and the grant now asks for more', {}, { by: tightened('{ by: leads, if: "true" }') }],
    [
      'and something was read that gave orders',
      {},
      {
        by: shop({ pay: approval(asked), approvals: '{ default: leads }' }),
        run: { holdsNext: 'call_0' },
      },
    ],
  ])('%s: asked again', (_, changed, options) => {
    const decision = again(byLeads, changed, options);
    expect(decision).toMatchObject({ verdict: 'hold', effect: 'hold', approvedBy: [] });
    expect(decision.asks.length).toBeGreaterThan(0);
  });

  test.each<[string, Again]>([
    ['the agent was suspended', { facts: { suspended: true } }],
    ['its run was closed', { run: { status: 'closed' } }],
    ['the tool was changed', { facts: { definition: 'changed' } }],
    ['the grant was taken away', { by: shop({ pay: '{ accounts: [acct-2] }' }) }],
    ['its run may make no more calls', { run: { toolCalls: 10_001 } }],
  ])('a new deny wins: %s', (_, options) => {
    expect(again(byLeads, {}, options)).toMatchObject({
      verdict: 'deny',
      effect: 'deny',
      approvedBy: [],
      reservations: [],
    });
  });

  test('a minute later, and a line further down, the reason is the same', () => {
    const moved = shop({ pay: approval(asked), above: '# a comment\n\n' });
    expect(again(byLeads, {}, { by: moved, nowMs: tuesdayMs + minuteMs }).effect).toBe('allow');
  });

  test('one answer of two that are needed', () => {
    const policy = shop({ pay: approval('{ by: leads, quorum: 2 }') });
    expect(again(policy, { by: ['lea'] }).effect).toBe('hold');
    expect(again(policy, { by: ['lea', 'lea'] }).effect).toBe('hold');
    expect(again(policy, { by: ['lea', 'max'] })).toMatchObject({
      effect: 'allow',
      approvedBy: ['lea', 'max'],
    });
  });

  describe('by somebody who may not answer any more, it is none', () => {
    const written = { pay: approval(asked) };
    const without = shop({ ...written, leads: ['max'] });

    test('asked again, of those who may', () => {
      const [first] = decided(byLeads, 'shop.pay', args).asks;
      const decision = again(byLeads, {}, { by: without });
      expect(decision).toMatchObject({ effect: 'hold', approvedBy: [] });
      expect(decision.asks).toHaveLength(1);
      expect(decision.asks[0]?.key).not.toBe(first?.key);
      // Their answer is another: it doesn't fall together with the one that is gone.
      const held = heldFor(decided(byLeads, 'shop.pay', args), byLeads);
      const agreements = [...held.agreements, ...['max'].map(agreementTo(decision.asks))];
      const now = decided(without, 'shop.pay', args, { run: { held: [{ ...held, agreements }] } });
      expect(now).toMatchObject({ effect: 'allow', approvedBy: ['max'] });
      const nobody = shop({ ...written, leads: ['eve'] });
      const gone = decided(nobody, 'shop.pay', args, { run: { held: [{ ...held, agreements }] } });
      expect(gone).toMatchObject({ effect: 'hold', approvedBy: [] });
    });

    test('nor by the person on whose behalf it is', () => {
      const selfish = { ...written, ann: '[staff, leads]' };
      const self = shop({ ...selfish, approvals: '{ self_approval: true }' });
      expect(again(self, { by: ['ann'] }).effect).toBe('allow');
      expect(again(self, { by: ['ann'] }, { by: shop(selfish) }).effect).toBe('hold');
    });

    test('while it still waits, too', () => {
      const [before] = decided(byLeads, 'shop.pay', args).asks;
      const waiting = { state: 'waiting', settledAtMs: null } as const;
      expect(again(byLeads, waiting).asks[0]?.key).toBe(before?.key);
      expect(again(byLeads, waiting, { by: without }).asks[0]?.key).not.toBe(before?.key);
    });
  });

  test('what is asked again keeps the answers that were given', () => {
    const stricter = shop({ pay: approval(asked), user: approval('{ by: staff }') });
    const decision = again(byLeads, {}, { by: stricter });
    const [first] = decided(byLeads, 'shop.pay', args).asks;
    expect(decision.asks.map(({ key }) => key)).toContain(first?.key);
    expect(decision.asks).toHaveLength(2);
  });
});

function agreementOf(key: string): Agreement {
  return { by: 'lea', atMs: tuesdayMs, asks: [key] };
}

describe('another alternative', () => {
  const two = shop({
    pay: '[{ approval: { by: leads }, accounts: [acct-1], rate: 1/1h }, { approval: { by: leads } }]',
  });

  test('is another reason: an approval answers only what it was shown', () => {
    const first = decided(two, 'shop.pay', args);
    expect(first.asks).toHaveLength(1);
    const held = [heldFor(first, two)];
    expect(decided(two, 'shop.pay', args, { run: { held } }).effect).toBe('allow');
    // The first one's rate is used up, so the second is taken.
    const other = decided(two, 'shop.pay', args, { run: { held }, drawn: { rate: 1 } });
    expect(other).toMatchObject({ effect: 'hold', approvedBy: [] });
    expect(other.asks[0]?.key).not.toBe(first.asks[0]?.key);
  });

  test('shows nothing of the result that nobody was asked about', () => {
    const mail = loaded(
      `
sallyport: 1
upstreams: { mail: { functions: true } }
users: { static: { lea: { roles: [leads] } } }
tools:
  mail.list: { action: list, tier: read_only, reach: internal, args: { count: number }, returns: { items: /mails, each: { /from: sender } } }
roles: { leads: { permissions: {} } }
agents:
  helper:
    permissions:
      mail:
        list:
          - { senders: [us.example], approval: { by: leads } }
          - { senders: [others.example], approval: { by: leads, quorum: 2 } }
`,
      { tools: { 'mail.list': { count: 'integer' } } },
    );
    const read = (run: SceneOptions['run']): Decision =>
      decided(
        mail,
        'mail.list',
        { count: 1 },
        { user: null, ...(run === undefined ? {} : { run }) },
      );
    const first = read({});
    const { reading } = contextOf(mail, 'mail.list', { count: 1 }, { user: null });
    const digest = reading?.ok === true ? reading.read.digest : '';
    const { obligations, effect } = read({ held: [heldFor(first, mail, { digest })] });
    expect(effect).toBe('allow');
    const filters = obligations.filter((one) => one.type === 'filter_items');
    expect(filters.flatMap(({ pairs }) => pairs.map(({ agent }) => agent.key))).toEqual([
      'agents.helper.mail.list[0]',
    ]);
  });
});

describe('remembered for the run', () => {
  const written = (approvals: string): Policy => shop({ approvals });
  const asking = written('{ default: leads }');
  const read: SceneOptions['run'] = {
    labels: { trust: 'untrusted', classes: [], subjects: [] },
    historyLost: true,
  };
  const sent = (policy: Policy, to: string, run: SceneOptions['run'] = {}): Decision =>
    decided(policy, 'mail.send', { to }, { run: { ...read, ...run }, facts: { history: [] } });
  const rememberedOf = ({ asks }: Decision): readonly string[] =>
    asks.flatMap(({ remember }) => remember ?? []);

  test('a value is asked about once, for the same tool', () => {
    const first = sent(asking, 'eve@x.example');
    expect(verdictOf(first)).toBe('hold flow.destination');
    const agreed = rememberedOf(first);
    expect(agreed).toHaveLength(1);
    expect(sent(asking, 'eve@x.example', { agreed })).toMatchObject({
      verdict: 'hold',
      effect: 'allow',
      approvedBy: [],
    });
    expect(sent(asking, 'eva@x.example', { agreed }).effect).toBe('hold');
  });

  test('by nobody whom the policy no longer asks, and not where it says `never`', () => {
    const agreed = rememberedOf(sent(asking, 'eve@x.example'));
    expect(sent(written('{ default: staff }'), 'eve@x.example', { agreed }).effect).toBe('hold');
    const never = written('{ default: leads, remember: never }');
    expect(rememberedOf(sent(never, 'eve@x.example'))).toEqual([]);
    expect(sent(never, 'eve@x.example', { agreed }).effect).toBe('hold');
  });

  test('no tier, no amount', () => {
    expect(rememberedOf(decided(byLeads, 'shop.pay', args))).toEqual([]);
  });

  test('that something gave orders, by the run that was asked, for what it was shown', () => {
    const above = { ...contextOf(asking, 'mail.send', { to: 'a@x.example' }).run, id: 'run_0' };
    const said = (askedBy: string, agreed: readonly string[] = []): Decision =>
      decided(
        asking,
        'mail.send',
        { to: 'a@x.example' },
        { ancestors: [{ ...above, holdsNext: askedBy }], run: { agreed } },
      );
    const agreed = rememberedOf(said('call_5'));
    expect(said('call_5', agreed).effect).toBe('allow');
    expect(said('call_9', agreed).effect).toBe('hold');
  });
});

test('what a person lets go beyond a counter is counted, and not stopped there', () => {
  const policy = shop({
    pay: '{ approval: never, rate: { max: 1/1h, otherwise: { approval: leads } } }',
  });
  const options = { drawn: { rate: 1 } };
  const first = decided(policy, 'shop.pay', args, options);
  expect(verdictOf(first)).toBe('hold authorize.rate');
  const decision = decided(policy, 'shop.pay', args, {
    drawn: { rate: 7 },
    run: { held: [heldFor(first, policy)] },
  });
  expect(decision).toMatchObject({
    effect: 'allow',
    reservations: [{ amount: 1, max: Number.MAX_SAFE_INTEGER }],
  });
});

test('a list that a person lets go on is claimed as far as it is free', () => {
  const policy = loaded(
    `
sallyport: 1
upstreams: { shop: { functions: true } }
users: { static: { lea: { roles: [leads] } } }
tools: { shop.pay: { action: pay, tier: reversible, args: { to: account } } }
roles: { leads: { permissions: {} } }
agents:
  helper:
    permissions: { shop: { pay: { once_per: { arguments: [to], otherwise: { approval: leads } } } } }
`,
    { tools: { 'shop.pay': { to: 'string[]' } } },
  );
  const both = { to: ['acct-1', 'acct-2'] };
  const context = contextOf(policy, 'shop.pay', both, { user: null });
  const [paid = '', unpaid = ''] = Object.keys(context.facts.once);
  const facts = { ...context.facts, once: { [paid]: true, [unpaid]: false } };
  const first = decide({ ...context, facts });
  expect(verdictOf(first)).toBe('hold authorize.once_per');
  const { reading } = context;
  const digest = reading?.ok === true ? reading.read.digest : '';
  const run = { ...context.run, held: [heldFor(first, policy, { digest })] };
  expect(decide({ ...context, facts, run }).reservations).toEqual([
    { type: 'once', key: unpaid, code: 'authorize.once_per' },
  ]);
});

describe('a run asks for so much at a time', () => {
  const waiting = (id: string): Held =>
    heldFor(decided(byLeads, 'shop.pay', args), byLeads, {
      id,
      state: 'waiting',
      settledAtMs: null,
      by: [],
    });
  const three = ['call_7', 'call_8', 'call_9'].map(waiting);

  test.each<[string, readonly Held[], string]>([
    ['two wait', three.slice(1), 'hold gate.approval'],
    ['three wait', three, 'deny gate.approval approvals.flood'],
    [
      'of calls and results',
      three.map((one) => ({ ...one, of: 'result' })),
      'deny gate.approval approvals.flood',
    ],
    [
      'answered ones don’t count',
      three.map((one) => ({ ...one, state: 'rejected' })),
      'hold gate.approval',
    ],
    ['it is one of them', [...three.slice(1), waiting('call_1')], 'hold gate.approval'],
  ])('%s', (_, held, said) => {
    expect(verdictOf(decided(byLeads, 'shop.pay', args, { run: { held } }))).toBe(said);
  });

  test('a call that waits for nobody isn’t stopped', () => {
    expect(
      verdictOf(decided(byLeads, 'mail.send', { to: 'a@x.example' }, { run: { held: three } })),
    ).toBe('allow');
  });
});

test('an approval never makes an allow of a deny, nor changes what was found', () => {
  const situations = fc.record({
    suspended: fc.boolean(),
    definition: fc.constantFrom('pinned' as const, 'changed' as const),
    status: fc.constantFrom('open' as const, 'closing' as const, 'closed' as const),
    toolCalls: fc.constantFrom(0, 1, 10_000),
    holdsNext: fc.constantFrom(null, 'call_0'),
    keys: fc.constantFrom('right', 'wrong', 'none'),
    state: fc.constantFrom('waiting' as const, 'approved' as const, 'rejected' as const),
  });
  const first = decided(byLeads, 'shop.pay', args);
  fc.assert(
    fc.property(situations, ({ suspended, definition, keys, state, ...run }) => {
      const agreements = keys === 'none' ? [] : keys === 'wrong' ? [agreementOf('x')] : undefined;
      const held = heldFor(first, byLeads, {
        state,
        ...(agreements === undefined ? {} : { agreements }),
      });
      const options = { facts: { suspended, definition } };
      const without = contextOf(byLeads, 'shop.pay', args, { ...options, run });
      const before = decide(without);
      const after = decide({
        ...without,
        run: { ...without.run, held: [held], toolCalls: run.toolCalls + 1 },
      });
      // Only a run that is closing refuses a new call and lets the one that waited go on.
      if (before.verdict === 'deny' && run.status !== 'closing') expect(after.verdict).toBe('deny');
      if (after.effect === 'allow') {
        expect(state).toBe('approved');
        expect(keys).toBe('right');
      }
      if (before.effect === 'allow') expect(after.effect).toBe('allow');
    }),
  );
});
