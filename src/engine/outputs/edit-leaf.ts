/** One leaf as an agent gets it: what may not be seen is gone, what nobody sees is gone, what gives orders is marked. */
import { applyEdits, type Edit, type Edited, merged, type Stretch } from '../../content/edits.ts';
import {
  lookedAtUntil,
  markCloses,
  markOpens,
  neverLookedAt,
} from '../../content/marks-in-text.ts';
import { placeholder } from '../../content/placeholder.ts';
import { withLinksShown } from '../../content/sanitise.ts';
import { toSentenceEnd } from '../../content/sentence.ts';
import type { Leaf } from './leaves.ts';
import type { Look, Reading, Seen } from './look.ts';
import type { Marks } from './marks.ts';

/** What is done with what was found. */
export interface Treatment {
  /** From which score on a text counts as giving orders. */
  readonly at: number;
  readonly orders: 'mark' | 'redact';
  readonly pii: ReadonlySet<string>;
  readonly secrets: boolean;
}

export interface EditContext {
  readonly reading: Reading;
  readonly treatment: Treatment;
  readonly marks: Marks;
}

export interface EditedLeaf {
  readonly text: string;
  /** Something in it that nobody sees, or a link or an image, was changed. */
  readonly isSanitised: boolean;
}

/** Spans that a few words part are one to a reader. */
const spanGapUnits = 32;

/** Redacting comes before sanitising, and both before marking: what was cut out can't be marked, and a mark ends no link. */
export function editLeaf(
  leaf: Leaf,
  look: Look,
  seen: Seen | null,
  context: EditContext,
): EditedLeaf {
  if (seen === null) return { text: neverLookedAt + leaf.text, isSanitised: false };
  const { reading, treatment, marks } = context;
  const cleaned = look.cleaned.text;
  const orders = seen.score >= treatment.at ? ordersIn(cleaned, seen, treatment.at) : [];
  const redacted = applyEdits(cleaned, redactions(cleaned, seen, orders, context));
  const linked =
    leaf.form === 'text' ? withLinksShown(redacted.text, reading) : applyEdits(redacted.text, []);
  const plain = withoutBoundary(linked.text, marks.boundary);
  const placeOf = (at: number, side: 'start' | 'end'): number =>
    plain.placeOf(linked.placeOf(redacted.placeOf(at, side), side), side);
  const isMarked = treatment.orders === 'mark' && (leaf.form === 'text' || leaf.form === 'key');
  const marked = isMarked
    ? merged(
        orders.map(({ start, end }) => ({
          start: placeOf(start, 'start'),
          end: placeOf(end, 'end'),
        })),
      )
    : [];
  const isSanitised = cleaned !== look.part || linked.text !== redacted.text;
  if (look.part.length === leaf.text.length)
    return { text: withMarks(plain.text, marked), isSanitised };
  // As the rest is never shown, its size alone matters: of what is cut it is said how much it was.
  const until = placeOf(look.cleaned.placeOf(reading.shownUnitsMax, 'end'), 'end');
  const head = withMarks(
    plain.text.slice(0, until),
    marked.flatMap(({ start, end }) =>
      start < until ? [{ start, end: Math.min(end, until) }] : [],
    ),
  );
  return { text: head + lookedAtUntil + leaf.text.slice(reading.shownUnitsMax), isSanitised };
}

/** A model says of a text that it gives orders, not where. */
function ordersIn(text: string, { instructions, model }: Seen, at: number): readonly Stretch[] {
  const whole = instructions.length === 0 || (model?.type === 'scored' && model.score >= at);
  return whole
    ? [{ start: 0, end: text.length }]
    : merged(
        merged(instructions, spanGapUnits).map((one) => toSentenceEnd(text, one)),
        spanGapUnits,
      );
}

interface Redaction extends Stretch {
  readonly label: string;
  /** Of two that overlap, the lower says what it was. */
  readonly rank: number;
}

function redactions(
  text: string,
  { pii, secrets }: Seen,
  orders: readonly Stretch[],
  { treatment, marks }: EditContext,
): readonly Edit[] {
  const found: Redaction[] = [];
  if (treatment.secrets)
    for (const { start, end } of secrets) found.push({ start, end, label: 'secret', rank: 0 });
  for (const { type, start, end } of pii)
    if (treatment.pii.has(type)) found.push({ start, end, label: type, rank: 1 });
  if (treatment.orders === 'redact')
    for (const { start, end } of orders)
      found.push({ start, end, label: 'instructions removed', rank: 2 });
  found.sort((a, b) => a.start - b.start);
  return joined(found).map(({ start, end, label }) => {
    const shown = placeholder(label, text.slice(start, end), marks.placeholderKey);
    // A bracket right behind it would make a link of it.
    const gap = /[([:]/.test(text.charAt(end)) ? ' ' : '';
    return { start, end, replacement: shown + gap };
  });
}

/** Of those that overlap nothing is left in between, or at an end. */
function joined(inOrder: readonly Redaction[]): readonly Redaction[] {
  const result: Redaction[] = [];
  for (const one of inOrder) {
    const last = result.at(-1);
    if (last === undefined || one.start >= last.end) {
      result.push(one);
      continue;
    }
    const said = one.rank < last.rank ? one : last;
    result[result.length - 1] = { ...said, start: last.start, end: Math.max(last.end, one.end) };
  }
  return result;
}

/** Nobody can know it; whoever should come to write it writes something else. */
function withoutBoundary(text: string, boundary: string): Edited {
  const edits: Edit[] = [];
  for (
    let at = text.indexOf(boundary);
    at !== -1;
    at = text.indexOf(boundary, at + boundary.length)
  )
    edits.push({ start: at, end: at + boundary.length, replacement: '…' });
  return applyEdits(text, edits);
}

function withMarks(text: string, stretches: readonly Stretch[]): string {
  return applyEdits(
    text,
    stretches.map(({ start, end }) => ({
      start,
      end,
      replacement: markOpens + text.slice(start, end) + markCloses,
    })),
  ).text;
}
