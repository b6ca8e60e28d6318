/**
 * Session ids of the legacy era, which carry nothing but what their client said it can do, and their own proof: random
 * bytes, and an HMAC over them and the credential they were given to. So they survive a restart and work on any replica,
 * where most clients stay broken after a 404. A session is not a run and grants nothing.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { mcpLimits } from './limits.ts';

export interface Session {
  readonly id: string;
  /** Its client can show a person a page (`elicitation.url`). */
  readonly showsPages: boolean;
}

const pagesMark = 'u';
const form = /^sps_([A-Za-z0-9_-]{22})(u?)\.([A-Za-z0-9_-]{43})$/;

export interface Sessions {
  readonly open: (credential: string, showsPages: boolean) => string;
  /** Null: it isn't ours, isn't this credential's, or was ended. */
  readonly find: (id: string, credential: string) => Session | null;
  readonly end: (id: string) => void;
}

export function signedSessions(key: Uint8Array): Sessions {
  /** Oldest first. Forgetting one only makes an ended id usable again by the credential that it belongs to. */
  const ended = new Set<string>();

  const sign = (body: string, credential: string): string =>
    createHmac('sha256', key).update(`mcp-session\0${body}\0${credential}`).digest('base64url');

  return {
    open(credential, showsPages) {
      const body = randomBytes(16).toString('base64url') + (showsPages ? pagesMark : '');
      return `sps_${body}.${sign(body, credential)}`;
    },
    find(id, credential) {
      const [, nonce, mark = '', signature] = form.exec(id) ?? [];
      if (nonce === undefined || signature === undefined || ended.has(id)) return null;
      // As text: the same bytes have four spellings, and a session that was ended in one must not go on in another.
      const proof = Buffer.from(sign(nonce + mark, credential));
      if (!timingSafeEqual(Buffer.from(signature), proof)) return null;
      return { id, showsPages: mark === pagesMark };
    },
    end(id) {
      ended.add(id);
      const [oldest] = ended;
      if (ended.size > mcpLimits.endedSessionsMax && oldest !== undefined) ended.delete(oldest);
    },
  };
}
