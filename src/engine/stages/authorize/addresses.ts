import type { ArgumentValue } from '../../call.ts';
import { declaredKind } from '../../tool-shape.ts';
import {
  type Answer,
  type ConstraintOf,
  met,
  type Question,
  shown,
  unjudged,
  unmet,
} from './check.ts';
import { matches } from './terms.ts';
import { refuseAbsent, refusedOf, refuseUnanswerable, takes, valuesOf } from './values.ts';

/** Who a call would reach: every `recipient` argument together, since `bcc` reaches people as surely as `to`. */
export function checkRecipients(
  constraint: ConstraintOf<'recipients'>,
  question: Question,
): Answer {
  return everyRecipient(question, 'authorize.recipients', (value) =>
    isListed(constraint.only, value, question),
  );
}

export function checkAllowedDomains(
  constraint: ConstraintOf<'allowed_domains'>,
  question: Question,
): Answer {
  return everyRecipient(
    question,
    'authorize.allowed_domains',
    // A handle or a phone number is in no domain.
    (value) => value.value.type === 'address' && isListed(constraint.domains, value, question),
  );
}

/** Subdomains count: a policy that forbids competitor.com means mail.competitor.com too. */
export function checkForbiddenDomains(
  constraint: ConstraintOf<'forbidden_domains'>,
  question: Question,
): Answer {
  return everyRecipient(
    question,
    'authorize.forbidden_domain',
    (value) =>
      value.value.type === 'address' && !isListed(constraint.domains, value, question, true),
  );
}

export function checkMaxRecipients(
  constraint: ConstraintOf<'max_recipients'>,
  question: Question,
): Answer {
  const { read, tool } = question;
  // Only a call can have too many: what a result lists isn't written to.
  if (!takes(tool, 'recipient')) return unjudged('authorize.absent', { unanswerable: 'recipient' });
  // By mailbox: `a@x.com, a@X.COM` is one person.
  const found = new Set(
    valuesOf(read, 'recipient').map(({ value }) => (value.type === 'unparsable' ? '' : value.key)),
  ).size;
  const details = { found, max: constraint.max };
  return found <= constraint.max
    ? met('authorize.max_recipients', () => details)
    : unmet('authorize.max_recipients', details);
}

/** Of whom something is read. `sender` stands in results, so this is nearly always an item filter. */
export function checkSenders(constraint: ConstraintOf<'senders'>, question: Question): Answer {
  const absent = refuseAbsent(question.read, 'sender');
  if (absent !== null) return absent;
  const { read } = question;
  const others = refusedOf(read, 'sender', (value) => isListed(constraint.only, value, question));
  return others.length === 0
    ? met('authorize.senders', () => ({ found: shown(valuesOf(read, 'sender')) }))
    : unmet('authorize.senders', { refused: shown(others) });
}

function everyRecipient(
  question: Question,
  code: 'authorize.recipients' | 'authorize.allowed_domains' | 'authorize.forbidden_domain',
  permitted: (value: ArgumentValue) => boolean,
): Answer {
  const { read, tool } = question;
  const unanswerable = refuseUnanswerable(tool, 'recipient');
  if (unanswerable !== null) return unanswerable;
  const others = refusedOf(read, 'recipient', permitted);
  return others.length === 0
    ? met(code, () => ({ found: shown(valuesOf(read, 'recipient')) }))
    : unmet(code, { refused: shown(others) });
}

function isListed(
  terms: ConstraintOf<'recipients'>['only'],
  value: ArgumentValue,
  { tool, party }: Question,
  subdomains = false,
): boolean {
  const kind = declaredKind(tool, value.argument, value.kind) ?? null;
  return matches(terms, value.value, { case: party.case, kind, subdomains });
}
