import type { Tool } from '../policy/model.ts';
import type { Context } from './context.ts';
import { agentRateKey } from './counters.ts';
import type {
  AlternativePair,
  Decision,
  Finding,
  Obligation,
  Reservation,
  Verdict,
} from './decision.ts';
import { enforcementOf, isAlwaysEnforced } from './enforcement.ts';
import { hold, worst } from './findings.ts';
import { filtersFields, filtersItems } from './outputs/filters.ts';
import { obligationsOfResult } from './outputs/obligations.ts';
import { type JudgedSide, survivors } from './pairing.ts';
import { unrestricted } from './parties.ts';
import { remediesOf } from './refusal.ts';

/**
 * From everything that was found to what happens: the worst of it, unless this is only watched.
 *
 * @param sides what the permissions said; none when the call didn't get so far
 */
export function conclude(
  context: Context,
  found: readonly Finding[],
  sides: readonly JudgedSide[],
): Decision {
  const verdict = worst(found);
  const findings = verdict === 'hold' ? [...found, unanswered()] : found;
  const { policy, run, ancestors, call } = context;
  const agent = policy.agents.get(run.agent);
  const dryRun =
    call.dryRun ||
    [run, ...ancestors].some(
      (holder) => holder.dryRun || policy.agents.get(holder.agent)?.dryRun === true,
    );
  const enforcement = enforcementOf(context, sides);
  const watched = enforcement !== 'strict' && !dryRun && !found.some(isAlwaysEnforced);
  const effect: Verdict = watched ? 'allow' : verdict;
  const goesOn = effect === 'allow' && agent !== undefined && context.tool !== null;
  return {
    verdict,
    effect,
    enforcement,
    dryRun,
    findings,
    obligations: goesOn ? obligationsOf(context, context.tool, sides) : [],
    remedies: remediesOf(findings),
    reservations: goesOn && !dryRun ? reservationsOf(context, sides, enforcement === 'strict') : [],
    asks: [],
    approvedBy: [],
  };
}

/** A hold that nobody can answer yet is a refusal. It stays a hold in the record and in every count. */
function unanswered(): Finding {
  return hold('gate', 'approval.unavailable', {}, null, null);
}

function obligationsOf(
  context: Context,
  tool: Tool,
  sides: readonly JudgedSide[],
): readonly Obligation[] {
  const obligations: Obligation[] = [];
  if (tool.pin?.checkOutput !== null) obligations.push({ type: 'check_output_schema' });
  // Most tools' results aren't filtered at all.
  const filtered = sides.some(({ options }) =>
    options.some(
      ({ option: { alternative } }) =>
        filtersItems(alternative, tool) || filtersFields(alternative),
    ),
  );
  for (const { pairs, case: values } of filtered ? pairsByLevel(context, sides) : []) {
    const alternatives = pairs.flatMap(({ agent, user }) => [agent, user]);
    if (alternatives.some((alternative) => filtersItems(alternative, tool)))
      obligations.push({ type: 'filter_items', pairs, case: values });
    if (alternatives.some((alternative) => filtersFields(alternative)))
      obligations.push({ type: 'filter_fields', pairs, case: values });
  }
  obligations.push(...obligationsOfResult(context.policy, tool));
  return obligations;
}

function pairsByLevel(
  context: Context,
  sides: readonly JudgedSide[],
): { readonly pairs: readonly AlternativePair[]; readonly case: Context['run']['case'] }[] {
  return [context.run, ...context.ancestors].flatMap((holder, level) => {
    const ofLevel = sides.filter(({ side }) => side.level === level);
    const agents = ofLevel.filter(({ side }) => side.of === 'agent').flatMap(survivors);
    const users = ofLevel.filter(({ side }) => side.of === 'user').flatMap(survivors);
    const pairs = agents.flatMap((agent) =>
      users.map((user) => ({ agent: agent.alternative, user: user.alternative })),
    );
    const own = { pairs, case: holder.case };
    const plans = ofLevel.filter(({ side }) => side.of === 'opener');
    return [own, ...plans.map((plan) => ({ pairs: ofPlan(plan), case: holder.case }))];
  });
}

/** A plan filters beside the pairs of a level, not within them: what it lets be seen, they have to let be seen too. */
function ofPlan(plan: JudgedSide): readonly AlternativePair[] {
  return survivors(plan).map(({ alternative }) => ({ agent: alternative, user: unrestricted }));
}

/** What the call draws on shared counters. Where a limit is only watched, it is counted and stops nothing. */
function reservationsOf(
  context: Context,
  sides: readonly JudgedSide[],
  enforced: boolean,
): readonly Reservation[] {
  const { policy, run } = context;
  const drawn: Reservation[] = [];
  const agent = policy.agents.get(run.agent);
  if (agent?.rate != null) {
    const { max, windowMs } = agent.rate;
    drawn.push({
      type: 'window',
      key: agentRateKey(agent),
      amount: 1,
      max,
      windowMs,
      code: 'limits.agent_rate',
    });
  }
  for (const { chosen } of sides) drawn.push(...(chosen?.draws ?? []));
  const byKey = new Map<string, Reservation>();
  for (const reservation of drawn) {
    // A run and one above it may share a grant: one call is one draw.
    const known = byKey.get(reservation.key);
    if (known?.type === 'window' && reservation.type === 'window' && known.max <= reservation.max)
      continue;
    byKey.set(
      reservation.key,
      enforced || reservation.type === 'once'
        ? reservation
        : { ...reservation, max: Number.MAX_SAFE_INTEGER },
    );
  }
  return [...byKey.values()];
}

/** A refusal that needs nothing else to be in order: what is left to say when concluding itself failed. */
export function refuse(findings: readonly Finding[]): Decision {
  return {
    verdict: 'deny',
    effect: 'deny',
    enforcement: 'strict',
    dryRun: false,
    findings,
    obligations: [],
    remedies: remediesOf(findings),
    reservations: [],
    asks: [],
    approvedBy: [],
  };
}
