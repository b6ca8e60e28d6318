import { hash } from 'node:crypto';
import { isJsonObject, type JsonObject } from '../content/value.ts';

/** The digests of what an event keeps apart from itself; each once. */
export function payloadsNamedBy(event: JsonObject): readonly string[] {
  switch (event['type']) {
    case 'call.denied':
    case 'call.started':
      return digestsOf(event, ['arguments']);
    case 'call.held':
      return digestsOf(event, ['arguments', 'shown']);
    case 'call.finished': {
      const { withheld } = event;
      const waits = isJsonObject(withheld)
        ? digestsOf(withheld, ['arguments', 'kept', 'facts'])
        : [];
      return [...new Set([...digestsOf(event, ['result', 'released', 'shown']), ...waits])];
    }
    default:
      return [];
  }
}

function digestsOf(holder: JsonObject, names: readonly string[]): string[] {
  const digests = names.flatMap((name) => {
    const value = holder[name];
    return typeof value === 'string' ? [value] : [];
  });
  return [...new Set(digests)];
}

export function payloadDigest(bytes: Uint8Array): string {
  return `sha256:${hash('sha256', bytes, 'hex')}`;
}
