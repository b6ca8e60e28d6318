/** Every check of a call, those that passed and those of alternatives that were not taken, and every limit in force. */
import type { JsonObject, JsonValue } from '../content/value.ts';
import type { Agent, SourcePosition } from '../policy/model.ts';
import { budgetNames, limitIn, spentBudget } from './budget.ts';
import { codes, type FindingCode } from './codes.ts';
import type { Context } from './context.ts';
import { decide } from './decide.ts';
import type { Decision, Finding, Remedy, Verdict } from './decision.ts';
import { isRemark } from './findings.ts';
import type { Approver } from './hold.ts';
import { limits } from './limits.ts';
import { barOf } from './may-answer.ts';
import { judgedSides } from './pairing.ts';
import { actionOf, type Side } from './parties.ts';

export interface Explanation {
  readonly verdict: Verdict;
  readonly effect: Verdict;
  readonly enforcement: Decision['enforcement'];
  readonly dryRun: boolean;
  readonly tool: string;
  /** Null: the policy knows no such tool. */
  readonly facts: { readonly action: string; readonly tier: number; readonly reach: string } | null;
  /** Stages that don't depend on an alternative. */
  readonly checks: readonly Check[];
  readonly sides: readonly ExplainedSide[];
  /** Tools by which Sallyport would itself look at what the call names, where a rule asks for it: explaining performs nothing. */
  readonly notLookedUp: readonly string[];
  /** Keys of the policy under which a gateway asks somebody else, whose word only tightens: explaining asks nobody. */
  readonly notAsked: readonly string[];
  readonly obligations: readonly string[];
  readonly remedies: readonly Remedy[];
  /** Who would be asked; empty unless it waits for somebody. */
  readonly asks: readonly ExplainedAsk[];
  readonly limits: readonly ExplainedLimit[];
}

export interface Check {
  readonly stage: string;
  readonly code: FindingCode;
  /** `note`: a risk that somebody is told of, and that stops nothing by itself. */
  readonly outcome: 'pass' | 'note' | 'hold' | 'deny';
  readonly meaning: string;
  readonly details: JsonObject;
  /** `file:line:column`. */
  readonly at: string | null;
}

export interface ExplainedSide {
  /** `agent helper`, `user ann`, `nobody`, with the level where it is a run above. */
  readonly who: string;
  readonly alternatives: readonly {
    readonly grant: string;
    readonly at: string | null;
    readonly chosen: boolean;
    readonly verdict: Verdict;
    readonly checks: readonly Check[];
  }[];
}

export interface ExplainedAsk {
  readonly code: string;
  readonly by: Approver;
  /** Whoever may answer it in this run. */
  readonly people: readonly string[];
  readonly quorum: number;
  readonly freshMs: number | null;
}

export interface ExplainedLimit {
  readonly name: string;
  readonly value: number;
  readonly used: number | null;
}

export function explain(context: Context, decision: Decision = decide(context)): Explanation {
  const { tool, policy, run } = context;
  const agent = policy.agents.get(run.agent);
  const sides = decision.findings.some(({ code }) => code === 'engine.fault')
    ? []
    : judgedSides(context);
  const ofSides = new Set(sides.flatMap(({ chosen }) => chosen?.findings ?? []));
  return {
    verdict: decision.verdict,
    effect: decision.effect,
    enforcement: decision.enforcement,
    dryRun: decision.dryRun,
    tool: context.call.tool,
    facts: tool === null ? null : { action: actionOf(tool), tier: tool.tier, reach: tool.reach },
    checks: decision.findings.filter((finding) => !ofSides.has(finding)).map(toCheck),
    sides: sides.map(({ side, options, chosen }) => ({
      who: `${whoIs(side.of, side.party.agent.name, side.party.user)}${side.level === 0 ? '' : ` (${side.level} above)`}`,
      alternatives: options.map((option) => ({
        grant: option.option.alternative.key,
        at: place(option.option.alternative.at),
        chosen: option === chosen,
        verdict: option.verdict,
        checks: option.findings.map(toCheck),
      })),
    })),
    notLookedUp: decision.findings.some(({ code }) => code === 'authorize.unresolved')
      ? [...new Set([...(tool?.resolve.values() ?? [])].map((resolve) => resolve.tool))]
      : [],
    notAsked: context.policy.content.detector === null ? [] : ['content.detector'],
    obligations: decision.obligations.map((obligation) => obligation.type),
    remedies: decision.remedies,
    asks: decision.asks.map(({ code, by, quorum, freshMs }) => ({
      code,
      by,
      people: whoMayAnswer(context, by),
      quorum,
      freshMs,
    })),
    limits: agent === undefined ? [] : limitsInForce(context, agent),
  };
}

function whoMayAnswer({ policy, run, ancestors }: Context, by: Approver): readonly string[] {
  const requesters = new Set([run, ...ancestors].flatMap(({ user }) => user ?? []));
  const { user } = run;
  return [...policy.users.keys()].filter(
    (person) => barOf(person, by, { user, requesters }, policy) === null,
  );
}

