/** What is asked for when a run is opened, against the policy: everything that doesn't fit is refused with its reason. */
import { parseKind } from '../content/kinds.ts';
import { excessOf } from '../engine/bounds.ts';
import { budgetNames } from '../engine/budget.ts';
import { rolesOf } from '../engine/parties.ts';
import type { CaseValues, RunBudget } from '../engine/run.ts';
import type { Agent, Policy } from '../policy/model.ts';
import { compilePlan } from '../policy/plan.ts';
import { RuntimeError } from './errors.ts';
import type { OpenRun, Usage } from './port.ts';

const requestCharactersMax = 65_536;
const outsideMax = 100;
const nameCharactersMax = 256;
/** So many wrong names are shown; nobody mends more at once. */
const problemsShown = 5;
const problemCharactersMax = 400;

/** @throws {RuntimeError} `run.bad_request`. */
export function checkOpenRun(policy: Policy, request: OpenRun): Agent {
  const agent = policy.agents.get(request.agent);
  if (agent === undefined) throw bad(`the policy knows no agent \`${named(request.agent)}\``);
  checkUser(policy, agent, request.user);
  checkCase(agent, request.case);
  checkOnly(policy, request);
  checkBudget(request.budget);
  if ((request.request?.length ?? 0) > requestCharactersMax)
    throw bad(`the request is longer than ${requestCharactersMax} characters`);
  if (
    request.outside.length > outsideMax ||
    request.outside.some((name) => name.length > nameCharactersMax)
  )
    throw bad(`\`outside\` takes up to ${outsideMax} names of ${nameCharactersMax} characters`);
  return agent;
}

/** Reports only add: a negative one would give budget back, and what is no whole number can't be recorded. */
export function checkUsage(usage: Usage): void {
  for (const name of ['steps', 'tokens', 'costMicroUsd'] as const) {
    if (!isCount(usage[name])) throw bad(`\`${name}\` has to be a whole number, 0 or more`);
  }
  if ((usage.model?.length ?? 0) > nameCharactersMax)
    throw bad(`the model's name is longer than ${nameCharactersMax} characters`);
}

function checkUser(policy: Policy, agent: Agent, user: string | null): void {
  if (user === null) {
    // An agent that acts for nobody works within its own permissions alone.
    if (agent.actsFor.length > 0 && agent.unattendedOwner === null) {
      throw bad(`runs of \`${agent.name}\` need a user`, {
        hint: 'name a `user`, or declare `unattended: { owner: role }` for the agent',
      });
    }
    return;
  }
  if (!policy.users.has(user)) throw bad('the policy knows no such user');
  if (rolesOf(policy, agent, user).length === 0) {
    throw bad(`the user has none of the roles that \`${agent.name}\` acts for`, {
      hint: 'every call of such a run would be refused',
    });
  }
}

function checkCase(agent: Agent, values: CaseValues): void {
  const problems = caseProblems(agent, values);
  if (problems.length > 0)
    throw bad(`the case doesn't fit: ${problems.slice(0, problemsShown).join('; ')}`);
}

/** Every declared name is bound, by a value that its kind can read; nothing else is. */
export function caseProblems(agent: Agent, values: CaseValues): readonly string[] {
  const problems: string[] = [];
  for (const [name, declaration] of agent.caseNames) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) problems.push(`\`${name}\` is not bound`);
    else if (declaration.type === 'one_of') {
      if (typeof value !== 'string' || !declaration.values.includes(value))
        problems.push(`\`${name}\` has to be one of ${declaration.values.join(', ')}`);
    } else if (parseKind(declaration.kind, value).type === 'unparsable')
      problems.push(`\`${name}\` is no ${declaration.kind.name}`);
  }
  for (const name of Object.keys(values))
    if (!agent.caseNames.has(name)) problems.push(`the agent declares no \`${named(name)}\``);
  return problems;
}

/** A misspelt action or constraint would only narrow the run more; but whoever wrote it meant something. */
function checkOnly(policy: Policy, { agent, only }: OpenRun): void {
  if (only === null) return;
  if (only.some((entry) => excessOf(entry) !== null))
    throw bad('an entry of `only` is too large, or no JSON');
  const [problem, ...more] = compilePlan(policy, { run: '', agent }, only).problems;
  if (problem === undefined) return;
  const { entry, message, mend } = problem;
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  throw bad(
    `\`only[${entry}]\`: ${named(message, problemCharactersMax)}${others}`,
    mend === null ? {} : { hint: named(mend, problemCharactersMax) },
  );
}

function checkBudget(budget: RunBudget): void {
  for (const name of budgetNames) {
    const max = budget[name];
    if (max !== undefined && !isCount(max))
      throw bad(`the budget's \`${name}\` has to be a whole number, 0 or more`);
  }
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** What a stranger wrote, cut to what a message can bear. */
function named(text: string, charactersMax = 64): string {
  return text.slice(0, charactersMax).toWellFormed();
}

function bad(message: string, options: { hint?: string } = {}): RuntimeError {
  return new RuntimeError('run.bad_request', message, options);
}
