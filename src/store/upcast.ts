/** From a leaf's bytes to the event as today's code knows it. Versions that were written once are readable for ever. */
import { isJsonObject, type JsonValue } from '../content/value.ts';
import type { Event } from '../engine/events.ts';
import { StoreError } from './errors.ts';
import { eventShape } from './event-shape.ts';

/** The newest `v` that this code writes. */
export const eventVersion = 1;

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * @param seq where the leaf lies: for the message only.
 * @throws {StoreError} `store.corrupt` when the leaf isn't an event that any version of this code wrote.
 */
export function readEvent(leaf: Uint8Array, seq: number): Event {
  const value = parse(leaf, seq);
  const version = isJsonObject(value) ? value['v'] : undefined;
  if (typeof version === 'number' && version > eventVersion) {
    throw new StoreError('store.corrupt', `event ${seq} has version ${version}`, {
      hint: `a newer Sallyport wrote it; this one reads versions up to ${eventVersion}`,
    });
  }
  const read = eventShape.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw corrupt(seq, `${issue?.path.join('.') ?? ''}: ${issue?.code ?? 'unknown'}`);
}

function parse(leaf: Uint8Array, seq: number): JsonValue {
  try {
    return JSON.parse(decoder.decode(leaf));
  } catch {
    throw corrupt(seq, 'not JSON');
  }
}

function corrupt(seq: number, what: string): StoreError {
  return new StoreError('store.corrupt', `event ${seq} can't be read: ${what}`, {
    hint: '`sallyport ledger verify` with a kept checkpoint says what was changed',
  });
}
