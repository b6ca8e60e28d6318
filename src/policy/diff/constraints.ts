import { tableText } from '../../content/sql/names.ts';
import {
  constraintText,
  describeConstraint,
  termText,
  urlText,
  valueTermText,
} from '../check/describe.ts';
import type { Constraint, RecordTest, WhereTest } from '../model.ts';
import {
  byEntries,
  byLimit,
  type Change,
  type Effect,
  entriesText,
  opposite,
  together,
} from './change.ts';
import { meansTheSame } from './meaning.ts';

/** Each constraint of a grant has to hold: one more lets less through. */
export function constraintChanges(
  before: readonly Constraint[],
  after: readonly Constraint[],
): readonly Change[] {
  const old = new Map(before.map((one) => [identityOf(one), one]));
  const now = new Map(after.map((one) => [identityOf(one), one]));
  const changes: Change[] = [];
  for (const [identity, constraint] of now) {
    const was = old.get(identity);
    if (was === undefined)
      changes.push({ effect: 'narrower', text: `now also ${describeConstraint(constraint)}` });
    else if (!meansTheSame(was, constraint)) changes.push(changed(was, constraint));
  }
  for (const [identity, constraint] of old) {
    if (!now.has(identity))
      changes.push({ effect: 'wider', text: `no longer ${describeConstraint(constraint)}` });
  }
  return changes;
}

/** Those that are compared with each other: the same rule about the same thing. */
function identityOf(constraint: Constraint): string {
  switch (constraint.type) {
    case 'max_total':
      return `${constraint.name} ${constraint.scope}`;
    case 'items':
      return `${constraint.name} ${constraint.attribute}`;
    default:
      return constraint.name;
  }
}

function changed(before: Constraint, after: Constraint): Change {
  const [old, now] = [listedIn(before), listedIn(after)];
  const listed = old !== null && now !== null && old.what === now.what;
  const ofRule: Effect = listed
    ? inDirection(old.more, byEntries(old.entries, now.entries))
    : byNumber(before, after);
  const effect = together(ofRule, byOtherwise(before, after));
  const entries = listed ? entriesText(old.entries, now.entries) : '';
  return {
    // They differ, though not in what is looked at here.
    effect: effect === 'same' ? 'changed' : effect,
    text:
      entries !== '' && byOtherwise(before, after) === 'same'
        ? `${after.name}: ${entries}`
        : `${describeConstraint(after)} (was ${constraintText(before)})`,
  };
}

function inDirection(more: 'wider' | 'narrower', effect: Effect): Effect {
  return more === 'wider' ? effect : opposite(effect);
}

/** A failing constraint that a person may answer lets more through than one that refuses. */
function byOtherwise({ otherwise: before }: Constraint, { otherwise: after }: Constraint): Effect {
  if (meansTheSame(before, after)) return 'same';
  if (before === null) return 'wider';
  return after === null ? 'narrower' : 'changed';
}

interface Listed {
  /** What is listed: `only` and `except` of one constraint aren't the same list. */
  readonly what: string;
  readonly entries: ReadonlySet<string>;
  /** What one more entry makes of it. */
  readonly more: 'wider' | 'narrower';
}

/** Null: it is no list, or more than one. */
function listedIn(constraint: Constraint): Listed | null {
  switch (constraint.type) {
    case 'recipients':
    case 'senders':
    case 'accounts':
    case 'commands':
      return only(constraint.only.map(termText));
    case 'allowed_domains':
      return only(constraint.domains.map(termText));
    case 'forbidden_domains':
      return except(constraint.domains.map(termText));
    case 'urls':
      return only(constraint.only.map(urlText));
    case 'after':
      return only(constraint.tools, constraint.same);
    case 'not_after':
      return except(constraint.tools, constraint.same);
    case 'hours':
      return only(constraint.windows.map((window) => `${window.text} ${window.timezone}`));
    case 'folders':
      if (constraint.only === null) return except(constraint.except.map(termText));
      return constraint.except.length === 0 ? only(constraint.only.map(termText)) : null;
    case 'paths':
      if (constraint.under === null) return except(constraint.except.map(({ text }) => text));
      return constraint.except.length === 0 ? only(constraint.under.map(termText)) : null;
    case 'tables':
      if (constraint.only === null) return except(constraint.except.map(tableText));
      return constraint.except.length === 0 ? only(constraint.only.map(tableText)) : null;
    case 'fields': {
      const names = [...constraint.names, ...constraint.pointers.map(({ text }) => text)];
      return constraint.mode === 'only' ? only(names) : except(names);
    }
    case 'items': {
      const terms = constraint.terms.map(termText);
      return constraint.mode === 'only' ? only(terms) : except(terms);
    }
    case 'where':
      return constraint.test.type === 'terms'
        ? only(constraint.test.terms.map(valueTermText))
        : null;
    default:
      return null;
  }
}

/** @param of - arguments whose values have to be equal: another rule, where they are others. */
function only(entries: readonly string[], of: readonly string[] = []): Listed {
  return { what: `only ${of.join(' ')}`, entries: new Set(entries), more: 'wider' };
}

function except(entries: readonly string[], of: readonly string[] = []): Listed {
  return { what: `except ${of.join(' ')}`, entries: new Set(entries), more: 'narrower' };
}

function byNumber(before: Constraint, after: Constraint): Effect {
  if (before.type === 'max_recipients' && after.type === 'max_recipients')
    return byLimit(before.max, after.max);
  if (before.type === 'rows' && after.type === 'rows') return byLimit(before.max, after.max);
  if (before.type === 'max_amount' && after.type === 'max_amount')
    return before.amount.currency === after.amount.currency
      ? byLimit(before.amount.minor, after.amount.minor)
      : 'changed';
  if (before.type === 'max_total' && after.type === 'max_total')
    return before.amount.currency === after.amount.currency && before.windowMs === after.windowMs
      ? byLimit(before.amount.minor, after.amount.minor)
      : 'changed';
  if (before.type === 'rate' && after.type === 'rate')
    return before.rate.windowMs === after.rate.windowMs
      ? byLimit(before.rate.max, after.rate.max)
      : 'changed';
  if (before.type === 'where' && after.type === 'where') {
    const effect = byTest(before.test, after.test);
    if (effect !== null) return effect;
  }
  return meansTheSame(before, { ...after, otherwise: before.otherwise }) ? 'same' : 'changed';
}

/** Null: of two forms, which are compared as a whole. */
function byTest(before: WhereTest, after: WhereTest): Effect | null {
  if (before.type === 'range' && after.type === 'range')
    return together(
      byLimit(before.max, after.max),
      // The larger the smallest number, the less passes; none is no limit.
      byLimit(negated(before.min), negated(after.min)),
    );
  if (before.type === 'terms' && after.type === 'terms')
    return byEntries(
      new Set(before.terms.map(valueTermText)),
      new Set(after.terms.map(valueTermText)),
    );
  if (before.type !== 'record' || after.type !== 'record' || before.object !== after.object)
    return null;
  return byFields(before.tests, after.tests);
}

/** Each field has to pass: one more lets less through. */
function byFields(before: readonly RecordTest[], after: readonly RecordTest[]): Effect | null {
  const names = new Set([...before, ...after].map(({ name }) => name));
  let effect: Effect = 'same';
  for (const name of names) {
    const was = before.find((one) => one.name === name);
    const is = after.find((one) => one.name === name);
    const one =
      was === undefined ? 'narrower' : is === undefined ? 'wider' : byTest(was.test, is.test);
    if (one === null) return null;
    effect = together(effect, one);
  }
  return effect;
}

function negated(value: number | null): number | null {
  return value === null ? null : -value;
}
