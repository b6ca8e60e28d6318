import { parseKind } from '../../content/kinds.ts';
import { isSameTable, mayBeTable } from '../../content/sql/names.ts';
import { termKey } from '../compile/terms.ts';
import type {
  AddressTerm,
  Agent,
  Alternative,
  Constraint,
  HoursWindow,
  Term,
  Tool,
  ValueTerm,
  ValueTest,
} from '../model.ts';

/**
 * Why an agent's alternative and a user's can't both hold for any call; null when they may. Only what is certain
 * counts: a `case` value may turn out to be anything.
 */
export function contradiction(
  agents: Alternative,
  users: Alternative | null,
  tools: readonly Tool[],
  agent: Agent,
): string | null {
  const all = [...agents.constraints, ...(users?.constraints ?? [])];
  const unbound = users?.constraints
    .flatMap(caseNamesOf)
    .find((name) => !agent.caseNames.has(name));
  if (unbound !== undefined)
    return `\`${users?.key}\` needs \`case.${unbound}\`, which the agent doesn't declare`;
  return (
    disjointLists(all) ??
    noTable(all) ??
    forbiddenRecipients(all) ??
    noMinute(all) ??
    noWhereLeft(all) ??
    fixedOtherwise(all, tools)
  );
}

function caseNamesOf(constraint: Constraint): readonly string[] {
  return allowedOf(constraint)?.flatMap((term) => (term.type === 'case' ? [term.name] : [])) ?? [];
}

/** The terms of which one has to hold; null where a constraint isn't of that form. */
function allowedOf(constraint: Constraint): readonly (Term | AddressTerm)[] | null {
  switch (constraint.type) {
    case 'recipients':
    case 'senders':
    case 'accounts':
    case 'commands':
      return constraint.only;
    case 'folders':
      return constraint.only;
    case 'allowed_domains':
      return constraint.domains;
    case 'where': {
      const { test } = constraint;
      const tests = test.type === 'record' ? test.tests.map((one) => one.test) : [test];
      const terms = tests.flatMap((one) => (one.type === 'terms' ? one.terms : []));
      return terms.flatMap((term) => (term.type === 'glob' ? [] : [term]));
    }
    case 'max_recipients':
    case 'forbidden_domains':
    case 'paths':
    case 'urls':
    case 'tables':
    case 'rows':
    case 'fields':
    case 'items':
    case 'max_amount':
    case 'max_total':
    case 'once_per':
    case 'hours':
    case 'rate':
    case 'after':
    case 'not_after':
    case 'novelty':
    case 'when':
      return null;
  }
}

/** `only: [a]` of the agent and `only: [b]` of the user leave nothing. Domains overlap in more ways, so they aren't judged here. */
function disjointLists(constraints: readonly Constraint[]): string | null {
  for (const type of ['folders', 'accounts', 'commands'] as const) {
    let left: ReadonlySet<string> | null = null;
    for (const constraint of constraints) {
      if (constraint.type !== type || constraint.only === null) continue;
      const terms: readonly Term[] = constraint.only;
      if (terms.some((term) => term.type === 'case')) continue;
      const keys = new Set(terms.map(termKey));
      left = left === null ? keys : common(left, keys);
      if (left.size === 0) return `\`${type}\` of both sides have nothing in common`;
    }
    const excepted = new Set(
      constraints.flatMap((one) =>
        one.type === 'folders' && type === 'folders' ? one.except.map(termKey) : [],
      ),
    );
    if (left !== null && [...left].every((key) => excepted.has(key)))
      return `every allowed one of \`${type}\` is excepted`;
  }
  return null;
}

function noTable(constraints: readonly Constraint[]): string | null {
  const all = constraints.flatMap((one) => (one.type === 'tables' ? [one] : []));
  const excepted = all.flatMap(({ except }) => except);
  const lists = all.flatMap(({ only }) => (only === null ? [] : [only]));
  const [first, ...others] = lists;
  if (first === undefined) return null;
  const left = first.filter((table) =>
    others.every((list) => list.some((one) => isSameTable(one, table))),
  );
  if (left.length === 0) return '`tables` of both sides have nothing in common';
  return left.every((table) => excepted.some((one) => mayBeTable(one, table)))
    ? 'every allowed one of `tables` is excepted'
    : null;
}

function common(left: ReadonlySet<string>, right: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...left].filter((key) => right.has(key)));
}

function forbiddenRecipients(constraints: readonly Constraint[]): string | null {
  const forbidden = constraints.flatMap((one) =>
    one.type === 'forbidden_domains' ? one.domains : [],
  );
  for (const constraint of constraints) {
    if (constraint.type !== 'recipients' && constraint.type !== 'allowed_domains') continue;
    const terms = constraint.type === 'recipients' ? constraint.only : constraint.domains;
    if (terms.every((term) => isForbidden(term, forbidden))) {
      return `everything in \`${constraint.name}\` is in \`forbidden_domains\``;
    }
    if (
      constraint.type === 'recipients' &&
      constraints.some((one) => one.type === 'max_recipients' && one.max === 0)
    ) {
      return '`max_recipients` is 0';
    }
  }
  return null;
}

