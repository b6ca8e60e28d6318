/**
 * What a run read before the calls that are looked back at is in no record any more. Whoever steers an agent could read a
 * secret, then a thousand trifles, and send it: what was forgotten may hold anything.
 */
import { type Leak, leak, queryLeak } from '../../../content/text-features/leak.ts';
import { outboundForms } from '../../../content/text-features/outbound-forms.ts';
import type { ReadFeatures } from '../../../content/text-features/read-features.ts';
import type { Inquiry } from './inquiry.ts';

/** Like a record that was too large to be read: it holds whatever anybody asks for. */
const anything: ReadFeatures = {
  hashes: new Int32Array(0),
  gramsFrom: 0,
  wordsFrom: 0,
  complete: false,
};

export const whyForgotten =
  'the run read more than is looked back at, and this is neither in its request nor in what it asks for';

/** A text that leaves. Null: it is the request's own words, or nothing is forgotten. */
export function forgottenIn(
  { context }: Inquiry,
  text: string,
  allowed: readonly ReadFeatures[],
): Leak | null {
  return context.run.historyLost ? leak(outboundForms(text), anything, allowed) : null;
}

/** What a look-up is given. */
export function forgottenInQuery(
  { context }: Inquiry,
  text: string,
  allowed: readonly ReadFeatures[],
): Leak | null {
  return context.run.historyLost ? queryLeak(outboundForms(text), anything, allowed) : null;
}
