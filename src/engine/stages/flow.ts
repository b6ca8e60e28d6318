import type { Context } from '../context.ts';
import type { Finding } from '../decision.ts';
import { deny } from '../findings.ts';
import { classes } from './flow/classes.ts';
import { contents } from './flow/contents.ts';
import { destinations } from './flow/destinations.ts';
import { external } from './flow/external.ts';
import { orderedByTexts } from './flow/flagged.ts';
import { inquiryOf } from './flow/inquire.ts';
import { intent } from './flow/intent.ts';
import { links } from './flow/links.ts';
import { objects } from './flow/objects.ts';
import { queries } from './flow/queries.ts';
import { slots } from './flow/slots.ts';

/**
 * Whether the call serves the user, or a text that the agent read: whoever writes what an agent reads must choose neither
 * where anything goes, nor what is done to what, nor what leaves. Every rule compares the call with the trusted request,
 * the case and what the run was shown; none asks a model, and none allows what another stage refuses.
 */
export function flow(context: Context): readonly Finding[] {
  const inquiry = inquiryOf(context);
  if (inquiry === null) return [];
  if (inquiry === 'lost') return [deny('flow', 'flow.history', {}, context.tool?.at ?? null)];
  return orderedByTexts(inquiry, [
    ...external(inquiry),
    ...destinations(inquiry),
    ...intent(inquiry),
    ...objects(inquiry),
    ...slots(inquiry),
    ...contents(inquiry),
    ...queries(inquiry),
    ...links(inquiry),
    ...classes(inquiry),
  ]);
}
