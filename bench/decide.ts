/**
 * What a decision costs, beside two engines that are asked the same: may this agent make this call with these
 * arguments. Ours counts the agent's rules and its role's; theirs has the rules once.
 */
import type { Context } from '../src/engine/context.ts';
import { fold } from '../src/engine/fold.ts';
import type { Run } from '../src/engine/run.ts';
import { finished, opened, started } from '../src/store/contract-samples.ts';
import { atMost, type Bench, type BenchOptions, beside, type Row, skipped } from './bench.ts';
import {
  allowed,
  noonMs as atMs,
  contextOf,
  decisionsAtOnce,
  interleaved,
  type Lane,
  loaded,
} from './decisions.ts';
import { deskArguments, deskLock, deskPolicy, lockOf, readTool } from './desk.ts';
import { openAgentGovernance, openCedar, type PeerEngine } from './engines.ts';

const sizes = [
  { rules: 10, mostUs: 5 },
  { rules: 100, mostUs: 10 },
  { rules: 1_000, mostUs: 15 },
] as const;
const rulesPerTool = 5;
const runCalls = 1_000;

export const decide: Bench = { name: 'decide', lanes: ['rules', 'run'], run };

async function run(options: BenchOptions): Promise<readonly Row[]> {
  const rows: Row[] = [];
  if (options.only.size === 0 || options.only.has('rules'))
    rows.push(...(await rulesRows(options)));
  if (options.only.size === 0 || options.only.has('run')) rows.push(...runRows(options));
  return rows;
}

async function rulesRows(options: BenchOptions): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const peers = [
    { name: 'agent_governance', open: await openAgentGovernance(options.progress) },
    { name: 'cedar', open: openCedar },
  ];
  for (const { rules, mostUs } of sizes) {
    const tools = rules / rulesPerTool;
    const policy = loaded(deskPolicy('{ functions: true }', tools), deskLock(tools));
    // The last of them: an engine that looks at one after another looks at all.
    const tool = tools > 2 ? `other_${tools - 3}` : readTool;
    const idle = fold(
      null,
      opened('run', atMs, { agent: 'bench', user: null, budget: {}, case: {} }),
    );
    const contexts = Array.from({ length: decisionsAtOnce }, (_, n) =>
      contextOf(policy, idle, `desk.${tool}`, deskArguments(n)),
    );
    const lanes: Lane[] = [
      { name: `decide.rules_${rules}`, once: () => contexts.forEach(allowed) },
      {
        name: `decide.rules_${rules}.with_reading`,
        once: () => {
          for (let n = 0; n < decisionsAtOnce; n += 1)
            allowed(contextOf(policy, idle, `desk.${tool}`, deskArguments(n)));
        },
      },
    ];
    for (const peer of peers) {
      const engine = peer.open?.(rules) ?? null;
      const name = `decide.rules_${rules}.${peer.name}`;
      if (engine === null) rows.push(skipped(name, 'npm and its registry are needed'));
      else lanes.push({ name, once: () => askAll(engine) });
    }
    const measured = interleaved(options, lanes);
    rows.push(
      ...lanes.map(({ name }) =>
        name === `decide.rules_${rules}`
          ? atMost(name, measured.get(name) ?? Number.NaN, 'µs', mostUs)
          : beside(name, measured.get(name) ?? Number.NaN, 'µs'),
      ),
    );
  }
  return rows;
}

function askAll(engine: PeerEngine): void {
  for (let n = 0; n < decisionsAtOnce; n += 1) {
    if (!engine.allows(deskArguments(n))) throw new Error('the peer refuses what its rules allow');
  }
}

/** The same call early in a run and late in it, with ten limits that count what was before. */
function runRows(options: BenchOptions): readonly Row[] {
  const policy = loaded(statefulPolicy, statefulLock);
  const early = runAfter(10);
  const late = runAfter(runCalls - 1);
  const of = (run: Run): readonly Context[] =>
    Array.from({ length: decisionsAtOnce }, (_, n) =>
      contextOf(policy, run, 'bank.pay', { account: `account-${n}`, amount: 5 + n }),
    );
  const [earlyCalls, lateCalls] = [of(early), of(late)];
  const measured = interleaved(options, [
    { name: 'early', once: () => earlyCalls.forEach(allowed) },
    { name: 'late', once: () => lateCalls.forEach(allowed) },
  ]);
  const lateUs = measured.get('late') ?? Number.NaN;
  return [
    atMost(`decide.call_${runCalls}`, lateUs, 'µs', 10),
    atMost('decide.slope', lateUs / (measured.get('early') ?? Number.NaN), 'of the 11th call', 1.2),
  ];
}

/** A run in which so many calls were started and finished, no two of them alike. */
function runAfter(calls: number): Run {
  const of = { agent: 'payer', user: null } as const;
  let run = fold(null, opened('run', atMs, { ...of, budget: {}, case: {} }));
  for (let n = 0; n < calls; n += 1) {
    const digest = `sha256:${n.toString(16).padStart(64, '0')}`;
    const call = { ...of, tool: n % 2 === 0 ? 'bank.quote' : 'bank.pay', tier: 1, digest } as const;
    run = fold(run, started('run', `call-${n}`, atMs + n, call));
    run = fold(run, { ...finished('run', `call-${n}`, atMs + n), ...call, result: digest });
  }
  return run;
}

const statefulLock = lockOf(
  'bank',
  ['quote', 'pay'].map((name) => ({
    name,
    description: name,
    inputSchema: {
      type: 'object',
      properties: { account: { type: 'string' }, amount: { type: 'number' } },
      required: ['account', 'amount'],
      additionalProperties: false,
    },
  })),
);

const statefulTool =
  'tier: reversible, reach: internal, args: { account: identifier, amount: { is: amount, unit: major, currency: USD } }';

/** Ten of them: two of the budget, three kinds of loops, the agent's rate, and four of the grant. */
const statefulPolicy = `
sallyport: 1
enforcement: strict
currency: USD
upstreams: { bank: { functions: true } }
tools:
  bank.quote: { action: quote, ${statefulTool} }
  bank.pay: { action: pay, ${statefulTool} }
roles: { people: { permissions: { bank: { quote: allow, pay: allow } } } }
agents:
  payer:
    acts_for: [people]
    unattended: { owner: people }
    budget: { tool_calls: 10000, duration: 12h }
    loops: { same_call: 3, same_tool: 15, cycle: 3 }
    rate: 100000/hour
    permissions:
      bank:
        quote: allow
        pay:
          rate: 50000/hour
          max_total: { agent: 1000000 USD/day }
          once_per: { arguments: [account], of: grant }
          after: [bank.quote]
`;
