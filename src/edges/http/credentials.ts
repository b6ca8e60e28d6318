import type { IncomingMessage } from 'node:http';
import { SallyportError } from '../../content/errors.ts';
import { IdentityError } from '../../identity/errors.ts';
import type { Principal } from '../../identity/principal.ts';
import type { LogLine } from '../../runtime/ports.ts';
import { readBody } from './body.ts';
import { headerOf } from './headers.ts';
import { keepFor } from './held-bytes.ts';
import { httpLimits } from './limits.ts';

/** Verifies an `Authorization` header. Throws IdentityError when it doesn't fit; anything else is our fault. */
export type Authenticate = (authorization: string | undefined) => Principal;

export type EdgeLog = (line: LogLine) => void;

export type Credential =
  | { readonly principal: Principal }
  | { readonly refused: CredentialRefusal };

export interface CredentialRefusal {
  readonly status: 401 | 403 | 503;
  readonly code: string;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A credential that can't be checked is not a good one. */
export function credentialOf(
  request: IncomingMessage,
  authenticate: Authenticate,
  log: EdgeLog,
): Credential {
  const authorization = headerOf(request, 'authorization') ?? undefined;
  try {
    const principal = authenticate(authorization);
    keepFor(request, principal.credential);
    return { principal };
  } catch (error) {
    if (error instanceof IdentityError) return { refused: unauthorized(error) };
    log({
      level: 'error',
      event: 'identity.unavailable',
      error: error instanceof Error ? error.message : String(error),
    });
    return {
      refused: {
        status: 503,
        code: 'identity.unavailable',
        message: 'the credential cannot be checked now',
        headers: {},
      },
    };
  }
}

export class CredentialRefused extends SallyportError {
  readonly refusal: CredentialRefusal;

  constructor(refusal: CredentialRefusal) {
    super(refusal.code, refusal.message);
    this.refusal = refusal;
  }
}

/**
 * The body of a request whose credential is good. A request may take a minute to arrive, and what began before its token
 * was revoked must not be done after it: of one that took its time, the credential is checked again.
 *
 * @throws {CredentialRefused} when it isn't good any more
 */
export function readBodyOf<Good extends object>(
  request: IncomingMessage,
  check: () => Good | { readonly refused: CredentialRefusal },
): Promise<Uint8Array> {
  const beganMs = performance.now();
  return readBody(request, httpLimits.bodyBytesMax).then((body) => {
    if (performance.now() - beganMs < httpLimits.credentialHoldsMs) return body;
    const credential = check();
    if ('refused' in credential) throw new CredentialRefused(credential.refused);
    return body;
  });
}

/**
 * A good credential of the wrong sort. Without a challenge: one that says `insufficient_scope` sends some clients to
 * register and open a browser, and they never come back.
 */
export function wrongScope(message: string): CredentialRefusal {
  return { status: 403, code: 'identity.scope', message, headers: {} };
}

/** No `resource_metadata` in the challenge: there is no authorization server, and clients that look for one hang. */
function unauthorized(error: IdentityError): CredentialRefusal {
  const reason = error.code === 'identity.credential_missing' ? '' : ', error="invalid_token"';
  return {
    status: 401,
    code: error.code,
    message: error.message,
    headers: { 'www-authenticate': `Bearer realm="sallyport"${reason}` },
  };
}
