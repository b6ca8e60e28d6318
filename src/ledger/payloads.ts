import { hash } from 'node:crypto';
import type { Event } from '../engine/events.ts';

/** The digests of what an event keeps apart from itself. */
export function payloadsOf(event: Event): readonly string[] {
  switch (event.type) {
    case 'call.denied':
    case 'call.started':
      return [event.arguments];
    case 'call.finished':
      return [event.result, event.released].filter((digest) => digest !== null);
    default:
      return [];
  }
}

export function payloadDigest(bytes: Uint8Array): string {
  return `sha256:${hash('sha256', bytes, 'hex')}`;
}
