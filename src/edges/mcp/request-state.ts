/**
 * What a modern client carries from a held call to its retry. It is no authority: it names the hold, and whoever has it can
 * do no more than repeat the call with the agent's own credential. Sealed, so that nobody makes one, changes one, or reads
 * what it is bound to.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { readJson } from '../../content/json.ts';
import { mcpLimits } from './limits.ts';

export interface RequestState {
  /** The hold, and so its run and the digest of the held call: an id is never given twice. */
  readonly hold: string;
  /** Who may present it. */
  readonly credential: string;
  /** Digest of the request that was held. */
  readonly request: string;
  readonly untilMs: number;
  /** How often this client has been told in a row that the call still waits. */
  readonly round: number;
  /** It was asked to show our page: its retry says what became of that. */
  readonly askedForPage: boolean;
}

export interface OpenedState extends RequestState {
  /** Its own, for using it once. */
  readonly id: string;
}

export interface StateSeal {
  readonly seal: (state: RequestState) => string;
  /** Null: nobody here sealed it. */
  readonly open: (text: string) => OpenedState | null;
}

const prefix = 'spq_';
const form = /^spq_([A-Za-z0-9_-]+)$/;
const nonceBytes = 12;
const tagBytes = 16;
const algorithm = 'aes-256-gcm';

const shape = z.strictObject({
  hold: z.string(),
  credential: z.string(),
  request: z.string(),
  untilMs: z.number(),
  round: z.number(),
  askedForPage: z.boolean(),
});

/** @param key - the gateway's session key: one that was lost costs clients a call without a state. */
export function stateSeal(key: Uint8Array): StateSeal {
  const own = createHmac('sha256', key).update('mcp-request-state').digest();
  return {
    seal(state) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, own, nonce);
      const sealed = [nonce, cipher.update(JSON.stringify(state), 'utf8'), cipher.final()];
      return prefix + Buffer.concat([...sealed, cipher.getAuthTag()]).toString('base64url');
    },
    open(text) {
      if (text.length > mcpLimits.requestStateLengthMax) return null;
      const [, encoded] = form.exec(text) ?? [];
      if (encoded === undefined) return null;
      const bytes = Buffer.from(encoded, 'base64url');
      if (bytes.length <= nonceBytes + tagBytes) return null;
      const nonce = bytes.subarray(0, nonceBytes);
      const decipher = createDecipheriv(algorithm, own, nonce, { authTagLength: tagBytes });
      decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes));
      try {
        const opened = Buffer.concat([
          decipher.update(bytes.subarray(nonceBytes, bytes.length - tagBytes)),
          decipher.final(),
        ]);
        // By its nonce: the same bytes have several spellings, and one that was used in one must not be used in another.
        return { ...shape.parse(readJson(opened)), id: nonce.toString('base64url') };
      } catch {
        return null;
      }
    },
  };
}
