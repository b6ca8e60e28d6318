/**
 * What each side's alternatives say of a call, and which of them it is let through on.
 *
 * A call takes the best verdict among the pairs of alternatives. Every side has to agree and none looks at the other's
 * constraints, so the best pair is the best alternative of each side; the rest of a decision never mixes them.
 */
import type { JsonObject } from '../content/value.ts';
import type { Constraint, SourcePosition } from '../policy/model.ts';
import { anybody, approverNamed, asOf } from './asks.ts';
import type { FindingCode } from './codes.ts';
import type { Context } from './context.ts';
import type { Finding, Reservation, Verdict } from './decision.ts';
import { deliveredBefore } from './duplicates.ts';
import { badness, deny, hold, worst } from './findings.ts';
import type { Approver } from './hold.ts';
import { caseNamesOf } from './mentions.ts';
import { type Option, type Side, sidesOf } from './parties.ts';
import { askGate } from './stages/ask-gate.ts';
import type { Answer, Question } from './stages/authorize/check.ts';
import { checkConstraint } from './stages/authorize/constraint.ts';

export interface Judged {
  readonly option: Option;
  readonly verdict: Verdict;
  /** What its constraints say: of the stage authorize, or that one of them couldn't be judged. */
  readonly checks: readonly Finding[];
  /** Of the stages limits and gate. Most calls have none. */
  readonly besides: readonly Finding[];
  /** Both. */
  readonly findings: readonly Finding[];
  readonly draws: readonly Reservation[];
}

export interface JudgedSide {
  readonly side: Side;
  readonly options: readonly Judged[];
  /** Null: no alternative covers the tool. */
  readonly chosen: Judged | null;
}

/** Of the decision at hand. One is enough: decisions are synchronous. */
let judged: { readonly of: Context; readonly sides: readonly JudgedSide[] } | null = null;

/** Made once a decision; several stages read it. */
export function judgedSides(context: Context): readonly JudgedSide[] {
  if (judged?.of === context) return judged.sides;
  const { tool, reading } = context;
  const sides: readonly JudgedSide[] =
    tool === null || reading?.ok !== true
      ? []
      : sidesOf(context, tool).map((side) => {
          const options = side.options.map((option) =>
            judge(side, option, { context, tool, read: reading.read, party: side.party, option }),
          );
          return { side, options, chosen: best(options) };
        });
  judged = { of: context, sides };
  return sides;
}

/** Of the alternatives that were chosen, what this stage found. */
export function chosenFindings(
  sides: readonly JudgedSide[],
  stage: 'limits' | 'gate',
): readonly Finding[] {
  let found: readonly Finding[] = none;
  for (const { chosen } of sides)
    if (chosen !== null && chosen.besides.length > 0)
      found = [...found, ...chosen.besides.filter((finding) => finding.stage === stage)];
  return found;
}

const none: readonly Finding[] = [];

function judge(side: Side, option: Option, question: Question): Judged {
  const { alternative } = option;
  const unbound = caseNamesOf(alternative).filter((name) => !Object.hasOwn(side.party.case, name));
  if (unbound.length > 0) {
    const finding = deny(
      'authorize',
      'authorize.case_unbound',
      { grant: alternative.key, names: unbound },
      alternative.at,
    );
    const checks = [finding];
    return { option, verdict: 'deny', checks, besides: none, findings: checks, draws: [] };
  }
  const checks: Finding[] = [];
  const draws: Reservation[] = [];
  for (const constraint of alternative.constraints) {
    const answer = checkConstraint(constraint, question);
    if (answer === null) continue;
    checks.push(toFinding(constraint, answer, question));
    // Beyond its limit a call goes only where a person has agreed, or the limit is watched: counted, it must not stop there.
    draws.push(...(answer.met ? answer.draws : answer.draws.map(unbounded)));
  }
  const asked = askGate(side, question);
  const repeated = side.of === 'agent' && side.level === 0 ? repeats(question) : none;
  const besides = repeated.length === 0 ? asked : [...asked, ...repeated];
  const findings = besides.length === 0 ? checks : [...checks, ...besides];
  return { option, verdict: worst(findings), checks, besides, findings, draws };
}

function unbounded(draw: Reservation): Reservation {
  return draw.type === 'once' ? draw : { ...draw, max: Number.MAX_SAFE_INTEGER };
}

/** A call passes many, and their record tells them without what they looked at. */
class PassedCheck implements Finding {
  readonly stage = 'authorize';
  readonly code: FindingCode;
  readonly verdict = 'note';
  readonly at: SourcePosition;
  readonly approver = null;
  readonly #grant: string;
  readonly #constraint: string;
  readonly #details: () => JsonObject;

  constructor(grant: string, { name, at }: Constraint, { code, details }: Answer) {
    this.code = code;
    this.at = at;
    this.#grant = grant;
    this.#constraint = name;
    this.#details = details;
  }

  get details(): JsonObject {
    return { grant: this.#grant, constraint: this.#constraint, ...this.#details() };
  }
}

function toFinding(constraint: Constraint, answer: Answer, question: Question): Finding {
  const { code, met, final } = answer;
  const { name, at, otherwise } = constraint;
  const grant = question.option.alternative.key;
  if (met) return new PassedCheck(grant, constraint, answer);
  const details = { grant, constraint: name, ...answer.details() };
  const stage = code === 'engine.fault' ? 'engine' : 'authorize';
  if (otherwise === null || final) return deny(stage, code, details, at);
  const by: Approver = otherwise.type === 'break_glass' ? otherwise : approverNamed(otherwise.role);
  return hold(stage, code, { ...details, otherwise: otherwise.type }, at, {
    ...anybody,
    by: asOf(question, by),
  });
}

/** What was done and answered is seldom meant to be done again: at tiers 2 and 3 a person says so, or the grant. */
function repeats({ context, option, read, tool }: Question): readonly Finding[] {
  if (option.alternative.repeatAllowed || tool.tier < 2) return [];
  const before = deliveredBefore(context.run, read.digest, context.facts.nowMs);
  if (before === null) return [];
  return [hold('limits', 'call.duplicate', { call: before.id }, option.alternative.at, null)];
}

/** The best verdict, then the fewest reasons against, then the order of the policy: always the same one. */
function best(options: readonly Judged[]): Judged | null {
  let chosen: Judged | null = null;
  for (const option of options) {
    if (chosen === null || compare(option, chosen) < 0) chosen = option;
  }
  return chosen;
}

function compare(a: Judged, b: Judged): number {
  return badness(a.verdict) - badness(b.verdict) || reasons(a) - reasons(b);
}

function reasons({ findings }: Judged): number {
  let count = 0;
  for (const { verdict } of findings) if (verdict !== 'note') count += 1;
  return count;
}

/**
 * The alternatives of a side that may show something of the result: as good as the chosen one, and drawing on no counter
 * that this call doesn't draw on, or a rate would bound the call and not what it shows.
 *
 * @param answered - where people agreed to the call: whether they were asked about this reason. They have agreed to nothing
 *   that an alternative shows whose reasons nobody asked them about.
 */
export function survivors(
  { options, chosen }: JudgedSide,
  answered: (finding: Finding) => boolean,
): readonly Option[] {
  if (chosen === null) return [];
  return options
    .filter(
      (option) =>
        option === chosen ||
        (option.verdict === chosen.verdict &&
          option.draws.length === 0 &&
          option.findings.every((finding) => finding.verdict !== 'hold' || answered(finding))),
    )
    .map(({ option }) => option);
}
