import type { Kind, Parsed, Unparsable } from '../../../content/kind.ts';
import { parseReturned } from '../../../content/kinds.ts';
import { isJsonArray, type JsonValue } from '../../../content/value.ts';
import type { RecordTest, ValueTest, WhereTest } from '../../../policy/model.ts';
import type { ArgumentValue } from '../../call.ts';
import type { ShownRecord } from '../../exchange.ts';
import { recordOf } from '../../records.ts';
import { type Answer, met, type Question, shown, unjudged, unmet } from './check.ts';
import { matches } from './terms.ts';

/**
 * Whether what the argument names is such: whose it is, what state it is in. Of what the run wasn't shown, or may have
 * changed since, nobody can say: that is refused, and no person is asked about it.
 */
export function checkRecord(
  argument: string,
  { object, tests }: Extract<WhereTest, { type: 'record' }>,
  values: readonly ArgumentValue[],
  question: Question,
): Answer {
  const { facts, policy } = question.context;
  if (facts.history === null)
    return unjudged('authorize.unresolved', { argument, reason: 'history' });
  const { freshMs } = question.tool;
  for (const value of values) {
    if (value.kind !== `object.${object}` || value.value.type === 'unparsable') continue;
    const name = { object, id: value.value.key };
    const known = recordOf(facts.history, policy.tools, name, { nowMs: facts.nowMs, freshMs });
    const reason = known === null ? 'not_seen' : known.staleBecause;
    if (known === null || reason !== null)
      return unjudged('authorize.unresolved', { argument, value: shown([value]), reason });
    for (const test of tests) {
      const found = fieldOf(known.record, test.name);
      if (found === undefined)
        return unjudged('authorize.unresolved', {
          argument,
          value: shown([value]),
          field: test.name,
          reason: 'not_shown',
        });
      if (!fitsField(test, found, question))
        return unmet('authorize.where', {
          argument,
          refused: shown([value]),
          field: test.name,
          call: known.exchange.past.call,
        });
    }
  }
  return met('authorize.where', () => ({ argument, found: shown(values) }));
}

/** Undefined: the call that returned it didn't show it. */
function fieldOf({ owner, fields }: ShownRecord, name: string): JsonValue | undefined {
  if (name === 'owner') return owner ?? undefined;
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** Of several values every one has to pass; none is nothing that could. */
function fitsField(test: RecordTest, found: JsonValue, question: Question): boolean {
  const values: readonly JsonValue[] = isJsonArray(found) ? found : [found];
  return values.length > 0 && values.every((value) => fitsValue(test, value, question));
}

function fitsValue({ kind, test }: RecordTest, value: JsonValue, { party }: Question): boolean {
  if (test.type === 'range') return isBetween(test, typeof value === 'number' ? value : Number.NaN);
  return matches(test.terms, readField(kind, value), { case: party.case, kind });
}

/** An amount was taken down in the smallest unit, whatever its tool counts in. */
function readField(kind: Kind, value: JsonValue): Parsed | Unparsable {
  if (kind.name !== 'amount') return parseReturned(kind, value);
  const currency = kind.currency ?? '';
  return typeof value === 'number'
    ? { type: 'amount', key: `${currency} ${value}`, minor: value, currency }
    : { type: 'unparsable', reason: 'is no amount' };
}

export function isBetween(
  { min, max }: Extract<ValueTest, { type: 'range' }>,
  found: number,
): boolean {
  if (!Number.isFinite(found)) return false;
  return (min === null || found >= min) && (max === null || found <= max);
}
