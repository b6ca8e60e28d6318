import { currencyDigits } from '../../content/currency.ts';
import { tableText } from '../../content/sql/names.ts';
import type {
  AddressTerm,
  AudienceTerm,
  Constraint,
  Money,
  OutboundReview,
  Provided,
  RecordTest,
  Term,
  UrlTerm,
  ValueTerm,
  ValueTest,
  WhereTest,
} from '../model.ts';

const listedMax = 5;

/** A constraint in the words of the policy, for a person who wants to know what stands in the way. */
export function describeConstraint(constraint: Constraint): string {
  return `${constraint.name}: ${constraintText(constraint)}`;
}

/** The same without its name. */
export function constraintText(constraint: Constraint): string {
  const otherwise =
    constraint.otherwise === null
      ? ''
      : `, otherwise ${constraint.otherwise.type === 'approval' ? 'approval' : 'break glass'}: ${constraint.otherwise.role}`;
  return `${describe(constraint)}${otherwise}`;
}

function describe(constraint: Constraint): string {
  switch (constraint.type) {
    case 'recipients':
    case 'senders':
      return list(constraint.only.map(termText));
    case 'allowed_domains':
    case 'forbidden_domains':
      return list(constraint.domains.map(termText));
    case 'max_recipients':
      return `${constraint.max}`;
    case 'folders':
      return onlyExcept(constraint.only?.map(termText) ?? null, constraint.except.map(termText));
    case 'paths':
      return onlyExcept(
        constraint.under?.map(termText) ?? null,
        constraint.except.map((glob) => glob.text),
      );
    case 'urls':
      return list(constraint.only.map(urlText));
    case 'accounts':
    case 'commands':
      return list(constraint.only.map(termText));
    case 'tables':
      return onlyExcept(constraint.only?.map(tableText) ?? null, constraint.except.map(tableText));
    case 'rows':
      return `at most ${constraint.max}`;
    case 'fields': {
      const names = [...constraint.names, ...constraint.pointers.map((pointer) => pointer.text)];
      return `${constraint.mode} ${list(names)}`;
    }
    case 'items':
      return `${constraint.mode} ${list(constraint.terms.map(termText))}`;
    case 'max_amount':
      return moneyText(constraint.amount);
    case 'max_total':
      return `${moneyText(constraint.amount)}${constraint.windowMs === null ? '' : ` in ${span(constraint.windowMs)}`}`;
    case 'once_per':
      return `${constraint.arguments.join(' and ')}, by ${constraint.of}`;
    case 'hours':
      return list(constraint.windows.map((window) => `${window.text} ${window.timezone}`));
    case 'rate':
      return `${constraint.rate.max} in ${span(constraint.rate.windowMs)}`;
    case 'after':
    case 'not_after':
      return constraint.same.length === 0
        ? list(constraint.tools)
        : `${list(constraint.tools)}, with the same ${constraint.same.join(' and ')}`;
    case 'novelty':
      return `no new ${constraint.of}`;
    case 'where':
      return whereText(constraint.test);
    case 'when':
      return constraint.program.source.trim().replace(/\s+/g, ' ');
  }
}

function whereText(test: WhereTest): string {
  switch (test.type) {
    case 'provided':
      return 'a value that a tool provides';
    case 'record':
      return `of the ${test.object}: ${test.tests.map(fieldText).join('; ')}`;
    case 'terms':
    case 'range':
      return valueText(test, String);
  }
}

function fieldText({ name, kind, test }: RecordTest): string {
  const { currency } = kind;
  return `${name} ${valueText(test, (bound) =>
    currency === null ? String(bound) : moneyText({ minor: bound, currency }),
  )}`;
}

function valueText(test: ValueTest, boundText: (bound: number) => string): string {
  if (test.type === 'terms') return list(test.terms.map(valueTermText));
  return [
    test.min === null ? '' : `at least ${boundText(test.min)}`,
    test.max === null ? '' : `at most ${boundText(test.max)}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

export function valueTermText(term: ValueTerm): string {
  return term.type === 'glob' ? term.glob.text : termText(term);
}

export function termText(term: Term | AddressTerm): string {
  switch (term.type) {
    case 'literal':
      return term.value.type === 'command' ? (term.value.words ?? []).join(' ') : term.value.key;
    case 'address':
      return term.key;
    case 'domain':
      return term.domain;
    case 'subdomains':
      return `*.${term.domain}`;
    case 'case':
      return `case.${term.name}`;
  }
}

export function urlText(term: UrlTerm | { readonly case: string }): string {
  return 'case' in term
    ? `case.${term.case}`
    : `${term.scheme}://${term.host}:${term.port}${term.path}`;
}

export function audienceText(term: AudienceTerm): string {
  switch (term.type) {
    case 'upstream':
      return `the upstream ${term.name}`;
    case 'url':
      return urlText(term.url);
    case 'subject':
      return 'the subject';
    case 'model':
      return 'the model';
    case 'address':
    case 'domain':
    case 'subdomains':
    case 'case':
      return termText(term);
  }
}

/** `recipient at /people/email, when named`. */
export function providedText({ kind, at, when }: Provided): string {
  const place = `${kind.name} at ${at.text === '' ? 'the whole' : at.text}`;
  if (when.type === 'always') return place;
  if (when.type === 'named') return `${place}, when named`;
  const equal = when.equal.map(({ pointer, value }) => `${pointer.text} is ${String(value)}`);
  return `${place}, when ${equal.join(' and ')}`;
}

function onlyExcept(only: readonly string[] | null, except: readonly string[]): string {
  const parts = [
    only === null ? '' : list(only),
    except.length === 0 ? '' : `except ${list(except)}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** Names of tools and the like, the first few of them. */
export function namesOf(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : list([...new Set(names)]);
}

function list(texts: readonly string[]): string {
  const shown = texts.slice(0, listedMax).join(', ');
  return texts.length > listedMax ? `${shown} and ${texts.length - listedMax} more` : shown;
}

function moneyText({ minor, currency }: Money): string {
  const digits = currencyDigits(currency) ?? 0;
  const text = String(minor).padStart(digits + 1, '0');
  return digits === 0
    ? `${text} ${currency}`
    : `${text.slice(0, -digits)}.${text.slice(-digits)} ${currency}`;
}

export function span(ms: number): string {
  for (const [unit, size] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const) {
    if (ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${ms}ms`;
}

/** What of a call that leaves is looked for, and what follows. */
export function reviewText({
  at,
  response,
  markers,
  tone,
  attachments,
  rules,
}: OutboundReview): string {
  const looked = [
    `orders from ${at}`,
    ...(rules.length === 0 ? [] : [rules.length === 1 ? 'one rule' : `${rules.length} rules`]),
    ...(attachments === null
      ? []
      : [
          attachments.size === 0
            ? 'attachments'
            : `attachments that aren't ${[...attachments].join(' or ')}`,
        ]),
    ...markers,
    ...tone,
  ];
  return `${response === 'deny' ? 'denied' : 'held'} for ${list(looked)}`;
}
