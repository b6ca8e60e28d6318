/**
 * Where the values of a held call come from, for whoever decides about it. Asked in the order in which `flow` believes:
 *
 * 1. what the policy or the schema filled in, for nobody wrote it;
 * 2. what a person who was asked has changed;
 * 3. what the case binds, by the kind that it was declared to be;
 * 4. what the trusted request says, or the opener's plan lists;
 * 5. what a tool provides: a field of which the policy says that it names such values;
 * 6. a request for which nobody vouches;
 * 7. any other result in which it stands, an untrusted one before a trusted one, since its writer may have chosen it;
 * 8. the agent.
 */
import { merged, type Stretch } from '../../content/edits.ts';
import { canonicalJson } from '../../content/json.ts';
import type { ReadFeatures } from '../../content/text-features/read-features.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../../content/value.ts';
import { containsWhole } from '../../content/values-in-text/whole-token.ts';
import type { ResultOrigin, ValueOrigin } from '../hold-facts.ts';
import { limits } from '../limits.ts';
import { caseNameOf } from '../stages/flow/destinations.ts';
import { type Past, pastOf, type SeenExchange } from '../stages/flow/past.ts';
import { isPlanned } from '../stages/flow/planned.ts';
import { providedBy, providerOf } from '../stages/flow/provided.ts';
import { loose } from '../stages/flow/sources.ts';
import { pointed } from '../stages/flow/texts.ts';
import { readRequest, type TrustedRequest } from '../stages/flow/trusted-request.ts';
import type { HeldCall } from './held-call.ts';
import type { Listed } from './listed.ts';
import { type Found, search, standsIn } from './search.ts';
import { senderAt } from './sender.ts';
import { sharedWords } from './shared-words.ts';
import { partsOf, wholeOf } from './sought.ts';

export interface Origin {
  readonly origin: ValueOrigin;
  readonly also: readonly ResultOrigin[];
}

/** Evidence from so many more results is enough for a person. */
const alsoMax = 3;

/** @returns one for each value, in their order. */
export function originsOf(held: HeldCall, values: readonly Listed[]): readonly Origin[] {
  const { context, history } = held;
  const { policy, run } = context;
  const request =
    run.requestTrusted && run.request !== null
      ? readRequest(run.request, policy.actionWords)
      : null;
  const changed = changedBy(held);
  const given = values.map((value) => givenBy(held, value, request, changed));
  const past = history === null ? null : pastOf(run.id, history, policy, request);
  const standing = past === null ? null : standingOf(values, given, past, request);
  return values.map((value, at) => {
    const origin = given[at];
    if (origin != null) return { origin, also: [] };
    const results = standing?.results.get(at) ?? [];
    const [first, ...others] = ranked(held, value, past, request, results);
    if (first?.provided !== true && isInUntrusted(held, value))
      return {
        origin: { type: 'untrusted_request' },
        also: first === undefined ? [] : [first, ...others].slice(0, alsoMax),
      };
    if (first !== undefined) return { origin: first, also: others.slice(0, alsoMax) };
    const isKnown = standing !== null && !standing.cutShort && !run.historyLost;
    return { origin: { type: isKnown || !mayStand(value) ? 'agent' : 'unknown' }, also: [] };
  });
}

/** Written by somebody whom nobody has to doubt, or by nobody. */
function givenBy(
  { context, read }: HeldCall,
  value: Listed,
  request: TrustedRequest | null,
  changed: (value: Listed) => string | null,
): ValueOrigin | null {
  if (pointed(context.call.args, value.place) === undefined) return { type: 'policy' };
  const by = changed(value);
  if (by !== null) return { type: 'approver', by };
  if (value.value.type === 'unparsable') return null;
  const name = caseNameOf(context, read.tool, value.kind, value.value);
  if (name !== null) return { type: 'case', name };
  const isAsked =
    isPlanned(context, value.argument, value.kind, value.value) ||
    (request !== null && isInRequest(request, value));
  return isAsked ? { type: 'request' } : null;
}

/** Who changed a value, where the argument held no such value before. */
function changedBy({ edited }: HeldCall): (value: Listed) => string | null {
  if (edited === null) return () => null;
  const before = new Map<string, ReadonlySet<string>>();
  return ({ argument, written }) => {
    let known = before.get(argument);
    if (known === undefined) {
      const value = Object.hasOwn(edited.args, argument) ? edited.args[argument] : undefined;
      known = new Set(value === undefined ? [] : [...everyValue(value)].map(canonicalJson));
      before.set(argument, known);
    }
    return known.has(canonicalJson(written)) ? null : edited.by;
  };
}

function* everyValue(value: JsonValue): Generator<JsonValue> {
  yield value;
  if (isJsonArray(value)) for (const member of value) yield* everyValue(member);
  else if (isJsonObject(value))
    for (const [name, member] of Object.entries(value)) {
      yield name;
      yield* everyValue(member);
    }
}

const spelledUnitsMin = 8;

function isInRequest(request: TrustedRequest, { kind, value, text }: Listed): boolean {
  if (value.type === 'unparsable' || kind === 'flag' || kind === 'secret') return false;
  if (kind === 'recipient' || kind === 'url' || kind === 'account')
    return request.holds(kind, value.key);
  const written = loose(text ?? value.key).trim();
  if (written === '') return false;
  const said = loose(request.text);
  return written.length >= spelledUnitsMin ? said.includes(written) : containsWhole(said, written);
}

