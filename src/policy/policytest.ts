import { parseKind } from '../content/kinds.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Agent, Policy, SourcePosition } from './model.ts';
import { didYouMean } from './nearest.ts';
import { compilePlan } from './plan.ts';
import { readPolicyTests } from './policytest-format.ts';
import { type PolicyTestResult, TestRun } from './policytest-run.ts';
import type { Given, TestCall } from './policytest-table.ts';
import { Report } from './report.ts';

export type PolicyTestResults =
  | { readonly errors: readonly Diagnostic[] }
  | { readonly tests: readonly PolicyTestResult[] };

/** Pure. What is wrong with the table, or how each of its tests went. */
export function runPolicyTests(policy: Policy, file: string, source: string): PolicyTestResults {
  const read = readPolicyTests(file, source);
  if ('errors' in read) return read;
  const report = new Report();
  report.addSource(file, source);
  for (const test of read.table.tests) {
    checkGiven(test.given, policy, test.at, report);
    for (const step of test.steps) {
      if (step.type === 'open') checkGiven(step.given, policy, step.at, report);
      if (step.type === 'call') checkAsked(step.call, policy, report);
    }
  }
  if (report.hasErrors) return { errors: report.errors() };
  return { tests: read.table.tests.map((test) => new TestRun(policy, test).result()) };
}

/** A run that nobody could open shows nothing. */
function checkGiven(given: Given, policy: Policy, at: SourcePosition, report: Report): void {
  const agent = policy.agents.get(given.agent.value);
  if (agent === undefined) {
    report.error(
      'policy.unknown',
      given.agent.at,
      `the policy knows no agent \`${given.agent.value}\``,
      {
        mend: didYouMean(given.agent.value, policy.agents.keys()),
      },
    );
    return;
  }
  if (given.user !== null && !policy.users.has(given.user.value)) {
    report.error(
      'policy.unknown',
      given.user.at,
      `the policy knows no user \`${given.user.value}\``,
      {
        mend: didYouMean(given.user.value, policy.users.keys()),
      },
    );
  }
  for (const problem of caseProblems(agent, given.case)) {
    report.error('policy.value', at, `the case doesn't fit the agent: ${problem}`);
  }
  const plan = compilePlan(policy, { run: '', agent: agent.name }, given.only ?? []);
  for (const { entry, message, mend } of plan.problems) {
    report.error('policy.value', at, `\`only[${entry}]\`: ${message}`, { mend });
  }
}

/** Somebody whom nobody knows can't be asked, and doesn't answer. */
function checkAsked({ expect, approvedBy }: TestCall, policy: Policy, report: Report): void {
  const roles = new Set([
    ...policy.roles.keys(),
    ...[...policy.users.values()].flatMap((user) => [...user.roles]),
  ]);
  for (const { value, at } of expect.asks ?? []) {
    const role = value.replace(/^break_glass: /, '');
    if (value === 'user' || roles.has(role)) continue;
    report.error('policy.unknown', at, `the policy knows no role \`${role}\``, {
      mend: didYouMean(role, [...roles, 'user']),
    });
  }
  for (const { value, at } of approvedBy) {
    if (!policy.users.has(value))
      report.error('policy.unknown', at, `the policy knows no user \`${value}\``, {
        mend: didYouMean(value, policy.users.keys()),
      });
    else if (expect.verdict !== 'hold')
      report.error('policy.conflict', at, 'only a call that waits is approved', {
        mend: 'write `expect: { hold: … }`, or remove `approved_by`',
      });
  }
}

function caseProblems(agent: Agent, bound: Given['case']): readonly string[] {
  if (bound === null) return [];
  const problems: string[] = [];
  for (const [name, declared] of agent.caseNames) {
    const value = Object.hasOwn(bound, name) ? bound[name] : undefined;
    if (value === undefined) problems.push(`\`${name}\` is not bound`);
    else if (declared.type === 'one_of') {
      if (!declared.values.some((one) => one === value))
        problems.push(`\`${name}\` is one of ${declared.values.join(', ')}`);
    } else if (parseKind(declared.kind, value).type === 'unparsable') {
      problems.push(`\`${name}\` is no ${declared.kind.name}`);
    }
  }
  for (const name of Object.keys(bound)) {
    if (!agent.caseNames.has(name)) problems.push(`it declares no \`${name}\``);
  }
  return problems;
}
