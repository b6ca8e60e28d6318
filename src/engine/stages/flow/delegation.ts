import { printable } from '../../../content/escape.ts';
import type { JsonObject } from '../../../content/value.ts';
import { understand } from '../../request/understand.ts';
import { type Inquiry, isAction } from './inquiry.ts';
import { type PastRecord, textOfRecord } from './past.ts';

/** What a person reads before agreeing that a document speaks for the user. */
const textShownMax = 4_000;

/**
 * "Do the tasks in the mail from Ann": the record that the request speaks of, if its text asks for this action. Null: the
 * request hands nothing on, or the document doesn't explain the call.
 */
export function delegationOf(
  inquiry: Inquiry,
): { readonly text: string; readonly details: JsonObject } | null {
  const { request, context, past, tool } = inquiry;
  const delegation = request?.understood.delegation ?? null;
  if (request === null || delegation === null || context.run.only !== null) return null;
  if (!isAction(tool) || request.understood.asksFor(tool.action, tool.on, tool.operation) !== null)
    return null;
  for (const seen of past.seen.toReversed()) {
    if (seen.exchange.past.tier > 0) continue;
    for (const one of seen.records) {
      if (!isDocument(one, delegation.states, delegation.objects)) continue;
      const text = textOfRecord(one);
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
      };
      return { text, details };
    }
  }
  return null;
}

/** What the request states of it stands in it; without anything stated, the request has to name it. */
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
  const text = `${textOfRecord(one)}\n${(one.record?.names ?? []).join('\n')}`.toLowerCase();
  return states.every((stated) => text.includes(stated.toLowerCase()));
}