function whoIs(of: Side['of'], agent: string, user: string | null): string {
  if (of === 'opener') return "the opener's plan";
  return of === 'agent' ? `agent ${agent}` : user === null ? 'nobody' : `user ${user}`;
}

function toCheck(finding: Finding): Check {
  const { stage, code, verdict, details, at } = finding;
  const outcome = verdict === 'note' && !isRemark(finding) ? 'pass' : verdict;
  return { stage, code, outcome, meaning: codes[code].operator, details, at: place(at) };
}

function place(at: SourcePosition | null): string | null {
  return at === null || at.file === '' ? null : `${at.file}:${at.line}:${at.column}`;
}

function limitsInForce({ policy, run, facts }: Context, agent: Agent): readonly ExplainedLimit[] {
  const spent = spentBudget(agent, run, facts.nowMs);
  const inForce: ExplainedLimit[] = [];
  for (const name of budgetNames) {
    const limit = limitIn(agent, run, name);
    if (limit !== null)
      inForce.push({ name: `budget.${name}`, value: limit.max, used: spent[name] });
  }
  const { injection, results, outbound, detector } = policy.content;
  const plain: Readonly<Record<string, number>> = {
    'loops.sameCall': agent.loops.sameCall,
    'loops.sameTool': agent.loops.sameTool,
    'loops.cycle': agent.loops.cycle,
    'breaker.failures': policy.breaker.failures,
    'breaker.resetMs': policy.breaker.resetMs,
    'results.maxBytes': results.maxBytes,
    'injection.at': injection.at,
    ...(outbound === null ? {} : { 'outbound.at': outbound.at }),
    ...(detector === null ? {} : { 'detector.timeoutMs': detector.timeoutMs }),
    ...limits,
  };
  for (const [name, value] of Object.entries(plain)) inForce.push({ name, value, used: null });
  return inForce;
}

const marks = { pass: '+', note: '!', hold: '?', deny: '-' } as const;

/** For a terminal: the verdict first, then each check on a line of its own. */
export function explanationText(explanation: Explanation): string {
  const { verdict, effect, enforcement, dryRun, tool, facts } = explanation;
  const what =
    facts === null ? tool : `${tool} (${facts.action}, tier ${facts.tier}, ${facts.reach})`;
  const mode = `${enforcement}${dryRun ? ', dry run' : ''}`;
  const lines = [
    `${verdict}${effect === verdict ? '' : `, but the effect is ${effect}`}: ${what} [${mode}]`,
  ];
  for (const check of explanation.checks) lines.push(...checkLines(check, '  '));
  for (const { who, alternatives } of explanation.sides) {
    lines.push(`  ${who}${alternatives.length === 0 ? ': no grant covers this tool' : ''}`);
    for (const alternative of alternatives) {
      lines.push(
        `    ${alternative.chosen ? '*' : ' '} ${alternative.grant}: ${alternative.verdict}${where(alternative.at)}`,
      );
      for (const check of alternative.checks) lines.push(...checkLines(check, '        '));
    }
  }
  if (explanation.notLookedUp.length > 0)
    lines.push(
      `  in a run, ${explanation.notLookedUp.join(', ')} is asked first, and what it finds decides: a policy test says it (\`finds\`)`,
    );
  if (explanation.notAsked.length > 0)
    lines.push(
      `  ${explanation.notAsked.join(', ')} isn't asked here: a gateway asks it, and may then hold or refuse`,
    );
  if (explanation.obligations.length > 0)
    lines.push(`  then: ${explanation.obligations.join(', ')}`);
  for (const remedy of explanation.remedies) lines.push(`  ${remedy.code}: ${remedy.text}`);
  lines.push(...explanation.asks.map(askLine));
  lines.push('  limits in force:');
  for (const { name, value, used } of explanation.limits)
    lines.push(`    ${name} = ${value}${used === null ? '' : ` (used ${used})`}`);
  return lines.join('\n');
}

function askLine({ code, by, people, quorum, freshMs }: ExplainedAsk): string {
  const who = by.type === 'role' ? by.role : "the run's own person";
  const parts = [
    people.length === 0 ? `${who}, and nobody may answer` : `${who} (${people.join(', ')})`,
    quorum === 1 ? '' : `${quorum} of them`,
    people.length > 0 && people.length < quorum ? 'which are too few' : '',
    freshMs === null ? '' : `signed in within ${freshMs / 1_000} s`,
    by.type === 'break_glass' ? `who says why, and ${by.role} is told` : '',
  ];
  return `  asks ${parts.filter((part) => part !== '').join(', ')}: ${code}`;
}

function checkLines({ code, outcome, meaning, details, at }: Check, indent: string): string[] {
  const line = `${indent}${marks[outcome]} ${code}${where(at)}${values(details)}`;
  return outcome === 'pass' ? [line] : [line, `${indent}  ${meaning}`];
}

function where(at: string | null): string {
  return at === null ? '' : `  ${at}`;
}

function values(details: JsonObject): string {
  const shown = Object.entries(details).filter(
    ([name]) => name !== 'grant' && name !== 'constraint',
  );
  return shown.length === 0
    ? ''
    : `  ${shown.map(([name, value]) => `${name}: ${plain(value)}`).join(', ')}`;
}

function plain(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
