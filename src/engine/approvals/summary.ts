/**
 * One sentence in Sallyport's words: what will happen. It is made of what the policy says of the tool, and of values that
 * have a form in which nobody can write a sentence of their own: addresses, hosts, amounts, accounts, plain paths. Ids,
 * titles and texts are whatever an agent wrote, so the sentence only says which argument has them.
 */
import { printable } from '../../content/escape.ts';
import type { KindName } from '../../content/kind.ts';
import { ibanOf } from '../../content/kinds/account.ts';
import type { Tool } from '../../policy/model.ts';
import type { ArgumentValue } from '../call.ts';
import type { ValueOrigin } from '../hold-facts.ts';
import { limits } from '../limits.ts';
import { isMessage } from '../stages/flow/inquiry.ts';
import { beginning } from './listed.ts';
import { type Redacting, redactedText } from './redacting.ts';
import { decimalOf } from './sought.ts';

/** A value, and what is known of it: whoever a person should look at first is named first. */
export interface Named extends ArgumentValue {
  readonly origin: ValueOrigin;
  readonly firstUse: boolean | null;
}

export interface Sentences {
  readonly summary: string;
  readonly outline: string;
}

/** @param values - all of them, or those that are shown and how many more there are. */
export function sentencesOf(tool: Tool, values: readonly Named[], redaction: Redacting): Sentences {
  return {
    summary: sentence(tool, values, (one) => redactedText(redaction, one)),
    outline: sentence(tool, values, null),
  };
}

/** Shows a value that has a safe form; null: values aren't shown. */
type Showing = ((text: string) => string) | null;

function sentence(tool: Tool, values: readonly Named[], show: Showing): string {
  const things = new Things(values, show);
  const doing = capital(words(tool.action));
  const amounts = things.of('amount');
  const isMoney = amounts.length > 0 && (money.has(tool.action) || tool.on === 'payment');
  const told = isMoney ? things.told(amounts, 'amount') : objectOf(tool, things);
  const isLetter = told === aMessage;
  const paths = things.told(things.of('path'), 'path');
  const named = told === '' ? prefixed('what ', things.arguments('command')) : told;
  // `Move a and b`: where nothing else is named, and nothing goes anywhere, they are what is acted on.
  const isOfPaths =
    named === '' && !['recipient', 'account', 'url'].some((kind) => things.has(kind));
  const what = isOfPaths ? paths : named;
  const rest = [
    to(things.told(things.of('recipient'), 'recipient')),
    to(things.told(things.of('account'), 'account')),
    at(things.told(things.of('url'), 'url')),
    isOfPaths ? '' : prefixed(isLetter ? ', with ' : ' at ', paths),
    prefixed(what === '' ? ' with what ' : ', with what ', things.arguments('query')),
    told === '' ? '' : prefixed(', running what ', things.arguments('command')),
    counted(', with ', things.of('attachment').length, 'attachment'),
    isMessage(tool) ? prefixed(', with what ', things.arguments(...things.objects().kinds)) : '',
    isMoney ? '' : prefixed(', amount ', things.told(amounts, 'amount')),
  ].join('');
  // A verb alone says of nothing what would be done to it.
  const about = what === '' && rest === '' ? `, by \`${tool.name}\`` : prefixed(' ', what);
  const ending = tool.persists ? '; it stays in force' : '';
  const all = printable(`${doing}${about}${rest}${ending}`);
  return all.length <= limits.heldSummaryUnitsMax
    ? all
    : `${beginning(all, limits.heldSummaryUnitsMax - 1)}…`;
}

const money: ReadonlySet<string> = new Set([
  ...[
    'charge',
    'pay',
    'payout',
    'refund',
    'reimburse',
    'send_money',
    'transfer',
    'wire',
    'withdraw',
  ],
]);

const aMessage = 'a message';

/** What is acted on: what the policy calls it, and by which argument the call names it. */
function objectOf(tool: Tool, things: Things): string {
  const naming = things.objects();
  const which = things.arguments(...naming.kinds);
  const isNamed = which !== '';
  if (tool.on === null) {
    // Whatever else it names (an account, the mail that it answers), what matters is to whom it goes.
    if (things.of('recipient').length > 0 && things.of('content').length > 0) return aMessage;
    return isNamed ? `what ${which}` : '';
  }
  if (words(tool.on) === words(tool.action)) return isNamed ? `what ${which}` : '';
  if (isNamed && naming.kinds.includes(`object.${tool.on}`))
    return naming.count > 1
      ? `what ${which} (${naming.count} times ${words(tool.on)})`
      : `the ${words(tool.on)} that ${which}`;
  const made = withArticle(words(tool.on));
  return isNamed && !isMessage(tool) ? `${made}, by what ${which}` : made;
}

