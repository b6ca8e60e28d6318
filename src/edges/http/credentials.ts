import type { IncomingMessage } from 'node:http';
import { IdentityError } from '../../identity/errors.ts';
import type { Principal } from '../../identity/principal.ts';
import type { LogLine } from '../../runtime/ports.ts';
import { headerOf } from './headers.ts';
import { keepFor } from './held-bytes.ts';

/** Verifies an `Authorization` header. Throws IdentityError when it doesn't fit; anything else is our fault. */
export type Authenticate = (authorization: string | undefined) => Principal | Promise<Principal>;

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
export async function credentialOf(
  request: IncomingMessage,
  authenticate: Authenticate,
  log: EdgeLog,
): Promise<Credential> {
  const authorization = headerOf(request, 'authorization') ?? undefined;
  try {
    const principal = await authenticate(authorization);
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
