/**
 * Handles of runs: the run's id, and a seal over it that only this gateway can make. Who sees an id (in the ledger, an
 * alert, a refusal) has not got its handle.
 */
import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Store } from '../store/port.ts';

const handlePrefix = 'spr_';
const idPrefix = 'run_';
const handleForm = /^spr_([0-9A-Za-z_-]{24})([0-9A-Za-z_-]{24})$/;
/** 144 bits of an HMAC-SHA256. */
const sealBytes = 18;

/** Handles in use at a time: one that is forgotten is only checked again. */
const handlesMax = 10_000;

export interface RunHandles {
  /** @param randomId 144 random bits, base64url. */
  readonly idOf: (randomId: string) => string;
  readonly seal: (id: string) => string;
  /** The id of the run that a handle names; null: nobody here sealed it. */
  readonly open: (handle: string) => string | null;
}

export function sealedHandles(key: Uint8Array): RunHandles {
  /** Made once: making it costs five times what sealing does. */
  const secret = createSecretKey(key);
  /** Handles whose seal was found good. */
  const opened = new Map<string, string>();

  const sealOf = (id: string): string =>
    createHmac('sha256', secret).update(id).digest().subarray(0, sealBytes).toString('base64url');

  function check(handle: string): string | null {
    const [, random, seal] = handleForm.exec(handle) ?? [];
    if (random === undefined || seal === undefined) return null;
    const id = idPrefix + random;
    if (!timingSafeEqual(Buffer.from(seal), Buffer.from(sealOf(id)))) return null;
    if (opened.size >= handlesMax) opened.clear();
    opened.set(handle, id);
    return id;
  }

  return {
    idOf: (randomId) => idPrefix + randomId,
    seal: (id) => handlePrefix + id.slice(idPrefix.length) + sealOf(id),
    open: (handle) => opened.get(handle) ?? check(handle),
  };
}

const handleKeyState = 'run-handle-key';

/** Kept with the runs: whoever restores them restores their handles. */
export async function handleKeyIn(store: Store): Promise<Uint8Array> {
  const kept = await store.readState(handleKeyState);
  if (typeof kept === 'string') return Buffer.from(kept, 'base64url');
  const key = randomBytes(32);
  await store.commitGateway({
    events: [],
    writes: [{ key: handleKeyState, value: key.toString('base64url') }],
  });
  return key;
}