function withArticle(noun: string): string {
  return `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** The policy's names are names, not prose: `send_draft`. */
function words(name: string): string {
  return printable(name, 64).replace(/[_.\s-]+/g, ' ');
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function to(text: string): string {
  return prefixed(' to ', text);
}

function at(text: string): string {
  return prefixed(' at ', text);
}

function prefixed(before: string, text: string): string {
  return text === '' ? '' : before + text;
}

function counted(before: string, count: number, noun: string): string {
  return count === 0 ? '' : `${before}${count} ${noun}${count === 1 ? '' : 's'}`;
}

const nouns = {
  recipient: 'recipient',
  account: 'account',
  url: 'web address',
  path: 'path',
  amount: 'amount',
} as const;
type Telling = keyof typeof nouns;

/** Of many destinations so many are named: the most doubtful ones. */
const namedMax = 2;
const argumentsMax = 2;

class Things {
  readonly #values: readonly Named[];
  readonly #show: Showing;

  constructor(values: readonly Named[], show: Showing) {
    this.#values = values;
    this.#show = show;
  }

  has(kind: string): boolean {
    return this.#values.some((one) => one.kind === kind);
  }

  /** Each once. */
  of(kind: KindName): readonly Named[] {
    const known = new Set<string>();
    return this.#values.filter(({ kind: its, value, pointer, argument }) => {
      if (its !== kind) return false;
      const key = value.type === 'unparsable' ? `${argument}${pointer}` : value.key;
      if (known.has(key)) return false;
      known.add(key);
      return true;
    });
  }

  /** Kinds by which the call names things that are there already. */
  objects(): { readonly kinds: readonly KindName[]; readonly count: number } {
    const naming = this.#values.filter(
      ({ kind }) => kind.startsWith('object.') || kind === 'identifier' || kind === 'reference',
    );
    return { kinds: [...new Set(naming.map(({ kind }) => kind))], count: naming.length };
  }

  /** `id` names: the arguments that have such values. */
  arguments(...kinds: readonly KindName[]): string {
    const names = new Set(
      this.#values.filter(({ kind }) => kinds.includes(kind)).map(({ argument }) => argument),
    );
    const quoted = [...names].slice(0, argumentsMax).map((name) => `\`${printable(name, 32)}\``);
    const isQuery = kinds.includes('query') || kinds.includes('command');
    const verb = isQuery ? 'say' : 'name';
    if (quoted.length === 0) return '';
    return quoted.length === 1 ? `${quoted[0]} ${verb}s` : `${quoted.join(' and ')} ${verb}`;
  }

  told(values: readonly Named[], kind: Telling): string {
    if (values.length === 0) return '';
    const show = this.#show;
    const noun = nouns[kind];
    if (show === null)
      return values.length === 1 ? withArticle(noun) : `${values.length} ${plural(noun)}`;
    const inDoubt = values.toSorted((a, b) => doubt(b) - doubt(a));
    const shown = inDoubt.slice(0, values.length === namedMax + 1 ? namedMax - 1 : namedMax);
    const texts = shown.map((one) => {
      const safe = safeForm(one);
      return safe === null ? withArticle(noun) : show(safe);
    });
    const others = values.length - texts.length;
    if (others > 0) return `${texts.join(', ')} and ${others} ${others === 1 ? 'other' : 'others'}`;
    return texts.join(' and ');
  }
}

function plural(noun: string): string {
  return noun.endsWith('s') ? `${noun}es` : `${noun}s`;
}

/** Chosen by an outsider, then by the agent, then new. */
function doubt({ origin, firstUse }: Named): number {
  const isNew = firstUse === true ? 1 : 0;
  switch (origin.type) {
    case 'result':
      return origin.trust === 'untrusted' && !origin.provided ? 6 + isNew : 2 + isNew;
    case 'untrusted_request':
      return 6 + isNew;
    case 'agent':
    case 'unknown':
      return 4 + isNew;
    default:
      return isNew;
  }
}

const longMax = 64;
/** Of a name too long to be shown: its end says whose it is. */
const endUnits = 40;
const plainAccount = /^(?=[A-Z0-9-]*\d)[A-Z0-9-]{4,34}$/i;
const plainPath = /^[\w./@+-]+$/;

/** Null: it has no form that is nothing but what it is. */
function safeForm({ kind, value }: Named): string | null {
  switch (value.type) {
    case 'address':
      return shortEnd(value.key);
    case 'url':
      return value.host === '' ? null : shortEnd(value.host);
    case 'amount':
      return `${decimalOf(value.minor, value.currency)} ${value.currency}`;
    case 'path':
      return plainPath.test(value.key) ? `\`${shortEnd(value.key)}\`` : null;
    case 'text':
      if (kind === 'account')
        return ibanOf(value.key) !== null || plainAccount.test(value.key) ? value.key : null;
      return kind === 'recipient' && /^\+\d{7,15}$/.test(value.key) ? value.key : null;
    default:
      return null;
  }
}

/** `…bank.example.evil.example`: who is written to is told by the end of it. */
function shortEnd(text: string): string {
  return text.length <= longMax ? text : `…${text.slice(-endUnits)}`;
}
