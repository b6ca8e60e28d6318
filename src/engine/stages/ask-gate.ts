import type { JsonObject } from '../../content/value.ts';
import type { Approval } from '../../policy/model.ts';
import { anybody, approverNamed, asOf } from '../asks.ts';
import { autonomyOf, earnedIn } from '../autonomy.ts';
import { bindingsOf } from '../bindings.ts';
import type { Asked, Finding } from '../decision.ts';
import { hold, note } from '../findings.ts';
import type { Side } from '../parties.ts';
import type { Question } from './authorize/check.ts';

/**
 * Whether somebody has to agree. The agent's grant decides how far the agent goes alone; a user's grant may add an
 * approval, and its silence adds none.
 */
export function askGate(side: Side, question: Question): readonly Finding[] {
  const { alternative } = question.option;
  const { approval } = alternative;
  const { tier } = question.tool;
  switch (approval.type) {
    case 'never':
      return [];
    case 'tier':
      // At tier 3 too: that the agent's grant names the action is what enables it at all.
      return side.of === 'agent' && tier >= 2
        ? [hold('gate', 'gate.tier', { tier, grant: alternative.key }, alternative.at, null)]
        : [];
    case 'by':
      return askPeople(approval, question);
  }
}

function askPeople(approval: ByPeople, question: Question): readonly Finding[] {
  const { context, tool, option, party } = question;
  const { alternative } = option;
  const details: JsonObject = {
    tier: tool.tier,
    grant: alternative.key,
    quorum: approval.quorum,
    ...(approval.if === null ? {} : { if: approval.if.source }),
  };
  const at = approval.if?.at ?? alternative.at;
  const autonomy = autonomyOf(context.policy, tool, option, party);
  const asked: Asked = {
    ...anybody,
    by: approval.role === null ? 'default' : asOf(question, approverNamed(approval.role)),
    quorum: approval.quorum,
    freshMs: approval.freshMs,
    autonomy,
  };
  const result = approval.if?.evaluate(bindingsOf(question)) ?? always;
  // An `if` that fails asks: a person can look at what an expression couldn't, whatever they agreed to before.
  if (!result.ok)
    return [hold('gate', 'gate.approval', { ...details, error: result.error }, at, asked)];
  if (!result.value) return [];
  const earned =
    approval.until === null || autonomy === null
      ? null
      : earnedIn(context.facts, autonomy, approval.until);
  return earned === null
    ? [hold('gate', 'gate.approval', details, at, asked)]
    : [note('gate', 'gate.autonomy', { ...details, ...earned }, at)];
}

const always = { ok: true, value: true } as const;

type ByPeople = Extract<Approval, { type: 'by' }>;
