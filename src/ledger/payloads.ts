import { hash } from 'node:crypto';
import type { JsonObject } from '../content/value.ts';

/** The digests of what an event keeps apart from itself; each once. */
export function payloadsNamedBy(event: JsonObject): readonly string[] {
  switch (event['type']) {
    case 'call.denied':
    case 'call.started':
      return digestsOf(event['arguments']);
    case 'call.finished':
      return [
        ...new Set(['result', 'released', 'shown'].flatMap((name) => digestsOf(event[name]))),
      ];
    default:
      return [];
  }
}

function digestsOf(value: unknown): string[] {
  return typeof value === 'string' ? [value] : [];
}

export function payloadDigest(bytes: Uint8Array): string {
  return `sha256:${hash('sha256', bytes, 'hex')}`;
}
