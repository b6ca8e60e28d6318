import type { KindName } from '../../content/kind.ts';
import { detectedClasses } from '../detected-classes.ts';
import type { Agent, Alternative, Policy, SourcePosition, Tool } from '../model.ts';
import { tierName } from '../shape/tool.ts';
import { audienceText } from './describe.ts';
import { type DestinationSources, destinationSources } from './destination-sources.ts';
import { boundsOf, standing, withRequest } from './standing.ts';
import { costWithNeither } from './with-neither.ts';

/** From what others write to the outside: every way that one agent's grants open, and what stands in it. */
export interface FlowCheck {
  readonly untrusted: readonly UntrustedSource[];
  /** Classes of what it may read, whoever wrote it, and the tools that return them. */
  readonly classes: readonly ClassSource[];
  /** Of each kind of destination that a way has; empty where `flow.external` doesn't ask. */
  readonly destinations: readonly DestinationSources[];
  readonly ways: readonly WayOut[];
  /** What the rules cost a run that has neither a trusted request nor a case. Empty: there is no such run, or no cost. */
  readonly withNeither: readonly string[];
}

/** A granted tool that returns what others write. */
export interface UntrustedSource {
  readonly tool: string;
  readonly classes: readonly string[];
  /** It returns what runs wrote, with the labels that they had. */
  readonly memory: boolean;
}

export interface ClassSource {
  readonly class: string;
  readonly tools: readonly string[];
  /** Detectors look for it in every result, and find some. */
  readonly detected: boolean;
}

export interface WayOut {
  readonly tool: string;
  readonly action: string;
  readonly tier: string;
  readonly as: 'external' | 'persists' | 'memory';
  readonly grant: string;
  readonly at: SourcePosition;
  readonly destinations: readonly DestinationCheck[];
  readonly classes: readonly ClassCheck[];
  /** What else stands in the way of any of it. */
  readonly stands: readonly string[];
  /** What only a run with a trusted request has. */
  readonly withRequest: readonly string[];
  /** Untrusted tools of which nothing stands in the way in a run without a trusted request. */
  readonly openTo: readonly string[];
}

export interface DestinationCheck {
  readonly argument: string;
  readonly kind: KindName;
  /** What the grant says of it. */
  readonly bounds: readonly string[];
  /** After untrusted data only a known one is let through. */
  readonly known: boolean;
}

export interface ClassCheck {
  readonly class: string;
  /** Null: `flow.classes` says nothing of it. */
  readonly mayReach: readonly string[] | null;
}

/** A tool by one of the grants that open it to the agent. */
export interface GrantedTool {
  readonly tool: Tool;
  readonly action: string;
  readonly alternative: Alternative;
  /** Alternatives of the roles that the agent acts for; null: it acts for nobody. */
  readonly ofPeople: readonly Alternative[] | null;
}

const destinationKinds: readonly KindName[] = ['recipient', 'url', 'account'];

export function checkFlow(
  agent: Agent,
  granted: readonly GrantedTool[],
  policy: Policy,
): FlowCheck {
  const tools = [...new Map(granted.map(({ tool }) => [tool.name, tool])).values()];
  const untrusted = tools.flatMap(untrustedSource);
  const classes = classSources(tools, policy);
  const around: Around = { agent, tools, untrusted, classes, policy };
  const ways =
    untrusted.length === 0 && classes.length === 0
      ? []
      : granted.flatMap((one) => {
          const as = leadsOut(one.tool);
          return as === null ? [] : [wayOut(one, as, around)];
        });
  const withNeither = untrusted.length === 0 ? [] : costWithNeither(agent, ways, policy.flow);
  const kinds = new Set(
    ways.flatMap(({ destinations }) =>
      destinations.flatMap(({ kind, known }) => (known ? kind : [])),
    ),
  );
  return {
    untrusted,
    classes,
    destinations: destinationKinds.flatMap((kind) =>
      kinds.has(kind) ? destinationSources(kind, agent, tools, policy.flow) : [],
    ),
    ways,
    withNeither,
  };
}

function classSources(tools: readonly Tool[], { flow }: Policy): readonly ClassSource[] {
  // What detectors find is looked for in every result, where the policy bounds it.
  const detected =
    tools.length === 0 ? [] : detectedClasses.filter((name) => flow.classes.has(name));
  const names = new Set([...tools.flatMap(({ returns }) => returns.classes), ...detected]);
  return [...names].map((name) => ({
    class: name,
    tools: tools.filter(({ returns }) => returns.classes.includes(name)).map((tool) => tool.name),
    detected: detected.includes(name),
  }));
}

function untrustedSource({ name, returns, memory }: Tool): readonly UntrustedSource[] {
  return returns.trust === 'untrusted' || memory
    ? [{ tool: name, classes: returns.classes, memory }]
    : [];
}

function leadsOut(tool: Tool): WayOut['as'] | null {
  if (tool.reach === 'external') return 'external';
  if (tool.persists) return 'persists';
  return tool.tier > 0 && tool.memory ? 'memory' : null;
}

interface Around {
  readonly agent: Agent;
  readonly tools: readonly Tool[];
  readonly untrusted: readonly UntrustedSource[];
  readonly classes: readonly ClassSource[];
  readonly policy: Policy;
}

function wayOut(granted: GrantedTool, as: WayOut['as'], around: Around): WayOut {
  const { tool, action, alternative } = granted;
  const { flow } = around.policy;
  const destinations = destinationsOf(granted, as, around);
  const classes = as === 'memory' ? [] : classesFor(around, tool);
  const stands = standing(granted, as, around.policy, destinations);
  const bounded =
    stands.some(({ holds }) => holds) ||
    (destinations.length > 0 &&
      destinations.every(({ bounds, known }) => bounds.length > 0 || known));
  const openTo = around.untrusted.filter(
    (source) =>
      !bounded && !source.classes.some((name) => as !== 'memory' && flow.classes.has(name)),
  );
  return {
    tool: tool.name,
    action,
    tier: tierName(tool.tier),
    as,
    grant: alternative.key,
    at: alternative.at,
    destinations,
    classes,
    stands: stands.map(({ text }) => text),
    withRequest: withRequest(tool, as, flow),
    openTo: openTo.map((source) => source.tool),
  };
}

/** Each argument that says where the call goes. */
function destinationsOf(
  { tool, alternative, ofPeople }: GrantedTool,
  as: WayOut['as'],
  around: Around,
): readonly DestinationCheck[] {
  const checks: DestinationCheck[] = [];
  for (const argument of tool.args.values()) {
    if (Object.hasOwn(tool.fixed, argument.name)) continue;
    for (const kind of new Set(argument.parts.map((part) => part.kind.name))) {
      if (!destinationKinds.includes(kind)) continue;
      checks.push({
        argument: argument.name,
        kind,
        bounds: boundsOf(argument.name, kind, alternative, ofPeople),
        known: as !== 'memory' && around.policy.flow.external === 'provenance',
      });
    }
  }
  return checks;
}

/** Where each class that the agent may read may go by this tool. */
function classesFor({ agent, classes, policy }: Around, tool: Tool): readonly ClassCheck[] {
  return classes.map(({ class: name }) => ({
    class: name,
    mayReach:
      policy.flow.classes.get(name)?.flatMap((term) => {
        // Another upstream's calls are no destination of this one.
        if (term.type === 'upstream' && term.name !== tool.upstream) return [];
        const lacks = term.type === 'case' && !agent.caseNames.has(term.name);
        return [`${audienceText(term)}${lacks ? ' (which it has not)' : ''}`];
      }) ?? null,
  }));
}
