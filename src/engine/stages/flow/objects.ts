import type { JsonObject } from '../../../content/value.ts';
import type { Tool } from '../../../policy/model.ts';
import type { ArgumentValue } from '../../call.ts';
import type { Finding } from '../../decision.ts';
import type { Measure } from '../../request/language.ts';
import type { RequestSuperlative } from '../../request/superlatives.ts';
import { finding, type Inquiry, remembered, valueDetails } from './inquiry.ts';
import { isAskedFor } from './intent.ts';
import type { Past, PastRecord } from './past.ts';
import { isPlanned } from './planned.ts';
import { providedBy } from './provided.ts';

/** Beyond so many strangers every other one is a question as well: to look for each would keep everybody waiting. */
const explainedMax = 64;

/** What the call acts on, or carries along: the request must have chosen it. */
export function objects(inquiry: Inquiry): readonly Finding[] {
  const { request, tool, outbound, read } = inquiry;
  if (request === null || (tool.tier === 0 && !outbound)) return [];
  const findings: Finding[] = [];
  for (const value of read.values) {
    const why = !value.kind.startsWith('object.')
      ? whyNotMeant(inquiry, value)
      : findings.length < explainedMax
        ? whyNotChosen(inquiry, value)
        : `one of more than ${explainedMax} things that the request does not name`;
    if (why === null) continue;
    findings.push(
      finding('hold', 'flow.object', inquiry, {
        ...valueDetails(value),
        ...knownAs(inquiry, value),
        why,
        ...remembered(inquiry, value),
      }),
    );
  }
  return findings;
}

/** Of an id that the policy doesn't call a thing's: the request gives another one of the same form, `T-504` and not `T-495`. */
function whyNotMeant(
  { request, context }: Inquiry,
  { argument, kind, value }: ArgumentValue,
): string | null {
  if (request === null || value.type === 'unparsable') return null;
  if (kind !== 'identifier' && kind !== 'reference') return null;
  if (!request.givesIdLike(value.key) || request.givesId(value.key)) return null;
  return isPlanned(context, argument, kind, value)
    ? null
    : 'the request gives another one of this form';
}

/** Null: it was chosen by the request. */
function whyNotChosen(inquiry: Inquiry, { argument, kind, value }: ArgumentValue): string | null {
  const { request, past, tool } = inquiry;
  if (request === null || value.type === 'unparsable') return null;
  const id = value.key;
  if (request.givesId(id) || isPlanned(inquiry.context, argument, kind, value)) return null;
  const provided = providedBy(inquiry, kind, id);
  if (provided === 'yes' || provided === 'named') return null;
  const object = kind.slice('object.'.length);
  const records = past.objectsOf(object, id);
  if (records.some((one) => isOwn(inquiry, one) || isOnlyOne(one))) return null;
  // What the call only goes by, like the account that pays, may come from where nobody outside writes.
  if (tool.on !== null && tool.on !== object && records.some(isTrusted)) return null;
  if (past.asks((one) => one.asked !== 'followed' && refersTo(one, id))) return null;
  const named = records.filter(({ asked }) => asked === 'named');
  if (named.length > 0) {
    const others = namesakes(inquiry, object, id, named);
    return others === 0 ? null : `the request names it, and ${others} more of that name`;
  }
  if (isOnlyOneSpokenOf(inquiry, object, id)) return null;
  if (request.understood.superlatives.some((one) => picks(inquiry, one, object, id))) return null;
  return records.length === 0
    ? 'no result shows it, and the request does not give its id'
    : 'no clause of the request names it, and no look-up of what the request names found it alone';
}

function isTrusted({ seen }: PastRecord): boolean {
  return seen.exchange.past.trust === 'trusted';
}

/** The ticket that the request names says whose it is, in a field that the policy declares. */
function refersTo({ record }: PastRecord, id: string): boolean {
  return record !== null && (record.owner === id || Object.values(record.fields).includes(id));
}

/** "Cancel the order for Fitwerk": of all that was listed, one is called something with that word. */
function isOnlyOneSpokenOf({ past, request }: Inquiry, object: string, id: string): boolean {
  const spokenOf = new Set<string>();
  for (const [other, { record }] of listed(past, object)) {
    if (record?.names.some((name) => request?.speaksOf(name) === true) === true)
      spokenOf.add(other);
  }
  return spokenOf.size === 1 && spokenOf.has(id);
}