function isInUntrusted({ context: { run } }: HeldCall, value: Listed): boolean {
  if (run.request === null || run.requestTrusted) return false;
  const whole = wholeOf(value, 0);
  return whole !== null && standsIn(run.request, whole);
}

/** Whether such a value is looked for at all: what stands everywhere comes from nowhere. */
function mayStand(value: Listed): boolean {
  return wholeOf(value, 0) !== null || isRead(value);
}

interface Standing {
  readonly seen: SeenExchange;
  readonly field: string | null;
  readonly spans: readonly Stretch[];
}

/** By value, the results in which it stands, or parts of it, newest first. */
function standingOf(
  values: readonly Listed[],
  given: readonly (ValueOrigin | null)[],
  past: Past,
  request: TrustedRequest | null,
): { readonly results: ReadonlyMap<number, readonly Standing[]>; readonly cutShort: boolean } {
  const open = values.flatMap((value, at) => (given[at] === null ? [{ value, at }] : []));
  const sought = [
    ...open.flatMap(({ value, at }) => wholeOf(value, at) ?? []),
    ...open.flatMap(({ value, at }) => partsOf(value, at)),
  ];
  const searched = search(past, sought, limits.heldSearchUnitsMax);
  const allowed: readonly ReadFeatures[] = request === null ? [] : [request.features];
  const results = new Map<number, Map<SeenExchange, Standing>>();
  for (const one of searched.found) add(results, one.sought.of, standingAt(one));
  const worded = open.flatMap(({ value, at }) =>
    value.text !== null && isRead(value) ? [{ of: at, text: value.text }] : [],
  );
  const shared = sharedWords(past, worded, allowed, limits.heldSearchUnitsMax);
  for (const { of, ...one } of shared.found) add(results, of, one);
  return {
    results: new Map(
      [...results].map(([at, of]) => [
        at,
        [...of.values()].sort((a, b) => b.seen.ordinal - a.seen.ordinal),
      ]),
    ),
    cutShort: searched.cutShort || shared.cutShort,
  };
}

/** Four words are no value, and no value of these kinds is words. */
const wordless: ReadonlySet<string> = new Set([
  ...['recipient', 'url', 'account', 'amount', 'number', 'flag', 'secret', 'date'],
]);
const wordsUnitsMin = 16;

function isRead({ kind, text }: Listed): boolean {
  return !wordless.has(kind) && (text?.length ?? 0) >= wordsUnitsMin;
}

function standingAt({ sought, seen, field }: Found): Standing {
  return { seen, field, spans: [sought.span] };
}

function add(results: Map<number, Map<SeenExchange, Standing>>, at: number, one: Standing): void {
  const of = results.get(at) ?? new Map<SeenExchange, Standing>();
  results.set(at, of);
  const before = of.get(one.seen);
  of.set(
    one.seen,
    before === undefined
      ? one
      : {
          seen: one.seen,
          field: before.field === one.field ? one.field : (before.field ?? one.field),
          spans: merged([...before.spans, ...one.spans]),
        },
  );
}

/** What is provided first, then what an outsider may have written, then most of the value, then the newest. */
function ranked(
  { context }: HeldCall,
  value: Listed,
  past: Past | null,
  request: TrustedRequest | null,
  results: readonly Standing[],
): readonly ResultOrigin[] {
  const provider = past === null ? null : providing(context, value, past, request);
  const others = results
    .filter(({ seen }) => seen !== provider?.seen)
    .toSorted(
      (a, b) =>
        Number(isTrusted(a.seen)) - Number(isTrusted(b.seen)) ||
        unitsOf(b.spans) - unitsOf(a.spans) ||
        b.seen.ordinal - a.seen.ordinal,
    )
    .map((one) => originAt(one, false));
  return provider === null ? others : [originAt(provider, true), ...others];
}

function providing(
  { policy, run }: HeldCall['context'],
  { kind, value, text }: Listed,
  past: Past,
  request: TrustedRequest | null,
): Standing | null {
  if (value.type === 'unparsable') return null;
  const seen = { flow: policy.flow, past, context: { policy, run } };
  const provided = providedBy(seen, kind, value.key);
  const isProvided = provided === 'yes' || (provided === 'named' && request?.hasAny(kind) !== true);
  const record = isProvided ? providerOf(seen, kind, value.key) : null;
  return record === null
    ? null
    : {
        seen: record.seen,
        field: record.record?.at ?? null,
        spans: [{ start: 0, end: (text ?? '').length }],
      };
}

function isTrusted({ exchange }: SeenExchange): boolean {
  return exchange.past.trust === 'trusted';
}

function unitsOf(spans: readonly Stretch[]): number {
  return spans.reduce((units, { start, end }) => units + end - start, 0);
}

function originAt({ seen, field, spans }: Standing, provided: boolean): ResultOrigin {
  const { call, tool, trust } = seen.exchange.past;
  return {
    type: 'result',
    call,
    tool,
    trust,
    provided,
    field,
    sender: field === null ? null : senderAt(seen, field),
    spans: spans.map(({ start, end }) => ({ start, end })),
  };
}
