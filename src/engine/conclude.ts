import type { JsonObject } from '../content/value.ts';
import type { Tool } from '../policy/model.ts';
import { type Consent, consentTo, isFlooding } from './consent.ts';
import { type Context, holdersOf } from './context.ts';
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
import { deny, hold, note, worst } from './findings.ts';
import { filtersFields, filtersItems } from './outputs/filters.ts';
import { obligationsOfResult } from './outputs/obligations.ts';
import { type JudgedSide, survivors } from './pairing.ts';
import { type Option, unrestricted } from './parties.ts';
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
  const { policy, run, call } = context;
  const agent = policy.agents.get(run.agent);
  const dryRun =
    call.dryRun ||
    holdersOf(context).some(
      (holder) => holder.dryRun || policy.agents.get(holder.agent)?.dryRun === true,
    );
  const enforcement = enforcementOf(context, sides);
  const watched = enforcement !== 'strict' && !dryRun && !found.some(isAlwaysEnforced);
  const held = worst(found) === 'hold' ? holdOf(context, found, { watched, dryRun }) : none;
  const findings = held.remark === null ? found : [...found, held.remark];
  const verdict = worst(findings);
  const approved = held.consent?.given === true && !watched && !dryRun;
  const effect: Verdict = watched || approved ? 'allow' : verdict;
  const goesOn = effect === 'allow' && agent !== undefined && context.tool !== null;
  const answered = approved ? held.consent.isAnswered : always;
  return {
    verdict,
    effect,
    enforcement,
    dryRun,
    findings,
    obligations: goesOn ? obligationsOf(context, context.tool, sides, answered) : [],
    remedies: verdict === 'allow' ? [] : remediesOf(findings),
    reservations: goesOn && !dryRun ? reservationsOf(context, sides, enforcement === 'strict') : [],
    asks: effect === 'hold' && held.asked ? held.consent.asks : [],
    approvedBy: approved ? held.consent.by : [],
  };
}

interface Hold {
  readonly consent: Consent;
  /** Whether its people are asked now. */
  readonly asked: boolean;
  /** What else there is to say of it; null: nothing. */
  readonly remark: Finding | null;
}

const none = { consent: null, asked: false, remark: null } as const;

/** From the reasons to wait to whether anybody is asked. In a dry run nothing would come of an answer. */
function holdOf(
  context: Context,
  found: readonly Finding[],
  { watched, dryRun }: { readonly watched: boolean; readonly dryRun: boolean },
): Hold {
  const consent = consentTo(context, found);
  if (consent.unanswerable || dryRun)
    return { consent, asked: false, remark: unavailable(dryRun ? 'dry_run' : 'nobody') };
  if (watched) return { consent, asked: false, remark: null };
  if (consent.given) {
    const { by, remembered } = consent;
    return {
      consent,
      asked: false,
      remark: note('gate', 'approval.given', { by, remembered }, null),
    };
  }
  return isFlooding(context, context.call.id)
    ? { consent, asked: false, remark: deny('gate', 'approvals.flood', openHolds(context)) }
    : { consent, asked: true, remark: null };
}

/** A hold that nobody can answer is a refusal. It stays a hold in the record and in every count. */
function unavailable(why: 'nobody' | 'dry_run'): Finding {
  return hold('gate', 'approval.unavailable', { why }, null, null);
}

function openHolds({ policy, run }: Context): JsonObject {
  const open = run.held.filter(({ state }) => state === 'waiting').length;
  return { open, max: policy.approvals.open };
}

function always(): boolean {
  return true;
}

function obligationsOf(
  context: Context,
  tool: Tool,
  sides: readonly JudgedSide[],
  answered: (finding: Finding) => boolean,
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
  for (const { pairs, case: values } of filtered ? pairsByLevel(context, sides, answered) : []) {
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
  answered: (finding: Finding) => boolean,
): { readonly pairs: readonly AlternativePair[]; readonly case: Context['run']['case'] }[] {
  const shown = (side: JudgedSide): readonly Option[] => survivors(side, answered);
  return [context.run, ...context.ancestors].flatMap((holder, level) => {
    const ofLevel = sides.filter(({ side }) => side.level === level);
    const agents = ofLevel.filter(({ side }) => side.of === 'agent').flatMap(shown);
    const users = ofLevel.filter(({ side }) => side.of === 'user').flatMap(shown);
    const pairs = agents.flatMap((agent) =>
      users.map((user) => ({ agent: agent.alternative, user: user.alternative })),
    );
    const own = { pairs, case: holder.case };
    const plans = ofLevel.filter(({ side }) => side.of === 'opener');
    return [own, ...plans.map((plan) => ({ pairs: ofPlan(shown(plan)), case: holder.case }))];
  });
}

/** A plan filters beside the pairs of a level, not within them: what it lets be seen, they have to let be seen too. */
function ofPlan(plan: readonly Option[]): readonly AlternativePair[] {
  return plan.map(({ alternative }) => ({ agent: alternative, user: unrestricted }));
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
  if (drawn.length === 0) return drawn;
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