/** By id the newest record of each, of listings that weren't narrowed by anybody but the request. */
function listed(past: Past, object: string): ReadonlyMap<string, PastRecord> {
  const records = new Map<string, PastRecord>();
  for (const seen of past.seen) {
    const whole =
      (seen.lookedUp && !seen.paged) || Object.values(seen.exchange.args).every(isNothing);
    if (!whole || seen.exchange.past.tier > 0) continue;
    for (const one of seen.records) {
      if (one.record?.object === object && one.record.id !== null) records.set(one.record.id, one);
    }
  }
  return records;
}

/** Made in this run, by a call that was asked for. */
function isOwn(inquiry: Inquiry, { seen: { exchange, tool } }: PastRecord): boolean {
  const { past } = exchange;
  return (
    past.tier > 0 && past.completed && tool !== null && creates(tool) && isAskedFor(inquiry, tool)
  );
}

/** A call that was given no id and answers with one made the thing. A list of things was read. */
export function creates(tool: Tool): boolean {
  const { object, items } = tool.returns;
  if (object === null || items !== null) return false;
  return ![...tool.args.values()].some(({ parts }) =>
    parts.some((part) => part.kind.name === `object.${object}` && part.pointer.text === ''),
  );
}

function isOnlyOne({ seen, asked }: PastRecord): boolean {
  return asked === 'looked up' && !seen.paged && seen.exchange.shown.records.length === 1;
}

/** Other things of the object that carry the very name by which this one was meant. */
function namesakes(
  { past, request }: Inquiry,
  object: string,
  id: string,
  named: readonly PastRecord[],
): number {
  const names = named.flatMap(({ record }) =>
    (record?.names ?? []).filter((name) => request?.understood.names(name) === true),
  );
  const others = new Set<string>();
  for (const { records } of past.seen) {
    for (const { record } of records) {
      if (record === null || record.object !== object || record.id === null || record.id === id)
        continue;
      if (record.names.some((its) => names.some((name) => past.mayMeanBoth(name, its))))
        others.add(record.id);
    }
  }
  return others.size;
}

/** "The largest file": the record with the greatest value of a declared field, of a listing that the attacker didn't narrow. */
function picks(
  { past }: Inquiry,
  superlative: RequestSuperlative,
  object: string,
  id: string,
): boolean {
  if (superlative.of.length > 0 && !superlative.of.includes(object)) return false;
  const all = listed(past, object);
  const chosen = all.get(id)?.record;
  if (chosen == null) return false;
  const pointers = Object.keys(chosen.order);
  const pointer =
    pointers.length === 1
      ? pointers[0]
      : pointers.find((one) => measures(one, superlative.measure));
  const own = pointer === undefined ? undefined : chosen.order[pointer];
  if (pointer === undefined || own === undefined) return false;
  for (const { record } of all.values()) {
    const other = record?.order[pointer];
    // What isn't measured may be more: whoever's thing alone has a size isn't the largest.
    if (typeof other !== typeof own) return false;
    if (other === undefined || (superlative.direction === 'max' ? other > own : other < own))
      return false;
  }
  return true;
}

function isNothing(value: unknown): boolean {
  return value === null || value === '';
}

/** What schemas call the measure of a thing. */
const fieldsOf: Readonly<Record<Measure, RegExp>> = {
  size: /size|bytes|length|amount|total/i,
  time: /date|time|_at$|created|modified|updated|sent|received|day|start/i,
  price: /price|cost|amount|fee|rate|total/i,
  rating: /rating|score|stars|rank/i,
  length: /length|duration|size|minutes|hours/i,
  distance: /distance|miles|km|meters/i,
  count: /count|number|total|views|likes|quantity/i,
};

function measures(pointer: string, measure: Measure | null): boolean {
  return measure !== null && fieldsOf[measure].test(pointer);
}

/** What the result says that the thing is called: a person doesn't know it by its id. */
function knownAs({ past }: Inquiry, { kind, value }: ArgumentValue): JsonObject {
  if (value.type === 'unparsable') return {};
  const last = past.objectsOf(kind.slice('object.'.length), value.key).at(-1);
  if (last === undefined) return { found: [] };
  const { exchange, ordinal } = last.seen;
  return {
    names: last.record?.names.slice(0, 3).map((name) => name.slice(0, 120)) ?? [],
    found: [
      {
        call: exchange.past.call,
        tool: exchange.past.tool,
        result: ordinal,
        field: last.record?.at ?? '',
        trust: exchange.past.trust,
      },
    ],
  };
}
