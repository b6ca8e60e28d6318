/** What stands in a hold's facts that a message may tell, read back from where they are kept. */
import { readJson } from '../content/json.ts';
import type { JsonValue } from '../content/value.ts';
import type { Run } from '../engine/run.ts';
import type { Channel } from '../policy/model.ts';
import { parseHoldFacts } from '../runtime/approvals/stored-facts.ts';
import type { Store } from '../store/port.ts';
import type { HoldNotice } from './notice.ts';

export interface FactsTold {
  /** One sentence in Sallyport's words. */
  readonly sentence: string;
  readonly values: readonly { readonly pointer: string; readonly value: JsonValue }[];
}

/** Null: they can't be read, and the message says what the event says. */
export async function factsFor(
  notice: HoldNotice,
  { shows }: Pick<Channel, 'shows'>,
  store: Pick<Store, 'payload' | 'loadRun'>,
): Promise<FactsTold | null> {
  const bytes = await store.payload(notice.facts);
  if (bytes === null) return null;
  const facts = parseHoldFacts(readJson(bytes, { bytesMax: bytes.length, depthMax: 200 }));
  if (facts === null) return null;
  const mayShow = shows.size > 0 && showsAllOf(shows, await store.loadRun(notice.run));
  return mayShow
    ? { sentence: facts.summary, values: facts.values }
    : { sentence: facts.outline, values: [] };
}

/**
 * Nobody knows which classes an argument is of: a model may have put into it whatever its run has read. So the channel has to
 * hold all of those, and personal data too, since an argument may name anybody.
 */
function showsAllOf(shows: Channel['shows'], run: Run | null): boolean {
  return run !== null && [...run.labels.classes, 'pii'].every((one) => shows.has(one));
}