function isForbidden(term: AddressTerm, forbidden: readonly AddressTerm[]): boolean {
  if (term.type === 'case') return false;
  const domain =
    term.type === 'address' ? term.key.slice(term.key.lastIndexOf('@') + 1) : term.domain;
  // A forbidden domain takes its subdomains with it.
  return forbidden.some(
    (one) => one.type === 'domain' && (domain === one.domain || domain.endsWith(`.${one.domain}`)),
  );
}

const minutesOfWeek = 7 * 24 * 60;

/** Windows of one zone that share no minute of a week. */
function noMinute(constraints: readonly Constraint[]): string | null {
  const hours = constraints.flatMap((one) =>
    one.type === 'hours' && one.otherwise === null ? [one] : [],
  );
  const zones = new Set(hours.flatMap((one) => one.windows.map((window) => window.timezone)));
  if (hours.length < 2 || zones.size !== 1) return null;
  for (let minute = 0; minute < minutesOfWeek; minute += 1) {
    if (hours.every((one) => one.windows.some((window) => covers(window, minute)))) return null;
  }
  return '`hours` of both sides share no minute of the week';
}

function covers(window: HoursWindow, minuteOfWeek: number): boolean {
  const day = Math.floor(minuteOfWeek / 1_440);
  const minute = minuteOfWeek % 1_440;
  const { days, fromMinute, untilMinute } = window;
  if (fromMinute < untilMinute)
    return days.has(day) && minute >= fromMinute && minute < untilMinute;
  // Past midnight it is still the window of the day before.
  return (
    (days.has(day) && minute >= fromMinute) || (days.has((day + 6) % 7) && minute < untilMinute)
  );
}

function noWhereLeft(constraints: readonly Constraint[]): string | null {
  const left = new Map<string, ReadonlySet<string>>();
  const bounds = new Map<string, { min: number; max: number }>();
  for (const constraint of constraints) {
    if (constraint.type !== 'where' || constraint.otherwise !== null) continue;
    const { argument, test } = constraint;
    const tests =
      test.type === 'record'
        ? test.tests.map((one) => ({ of: `${argument}.${one.name}`, test: one.test }))
        : test.type === 'provided'
          ? []
          : [{ of: argument, test }];
    for (const one of tests) {
      const nothing =
        one.test.type === 'range'
          ? emptyRange(one.of, one.test, bounds)
          : noTerm(one.of, one.test.terms, left);
      if (nothing !== null) return nothing;
    }
  }
  return null;
}

function emptyRange(
  of: string,
  test: Extract<ValueTest, { type: 'range' }>,
  bounds: Map<string, { min: number; max: number }>,
): string | null {
  const before = bounds.get(of) ?? {
    min: Number.NEGATIVE_INFINITY,
    max: Number.POSITIVE_INFINITY,
  };
  const now = {
    min: Math.max(before.min, test.min ?? before.min),
    max: Math.min(before.max, test.max ?? before.max),
  };
  bounds.set(of, now);
  return now.min > now.max
    ? `no \`${of}\` is both at least ${now.min} and at most ${now.max}`
    : null;
}

function noTerm(
  of: string,
  terms: readonly ValueTerm[],
  left: Map<string, ReadonlySet<string>>,
): string | null {
  if (terms.some((term) => term.type !== 'literal')) return null;
  const keys = new Set(terms.flatMap((term) => (term.type === 'literal' ? [term.value.key] : [])));
  const before = left.get(of);
  const now = before === undefined ? keys : common(before, keys);
  left.set(of, now);
  return now.size === 0 ? `\`where.${of}\` of both sides have nothing in common` : null;
}

/** Of a variant: an argument that is fixed to one value, and allowed only to have others. */
function fixedOtherwise(constraints: readonly Constraint[], tools: readonly Tool[]): string | null {
  for (const constraint of constraints) {
    if (
      constraint.type !== 'where' ||
      constraint.otherwise !== null ||
      constraint.test.type !== 'terms'
    )
      continue;
    const { argument, test } = constraint;
    if (test.terms.some((term) => term.type !== 'literal')) continue;
    const never = (tool: Tool): boolean => {
      const value = tool.fixed[argument];
      const kind = tool.args.get(argument)?.parts[0]?.kind;
      if (value === undefined || kind === undefined) return false;
      const parsed = parseKind(kind, value);
      return (
        parsed.type !== 'unparsable' &&
        test.terms.every((term) => term.type === 'literal' && term.value.key !== parsed.key)
      );
    };
    if (tools.length > 0 && tools.every(never))
      return `\`${argument}\` is fixed to another value than \`where\` allows`;
  }
  return null;
}
