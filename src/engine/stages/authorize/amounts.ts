import type { Money } from '../../../policy/model.ts';
import { totalKey } from '../../counters.ts';
import type { Reservation } from '../../decision.ts';
import {
  type Answer,
  type ConstraintOf,
  met,
  type Question,
  shown,
  unjudged,
  unmet,
} from './check.ts';
import { absentArguments, takes, valuesOf } from './values.ts';

/** One call's amount. */
export function checkMaxAmount(constraint: ConstraintOf<'max_amount'>, question: Question): Answer {
  const amounts = amountsOf(question, constraint.amount);
  if ('code' in amounts) return amounts;
  const details = {
    found: shown(valuesOf(question.read, 'amount')),
    max: constraint.amount.minor,
    currency: constraint.amount.currency,
  };
  // Each of them: two arguments may be two ways to say what is paid.
  return amounts.every((minor) => minor <= constraint.amount.minor)
    ? met('authorize.max_amount', () => details)
    : unmet('authorize.max_amount', details);
}

/** Ten refunds of 49 are one refund of 490: all that was drawn in the window, and this call. */
export function checkMaxTotal(constraint: ConstraintOf<'max_total'>, question: Question): Answer {
  const { context, option, party } = question;
  const amounts = amountsOf(question, constraint.amount);
  if ('code' in amounts) return amounts;
  const key = totalKey(constraint, option, party);
  if (key === null) return unjudged('authorize.case_unbound');
  const drawn = context.facts.windows[key];
  if (drawn === undefined) return unjudged('engine.fault', { fact: key });
  const amount = amounts.reduce((sum, minor) => sum + minor, 0);
  const max = constraint.amount.minor;
  const details = {
    scope: constraint.scope,
    drawn,
    amount,
    max,
    currency: constraint.amount.currency,
  };
  const draws: readonly Reservation[] = [
    {
      type: 'window',
      key,
      amount,
      max,
      windowMs: constraint.windowMs,
      code: 'authorize.max_total',
    },
  ];
  return drawn + amount <= max
    ? met('authorize.max_total', () => details, draws)
    : unmet('authorize.max_total', details, draws);
}

/** The call's amounts in the smallest unit; or why they can't be held against a limit. */
function amountsOf({ read, tool }: Question, limit: Money): readonly number[] | Answer {
  if (!takes(tool, 'amount')) return unjudged('authorize.absent', { unanswerable: 'amount' });
  // An amount left out is seldom zero: to a refund it is "all of it".
  const absent = absentArguments(read, 'amount');
  if (absent.length > 0) return unmet('authorize.absent', { arguments: absent });
  const values = valuesOf(read, 'amount');
  const amounts: number[] = [];
  for (const { value } of values) {
    if (value.type !== 'amount' || value.currency !== limit.currency) {
      return unmet('authorize.max_amount', { found: shown(values), currency: limit.currency });
    }
    // Below zero it would give back what others drew.
    if (!(value.minor >= 0))
      return unmet('authorize.max_amount', { found: shown(values), reason: 'below zero' });
    amounts.push(value.minor);
  }
  return amounts;
}
