import { printable } from '../../../content/escape.ts';
import type { JsonObject } from '../../../content/value.ts';
import { understand } from '../../request/understand.ts';
import { type Inquiry, isAction } from './inquiry.ts';
import { type PastRecord, textOfRecord } from './past.ts';
import { dataOf, leavesOf, pointed } from './texts.ts';

/** What a person reads before agreeing that a document speaks for the user. */
const textShownMax = 4_000;

/** Documents that one call is compared with: each is read as a request is. What more of them says explains nothing. */
const documentsMax = 16;

export interface Delegated {
  /** What a person is shown of it, and no more: what isn't shown isn't agreed to. Empty: several documents ask for it. */
  readonly text: string;
  readonly details: JsonObject;
}

/**
 * "Do the tasks in the mail from Ann": the record that the request speaks of, if its text asks for this action. Null: the
 * request hands nothing on, or the document doesn't explain the call.
 */
export function delegationOf(inquiry: Inquiry): Delegated | null {
  const { request, context, past, tool } = inquiry;
  const delegation = request?.understood.delegation ?? null;
  if (request === null || delegation === null || context.run.only !== null) return null;
  if (!isAction(tool) || request.understood.asksFor(tool.action, tool.on, tool.operation) !== null)
    return null;
  const documents = new Set<string>();
  const found: Delegated[] = [];
  for (const seen of past.seen) {
    if (seen.exchange.past.tier > 0) continue;
    for (const one of seen.records) {
      if (!isDocument(one, delegation.states, delegation.objects)) continue;
      const whole = textOfRecord(one);
      const text = whole.slice(0, textShownMax);
      // Read twice, it is one document still.
      if (documents.has(text)) continue;
      documents.add(text);
      if (documents.size > documentsMax) continue;
      const { asksFor } = understand(text, context.policy.actionWords);
      if (asksFor(tool.action, tool.on, tool.operation) === null) continue;
      const details = {
        clause: delegation.clause.text.slice(0, 200),
        call: seen.exchange.past.call,
        tool: seen.exchange.past.tool,
        result: seen.ordinal,
        field: one.record?.at ?? null,
        trust: seen.exchange.past.trust,
        text: printable(text, textShownMax),
        ...(whole.length > text.length ? { charactersLeftOut: whole.length - text.length } : {}),
      };
      found.push({ text, details });
    }
  }
  const [first] = found;
  if (first === undefined) return null;
  // Those that weren't read may ask for it too.
  const several = found.length + Math.max(0, documents.size - documentsMax);
  return several === 1 ? first : { text: '', details: { ...first.details, documents: several } };
}

/** What the request states of it is what it is called; without anything stated, the request has to name it. */
function isDocument(
  one: PastRecord,
  states: readonly string[],
  objects: readonly string[],
): boolean {
  if (one.record === null && one.seen.records.length > 1) return false;
  if (states.length === 0) {
    const object = one.record?.object ?? null;
    return (
      one.asked !== null && (objects.length === 0 || object === null || objects.includes(object))
    );
  }
  const known = describing(one);
  return states.every((stated) => known.has(folded(stated)));
}

/** Its fields as wholes, and by what it was looked up: a text that only speaks of the document doesn't pass for it. */
function describing({ seen: { exchange }, record }: PastRecord): ReadonlySet<string> {
  const data = dataOf(exchange);
  const inside = data === null || record === null ? null : (pointed(data, record.at) ?? null);
  const lookUp = record === null || record.at === '' ? leavesOf(exchange.args) : [];
  return new Set(
    [...(inside === null ? [] : leavesOf(inside)), ...lookUp]
      .map(({ value }) => value)
      .concat(record?.names ?? [])
      .map(folded),
  );
}

function folded(text: string): string {
  return text.trim().toLowerCase();
}
