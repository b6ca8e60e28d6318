/**
 * Session ids of the legacy era, which carry nothing but their own proof: random bytes, and an HMAC over them and the
 * credential they were given to. So they survive a restart and work on any replica, where most clients stay broken
 * after a 404. A session is not a run and grants nothing.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { mcpLimits } from './limits.ts';

const form = /^sps_([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

export interface Sessions {
  readonly open: (credential: string) => string;
  readonly isOpen: (id: string, credential: string) => boolean;
  readonly end: (id: string) => void;
}

export function signedSessions(key: Uint8Array): Sessions {
  /** Oldest first. Forgetting one only makes an ended id usable again by the credential that it belongs to. */
  const ended = new Set<string>();

  const sign = (nonce: string, credential: string): string =>
    createHmac('sha256', key).update(`mcp-session\0${nonce}\0${credential}`).digest('base64url');

  return {
    open(credential) {
      const nonce = randomBytes(16).toString('base64url');
      return `sps_${nonce}.${sign(nonce, credential)}`;
    },
    isOpen(id, credential) {
      const [, nonce, signature] = form.exec(id) ?? [];
      if (nonce === undefined || signature === undefined || ended.has(id)) return false;
      // As text: the same bytes have four spellings, and a session that was ended in one must not go on in another.
      return timingSafeEqual(Buffer.from(signature), Buffer.from(sign(nonce, credential)));
    },
    end(id) {
      ended.add(id);
      const [oldest] = ended;
      if (ended.size > mcpLimits.endedSessionsMax && oldest !== undefined) ended.delete(oldest);
    },
  };
}
