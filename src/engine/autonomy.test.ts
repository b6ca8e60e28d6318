import { expect, test } from 'vitest';
import {
  contextOf,
  decided,
  loaded,
  type SceneOptions,
  verdictOf,
} from '../../test/engine/scene.ts';
import type { Policy } from '../policy/model.ts';
import { autonomyDraws } from './autonomy.ts';
import { decide } from './decide.ts';
import type { Reservation } from './decision.ts';

interface Written {
  readonly approval?: string;
  readonly pin?: string;
  readonly comment?: string;
  readonly type?: string;
  readonly agent?: string;
  readonly extra?: string;
}

function policyOf({
  approval = '{ by: leads, until: { approved: 2, rejected: 0 } }',
  pin = '',
  type = 'string',
  agent = 'helper',
  extra = '',
}: Written = {}): Policy {
  return loaded(
    `
sallyport: 1
upstreams: { box: { functions: true } }
users: { static: { ann: { roles: [staff] }, lea: { roles: [leads] } } }
${extra}
tools:
  box.act: { action: act, tier: reversible, args: { id: identifier, n: number } }
roles: { staff: { permissions: { box: { act: allow } } }, leads: { permissions: {} } }
agents:
  ${agent}:
    acts_for: [staff]
    ${pin}
    permissions: { box: { act: { approval: ${approval} } } }
`,
    { tools: { 'box.act': { id: type, n: 'number?' } } },
  );
}

const args = { id: 'a' };

/** The counters after so many answers about the calls of `policy`. */
function answered(
  policy: Policy,
  approved: number,
  rejected = 0,
  editedFrom: string | null = null,
) {
  const { asks } = decided(policy, 'box.act', args);
  const windows: Record<string, number> = {};
  const draw = (reservation: Reservation): void => {
    if (reservation.type === 'window')
      windows[reservation.key] = (windows[reservation.key] ?? 0) + reservation.amount;
  };
  for (let at = 0; at < approved; at += 1)
    autonomyDraws({ asks, editedFrom }, 'approved').forEach(draw);
  for (let at = 0; at < rejected; at += 1)
    autonomyDraws({ asks, editedFrom }, 'rejected').forEach(draw);
  return windows;
}

function saidAfter(
  windows: Readonly<Record<string, number>>,
  by: Policy,
  options: SceneOptions = {},
) {
  const context = contextOf(by, 'box.act', args, options);
  return verdictOf(
    decide({
      ...context,
      facts: { ...context.facts, windows: { ...context.facts.windows, ...windows } },
    }),
  );
}

const policy = policyOf();
const waits = 'hold gate.approval';

test.each<[string, Readonly<Record<string, number>>, Policy, string]>([
  ['at first', {}, policy, waits],
  ['one too few', answered(policy, 1), policy, waits],
  ['enough', answered(policy, 2), policy, 'allow'],
  ['enough, and one refused', answered(policy, 2, 1), policy, waits],
  [
    'enough, and as many refused as may be',
    answered(policyOf({ approval: '{ by: leads, until: { approved: 2, rejected: 1 } }' }), 2, 1),
    policyOf({ approval: '{ by: leads, until: { approved: 2, rejected: 1 } }' }),
    'allow',
  ],
  ['approved as a person changed it', answered(policy, 9, 0, 'sha256:proposed'), policy, waits],
  [
    'of the tool as it was defined before',
    answered(policyOf({ type: 'string?' }), 9),
    policy,
    waits,
  ],
  [
    'under the policy of before',
    answered(policyOf({ extra: 'timezone: Europe/Berlin' }), 9),
    policy,
    waits,
  ],
  [
    'with the model of before',
    answered(policyOf({ pin: 'model: { pin: one, through: reported }' }), 9),
    policyOf({ pin: 'model: { pin: two, through: reported }' }),
    waits,
  ],
])('%s: %s', (_, windows, by, said) => {
  expect(saidAfter(windows, by)).toBe(said);
});

test('an `if` that is false asks nobody and counts nothing; one that fails asks, whatever was agreed to', () => {
  const failing = policyOf({
    approval: '{ by: leads, if: "1 / int(call.args.n) > 0", until: { approved: 2, rejected: 0 } }',
  });
  const context = (n: number) => {
    const made = contextOf(failing, 'box.act', { ...args, n });
    const enough = Object.fromEntries(
      Object.keys(made.facts.windows).map((key) => [key, key.includes('approved') ? 9 : 0]),
    );
    return { ...made, facts: { ...made.facts, windows: enough } };
  };
  expect(verdictOf(decide(context(1)))).toBe('allow');
  expect(decide(context(1)).findings.map(({ code }) => code)).toContain('gate.autonomy');
  expect(decide(context(2)).findings.map(({ code }) => code)).not.toContain('gate.autonomy');
  expect(verdictOf(decide(context(0)))).toBe(waits);
});

test('what could not be read counts as nothing', () => {
  expect(saidAfter({}, policy, { facts: { windows: {} } })).toBe(waits);
});

test('the record says why nobody was asked', () => {
  const context = contextOf(policy, 'box.act', args);
  const { findings } = decide({
    ...context,
    facts: {
      ...context.facts,
      windows: { ...context.facts.windows, ...answered(policy, 3) },
    },
  });
  expect(findings.find(({ code }) => code === 'gate.autonomy')).toMatchObject({
    verdict: 'note',
    details: { approved: 3, rejected: 0 },
  });
});
