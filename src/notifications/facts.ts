/** What stands in a hold's facts that a message may tell, read back from where they are kept. */
import { readJson } from '../content/json.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../content/value.ts';
import type { Run } from '../engine/run.ts';
import type { Channel } from '../policy/model.ts';
import type { Store } from '../store/port.ts';
import type { HoldNotice } from './notice.ts';

export interface FactsTold {
  /** One sentence in Sallyport's words. */
  readonly sentence: string;
  readonly values: readonly { readonly pointer: string; readonly value: JsonValue }[];
}

const factsBytesMax = 4 * 1024 * 1024;

/** Null: they can't be read, and the message says what the event says. */
export async function factsFor(
  notice: HoldNotice,
  { shows }: Pick<Channel, 'shows'>,
  store: Pick<Store, 'payload' | 'loadRun'>,
): Promise<FactsTold | null> {
  const bytes = await store.payload(notice.facts);
  if (bytes === null) return null;
  const facts = readJson(bytes, { bytesMax: factsBytesMax, depthMax: 200 });
  if (!isJsonObject(facts)) return null;
  const { outline, summary, values } = facts;
  if (typeof outline !== 'string' || typeof summary !== 'string') return null;
  const mayShow = shows.size > 0 && showsAllOf(shows, await store.loadRun(notice.run));
  if (!mayShow) return { sentence: outline, values: [] };
  return { sentence: summary, values: isJsonArray(values) ? values.flatMap(shownValue) : [] };
}

/**
 * Nobody knows which classes an argument is of: a model may have put into it whatever its run has read. So the channel has to
 * hold all of those, and personal data too, since an argument may name anybody.
 */
function showsAllOf(shows: Channel['shows'], run: Run | null): boolean {
  return run !== null && [...run.labels.classes, 'pii'].every((one) => shows.has(one));
}

function shownValue(entry: JsonValue): FactsTold['values'] {
  if (!isJsonObject(entry)) return [];
  const { pointer, value } = entry;
  return typeof pointer === 'string' && value !== undefined ? [{ pointer, value }] : [];
}
