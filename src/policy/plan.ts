/**
 * A run's `only`: what its opener narrows it to, in the grammar of a grant. It is written from the trusted request, before
 * anything is read, and compiled against the policy of the moment: at open, where a bad entry is refused, and again
 * after a reload, where an entry that doesn't fit any more permits nothing.
 */
import type { JsonValue } from '../content/value.ts';
import type { Compilation } from './compile/context.ts';
import { compileAlternative } from './compile/permissions.ts';
import { emptyLock } from './lock.ts';
import type { Alternative, PlanEntry, Policy, SourcePosition } from './model.ts';
import { didYouMean } from './nearest.ts';
import { Report } from './report.ts';
import { planEntry } from './shape/plan.ts';
import { nodeOf } from './source/json-node.ts';

export interface Plan {
  /** `runs.run_x`: the counters of a plan are its run's own. */
  readonly key: string;
  /** By `upstream.action`: any one is enough. */
  readonly alternatives: ReadonlyMap<string, readonly Alternative[]>;
  readonly problems: readonly PlanProblem[];
}

export interface PlanProblem {
  /** From 0. */
  readonly entry: number;
  readonly message: string;
  readonly mend: string | null;
}

interface Holder {
  readonly run: string;
  readonly agent: string;
}

const plans = new WeakMap<readonly PlanEntry[], { readonly policy: Policy; readonly plan: Plan }>();

/** A run keeps its `only` as one list: compiled once for each policy. */
export function planOf(policy: Policy, holder: Holder, only: readonly PlanEntry[]): Plan {
  const known = plans.get(only);
  if (known?.policy === policy && known.plan.key === keyOf(holder)) return known.plan;
  const plan = compilePlan(policy, holder, only);
  plans.set(only, { policy, plan });
  return plan;
}

export function compilePlan(policy: Policy, holder: Holder, only: readonly PlanEntry[]): Plan {
  const alternatives = new Map<string, Alternative[]>();
  const problems: PlanProblem[] = [];
  const from = compilationOf(policy);
  for (const [index, entry] of only.entries()) {
    const report = new Report();
    // Where a decision says that it was made: in `only`, at the entry counted from 1.
    const at: SourcePosition = { file: 'only', line: index + 1, column: 1 };
    const key = `${keyOf(holder)}.only[${index}]`;
    const compiled =
      typeof entry === 'string'
        ? compileWhole(entry, key, at, { ...from, report }, policy)
        : compileEntry(entry, key, at, holder.agent, { ...from, report }, policy);
    const [error] = report.errors();
    if (error !== undefined || compiled === null) {
      problems.push({
        entry: index,
        message: error?.message ?? 'it covers no tool',
        mend: error?.mend ?? null,
      });
      continue;
    }
    const list = alternatives.get(compiled.action);
    if (list === undefined) alternatives.set(compiled.action, [compiled.alternative]);
    else list.push(compiled.alternative);
  }
  return { key: keyOf(holder), alternatives, problems };
}

function keyOf({ run }: Holder): string {
  return `runs.${run}`;
}

interface Compiled {
  readonly action: string;
  readonly alternative: Alternative;
}

function compileWhole(
  action: string,
  key: string,
  at: SourcePosition,
  { actions, report }: Compilation,
  policy: Policy,
): Compiled | null {
  if (!actions.has(action)) {
    const tool = policy.tools.get(action);
    reportUnknown(
      action,
      at,
      tool === undefined
        ? nearestAction(action, actions)
        : `\`${action}\` is a tool; its action is \`${tool.upstream}.${tool.action}\``,
      report,
    );
    return null;
  }
  return {
    action,
    alternative: {
      key,
      at,
      tools: null,
      constraints: [],
      approval: { type: 'never' },
      // What may be repeated, and how strictly anything is taken, is the policy's to say.
      repeatAllowed: true,
      enforcement: null,
    },
  };
}

function compileEntry(
  entry: JsonValue,
  key: string,
  at: SourcePosition,
  agent: string,
  compilation: Compilation,
  policy: Policy,
): Compiled | null {
  const { report } = compilation;
  const syntax = planEntry.read(nodeOf(entry, at), report);
  if (syntax === undefined || report.hasErrors) return null;
  const action = syntax.action.value;
  const tools = compilation.actions.get(action);
  const [upstream = '', name = ''] = action.split(/\.(.*)/s);
  if (tools === undefined) {
    const tool = policy.tools.get(action);
    reportUnknown(
      action,
      at,
      tool === undefined
        ? nearestAction(action, compilation.actions)
        : `\`${action}\` is a tool: write \`action: ${tool.upstream}.${tool.action}\` and \`tools: [${tool.operation}]\``,
      report,
    );
    return null;
  }
  const alternative = compileAlternative(
    { ...syntax, at, approval: undefined, repeat: undefined, enforcement: undefined },
    key,
    { upstream, action: name, tools },
    {
      key,
      caseNames: {
        declared: policy.agents.get(agent)?.caseNames ?? new Map(),
        where: `the \`case\` of \`${agent}\``,
      },
      decidesAutonomy: false,
      worksFor: { unattended: false, people: null },
    },
    compilation,
  );
  return alternative === null
    ? null
    : { action, alternative: { ...alternative, approval: { type: 'never' }, repeatAllowed: true } };
}

function reportUnknown(action: string, at: SourcePosition, mend: string, report: Report): void {
  report.error('policy.unknown', at, `\`${action.slice(0, 64)}\` is no known action`, { mend });
}

function nearestAction(action: string, actions: Compilation['actions']): string {
  return (
    didYouMean(action, actions.keys()) ??
    'an entry is `upstream.action`, of an action that the policy gives some tool'
  );
}

const compilations = new WeakMap<Policy, Omit<Compilation, 'report'>>();

/** What a grant is compiled against, of a policy that has loaded. */
function compilationOf(policy: Policy): Omit<Compilation, 'report'> {
  const known = compilations.get(policy);
  if (known !== undefined) return known;
  const { currency, timezone, windows, upstreams, tools, roles, users, approvals } = policy;
  const made: Omit<Compilation, 'report'> = {
    lock: emptyLock,
    currency,
    timezone,
    windows,
    upstreams,
    upstreamNames: new Set(upstreams.keys()),
    tools,
    toolNames: new Set(tools.keys()),
    actions: Map.groupBy(tools.values(), (tool) => `${tool.upstream}.${tool.action}`),
    brokenUpstreams: new Set(),
    declaredRoles: new Set(roles.keys()),
    roleNames: new Set([
      ...roles.keys(),
      ...[...users.values()].flatMap((user) => [...user.roles]),
    ]),
    // Whether anybody is there to answer was said when the policy was loaded.
    approvers: {
      default: approvals.default,
      people: new Map(),
      rolesOf: new Map(),
      selfApproval: true,
    },
  };
  compilations.set(policy, made);
  return made;
}
