import type { KindName } from '../../content/kind.ts';
import type { Alternative, Constraint, Flow, Policy, Tool } from '../model.ts';
import { describeGate } from './asked.ts';
import { describeConstraint, reviewText } from './describe.ts';
import type { DestinationCheck, GrantedTool, WayOut } from './ways-out.ts';

/** What a grant and those of the people say of one argument that is a destination. */
export function boundsOf(
  argument: string,
  kind: KindName,
  agents: Alternative,
  ofPeople: readonly Alternative[] | null,
): readonly string[] {
  const bounding = ({ constraints }: Alternative): readonly Constraint[] =>
    constraints.filter((constraint) => bounds(constraint, argument, kind));
  const own = bounding(agents).map(describeConstraint);
  const people = ofPeople ?? [];
  // One alternative that says nothing of it lets everything through.
  const theirs =
    people.length > 0 && people.every((one) => bounding(one).length > 0)
      ? people.flatMap((one) =>
          bounding(one).map((each) => `${describeConstraint(each)} (${one.key})`),
        )
      : [];
  return [...new Set([...own, ...theirs])];
}

/** Whether a constraint leaves only some destinations. `forbidden_domains` and `max_recipients` leave the attacker's. */
function bounds(constraint: Constraint, argument: string, kind: KindName): boolean {
  switch (constraint.type) {
    case 'recipients':
    case 'allowed_domains':
      return kind === 'recipient';
    case 'urls':
      return kind === 'url';
    case 'accounts':
      return kind === 'account';
    case 'novelty':
      return constraint.of === kind;
    case 'where':
      return constraint.argument === argument;
    default:
      return false;
  }
}

export interface Standing {
  readonly text: string;
  /** Whether it stands in the way of every such call. */
  readonly holds: boolean;
}

/** What else stands in a way. */
export function standing(
  { tool, alternative }: GrantedTool,
  as: WayOut['as'],
  policy: Policy,
  destinations: readonly DestinationCheck[],
): readonly Standing[] {
  const { flow, content } = policy;
  const stands: Standing[] = [];
  const outbound = as !== 'memory';
  if (outbound && flow.external === 'deny')
    stands.push({
      text: '`flow.external: deny`: refused after the first of these results',
      holds: true,
    });
  if (outbound && flow.external === 'hold')
    stands.push({
      text: `\`flow.external: hold\`: held after the first of these results`,
      holds: true,
    });
  const linked = textsOf(tool);
  if (outbound && flow.external === 'provenance' && linked.length > 0)
    stands.push({ text: `${linked.join(', ')}: only known links, else held`, holds: false });
  if (as === 'memory')
    stands.push({
      text: 'what is written comes back with the labels of its run, in any run',
      holds: true,
    });
  if (as === 'external' && content.outbound !== null)
    stands.push({
      text: `what leaves is looked at: ${reviewText(content.outbound)}`,
      holds: false,
    });
  const inDestinations = new Set(
    destinations.flatMap(({ argument, kind }) =>
      alternative.constraints.filter((one) => bounds(one, argument, kind)),
    ),
  );
  for (const constraint of alternative.constraints) {
    if (inDestinations.has(constraint) || !speaksOfArguments.has(constraint.type)) continue;
    stands.push({
      text: describeConstraint(constraint),
      holds: settles(constraint, tool, destinations.length > 0),
    });
  }
  const { approval } = alternative;
  const isAsked =
    // What stands there until enough was approved stands there no longer then.
    approval.type === 'by'
      ? approval.if === null && approval.until === null
      : approval.type === 'tier' && tool.tier >= 2;
  if (isAsked || approval.type === 'by')
    stands.push({ text: describeGate(tool, alternative, policy), holds: isAsked });
  if (tool.pin === null)
    stands.push({ text: "it isn't pinned: every call is refused", holds: true });
  return stands;
}

/** Arguments whose links are looked at. */
function textsOf({ args, fixed }: Tool): readonly string[] {
  return [...args.values()]
    .filter(
      ({ name, parts }) =>
        !Object.hasOwn(fixed, name) &&
        parts.some(
          ({ kind }) => (kind.name === 'content' && !kind.linksIgnored) || kind.name === 'title',
        ),
    )
    .map(({ name }) => name);
}

/** Limits of time and number slow an attacker down, and stand in nobody's way. */
const speaksOfArguments: ReadonlySet<Constraint['type']> = new Set([
  'where',
  'when',
  'commands',
  'paths',
  'tables',
]);

/** Whether it leaves an attacker no choice of where the call goes or what it runs. */
function settles(constraint: Constraint, tool: Tool, hasDestinations: boolean): boolean {
  if (constraint.type === 'when' || constraint.type === 'commands') return true;
  if (constraint.type !== 'where' || hasDestinations) return false;
  const { test, argument } = constraint;
  const chosen = test.type === 'terms' && test.terms.some((term) => term.type === 'glob');
  const kinds = tool.args.get(argument)?.parts.map(({ kind }) => kind.name) ?? [];
  // A limit or a flag says nothing of the place.
  return test.type !== 'range' && !chosen && kinds.some((kind) => placing.test(kind));
}

const placing = /^(identifier|reference|folder|path|object[.].*)$/;

/** What the rules that compare with a request add. */
export function withRequest(tool: Tool, as: WayOut['as'], flow: Flow): readonly string[] {
  const adds: string[] = [];
  if (flow.unrequested !== 'allow' && (tool.tier > 0 || tool.persists))
    adds.push(`it is asked for, else ${flow.unrequested === 'deny' ? 'denied' : 'held'}`);
  const acts = [...tool.args.values()].some(({ parts }) =>
    parts.some(({ kind }) => kind.name.startsWith('object.')),
  );
  if (acts && tool.tier > 0) adds.push('it acts on what the request names');
  if (as !== 'memory') adds.push('its text is compared with what was read and not asked for');
  return adds;
}
