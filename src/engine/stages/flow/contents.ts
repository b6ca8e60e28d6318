import { type Leak, leak } from '../../../content/text-features/leak.ts';
import type { ReadFeatures } from '../../../content/text-features/read-features.ts';
import type { JsonObject } from '../../../content/value.ts';
import type { Finding } from '../../decision.ts';
import { coversClass } from './classes.ts';
import { forgottenIn, whyForgotten } from './forgotten.ts';
import { finding, type Inquiry } from './inquiry.ts';
import { carriesText, outgoingText } from './outgoing.ts';
import type { PastRecord } from './past.ts';
import { unaskedOf } from './unasked.ts';

/** Evidence from so many records is enough for a person. */
const recordsShownMax = 3;
const piecesShownMax = 3;

/**
 * What leaves must not be what the run has read and nobody asked to pass on. An answer to it speaks of this one text: it is
 * remembered for no other.
 */
export function contents(inquiry: Inquiry): readonly Finding[] {
  const { request, past } = inquiry;
  if (request === null || !carriesText(inquiry)) return [];
  const unasked = unaskedOf(past, request);
  if (unasked.isEmpty && !inquiry.context.run.historyLost) return [];
  const text = outgoingText(inquiry);
  if (text === '') return [];
  const forms = unasked.formsOf(text, 'leak');
  const leaks: { readonly record: PastRecord; readonly leak: Leak }[] = [];
  let denied = false;
  for (const record of unasked.suspectsOf(forms)) {
    // A thousand records may share a sentence: more evidence is wanted only where it could turn a question into a denial.
    if (leaks.length >= recordsShownMax && !isClassed(inquiry, record)) continue;
    const found = leak(
      forms,
      unasked.featuresOf(record),
      unasked.allowed,
      unasked.carriedOf(record),
    );
    if (found === null) continue;
    leaks.push({ record, leak: found });
    denied ||= isClassed(inquiry, record);
    if (denied && leaks.length >= recordsShownMax) break;
  }
  if (leaks.length === 0) return forgotten(inquiry, text, unasked.allowed);
  return [
    finding(denied ? 'deny' : 'hold', 'flow.content', inquiry, {
      text: `(${text.length} characters)`,
      found: leaks.slice(0, recordsShownMax).map((one) => leakDetails(one.record, one.leak)),
      records: leaks.length,
      why: 'the request names neither the record nor the look-up that showed it',
    }),
  ];
}

function forgotten(
  inquiry: Inquiry,
  text: string,
  allowed: readonly ReadFeatures[],
): readonly Finding[] {
  const found = forgottenIn(inquiry, text, allowed);
  if (found === null) return [];
  return [
    finding('hold', 'flow.content', inquiry, {
      text: `(${text.length} characters)`,
      found: [],
      why: whyForgotten,
    }),
  ];
}

/** Of a class that may not go where the call goes, which the policy said is more than a matter of asking. */
function isClassed(inquiry: Inquiry, { seen: { tool } }: PastRecord): boolean {
  const classes = tool?.returns.classes ?? [];
  return classes.some((name) => !coversClass(inquiry, name));
}

export function leakDetails({ seen, record }: PastRecord, found: Leak): JsonObject {
  const { exchange, ordinal } = seen;
  return {
    call: exchange.past.call,
    tool: exchange.past.tool,
    result: ordinal,
    field: record?.at ?? null,
    names: record?.names.slice(0, 2).map((name) => name.slice(0, 80)) ?? [],
    by: found.by,
    // The ledger keeps findings for ever: enough to recognise what it is, not to use it.
    pieces: found.pieces
      .slice(0, piecesShownMax)
      .map((piece) => (found.by === 'identifier' ? hinted(piece) : piece)),
    ...(found.decodings.length > 0 ? { written: found.decodings } : {}),
    ...(found.continued ? { continued: true } : {}),
  };
}

function hinted(piece: string): string {
  return `${Array.from(piece).slice(0, 3).join('')}… (${piece.length} characters)`;
}
