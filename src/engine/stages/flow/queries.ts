import type { KindName } from '../../../content/kind.ts';
import { type Leak, queryLeak } from '../../../content/text-features/leak.ts';
import { type ReadFeatures, readFeatures } from '../../../content/text-features/read-features.ts';
import { containsWhole } from '../../../content/values-in-text/whole-token.ts';
import type { ArgumentValue } from '../../call.ts';
import type { Finding } from '../../decision.ts';
import type { Exchange } from '../../exchange.ts';
import { leakDetails } from './contents.ts';
import { forgottenInQuery, whyForgotten } from './forgotten.ts';
import { finding, type Inquiry, looksUp, valueDetails } from './inquiry.ts';
import { linksOf, type Past, type PastRecord, textOfRecord } from './past.ts';
import { isPlanned } from './planned.ts';
import { unaskedOf } from './unasked.ts';

/** Of a reading call, whatever it says. */
const said: ReadonlySet<KindName> = new Set([
  'identifier',
  'path',
  'url',
  'folder',
  'reference',
  'command',
  'content',
  'title',
  'attachment',
  'recipient',
]);

/** A look-up says something to whoever answers it: what was read and nobody asked for must not leave by one. */
export function queries(inquiry: Inquiry): readonly Finding[] {
  const { request, past, read } = inquiry;
  if (request === null) return [];
  const values = read.values.filter((value) => isSaid(inquiry, value));
  if (values.length === 0) return [];
  const unasked = unaskedOf(past, request);
  if (unasked.isEmpty && !inquiry.context.run.historyLost) return [];
  const findings: Finding[] = [];
  let listed: readonly ReadFeatures[] | null = null;
  for (const value of values) {
    if (value.value.type === 'unparsable' || isRead(past, value)) continue;
    if (isPlanned(inquiry.context, value.argument, value.kind, value.value)) continue;
    const forms = unasked.formsOf(value.value.key, 'query');
    if (forms.length === 0 && !inquiry.context.run.historyLost) continue;
    listed ??= [...unasked.allowed, ...namesSeen(past)];
    const lost = forgottenInQuery(inquiry, value.value.key, listed);
    if (lost !== null && !isId(inquiry, value, lost)) {
      findings.push(
        finding('deny', 'flow.query', inquiry, {
          ...valueDetails(value),
          value: `(${value.value.key.length} characters)`,
          found: [],
          why: whyForgotten,
        }),
      );
      continue;
    }
    for (const record of unasked.suspectsOfQuery(forms)) {
      const found = queryLeak(forms, unasked.featuresOf(record), listed);
      if (found === null || isId(inquiry, value, found) || isListed(inquiry, value, record))
        continue;
      findings.push(
        finding('deny', 'flow.query', inquiry, {
          ...valueDetails(value),
          value: `(${value.value.key.length} characters)`,
          found: [leakDetails(record, found)],
          why: 'the request names neither the record nor the look-up that showed it',
        }),
      );
      break;
    }
  }
  return findings;
}

function isSaid({ tool }: Inquiry, { kind }: ArgumentValue): boolean {
  return looksUp(kind) || (tool.tier === 0 && said.has(kind));
}

/** An id that an inside look-up is given says nothing to anybody who doesn't know it; a sentence does. */
function isId({ outbound }: Inquiry, { kind, value }: ArgumentValue, found: Leak): boolean {
  if (outbound || looksUp(kind) || value.type === 'unparsable') return false;
  return found.by === 'identifier' && !/\s/.test(value.key);
}

/** `bill-may.txt`, where that stands as a whole in what was read: its words say no more than that it is there. */
function isListed(
  { outbound }: Inquiry,
  { kind, value }: ArgumentValue,
  record: PastRecord,
): boolean {
  if (outbound || looksUp(kind) || value.type === 'unparsable' || /\s/.test(value.key))
    return false;
  return containsWhole(textOfRecord(record), value.key);
}

/** A place that stands in a result carries nothing but what whoever wrote it knew: whether it may be opened is asked elsewhere. */
function isRead(past: Past, { kind, value }: ArgumentValue): boolean {
  if (kind !== 'url' || value.type !== 'url') return false;
  return past.seen.some(({ records }) =>
    records.some((one) => linksOf(one).has(`url ${value.key}`)),
  );
}

const names = new WeakMap<Exchange, ReadFeatures>();

/** What was listed may be looked up: the names and ids of records, and the values that a directory provides. */
function namesSeen(past: Past): readonly ReadFeatures[] {
  return past.seen.flatMap(({ exchange }) => {
    let read = names.get(exchange);
    if (read === undefined) {
      const texts = exchange.shown.records.flatMap((record) => [
        ...record.names,
        ...(record.id === null ? [] : [record.id]),
        ...record.provides.map(({ key }) => key),
      ]);
      read = readFeatures(texts.join('\n'));
      names.set(exchange, read);
    }
    return read.hashes.length === 0 ? [] : [read];
  });
}
