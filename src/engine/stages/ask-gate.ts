import { anybody, approverNamed, asOf } from '../asks.ts';
import { bindingsOf } from '../bindings.ts';
import type { Asked, Finding } from '../decision.ts';
import { hold } from '../findings.ts';
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
    case 'by': {
      const details = { tier, grant: alternative.key, quorum: approval.quorum };
      const asked: Asked = {
        ...anybody,
        by: approval.role === null ? 'default' : asOf(question, approverNamed(approval.role)),
        quorum: approval.quorum,
        freshMs: approval.freshMs,
      };
      if (approval.if === null)
        return [hold('gate', 'gate.approval', details, alternative.at, asked)];
      const result = approval.if.evaluate(bindingsOf(question));
      // An `if` that fails asks: a person can look at what an expression couldn't.
      if (result.ok && result.value === false) return [];
      const reason = result.ok ? {} : { error: result.error };
      return [
        hold(
          'gate',
          'gate.approval',
          { ...details, if: approval.if.source, ...reason },
          approval.if.at,
          asked,
        ),
      ];
    }
  }
}
