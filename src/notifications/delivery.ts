/** What every way to people has in common. */
import { SallyportError } from '../content/errors.ts';
import { type PostAnswer, PostError } from '../webhook/signed-post.ts';
import type { Message } from './told.ts';

export interface Sender {
  /** One message lists so many. */
  readonly toldMax: number;
  /** For people: several at once are a line each and the rest a number. For a program: each is told in full, in its turn. */
  readonly summarises: boolean;
  /** Resolves once the other side has taken it. @throws {DeliveryError} */
  send(message: Message, signal: AbortSignal): Promise<void>;
}

/** `failure` is a fixed code: it quotes neither a secret nor what the other side answered. */
export class DeliveryError extends Error {
  readonly failure: string;
  /** False: the same message would be refused again. */
  readonly again: boolean;
  readonly retryAfterMs: number | null;

  constructor(failure: string, options: { again: boolean; retryAfterMs?: number | null }) {
    super(failure);
    this.failure = failure;
    this.again = options.again;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

export function deliveryErrorOf(error: unknown): DeliveryError {
  if (error instanceof DeliveryError) return error;
  if (error instanceof PostError)
    return new DeliveryError(networkFailure(error.code), { again: true });
  // A secret that can't be read may be there in a moment: files are replaced while they are in use.
  if (error instanceof SallyportError && error.code.startsWith('credential.'))
    return new DeliveryError('secret', { again: true });
  return new DeliveryError('fault', { again: true });
}

const tlsCode = /CERT|TLS|SSL|SELF_SIGNED|ISSUER|HOSTNAME|ALTNAME/;
const failures: ReadonlyMap<string, string> = new Map([
  ['timeout', 'timeout'],
  ['ETIMEDOUT', 'timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  ['ECONNREFUSED', 'refused'],
  ['ECONNRESET', 'reset'],
  ['EPIPE', 'reset'],
  ['UND_ERR_SOCKET', 'reset'],
  ['ENOTFOUND', 'name'],
  ['EAI_AGAIN', 'name'],
]);

/** One of `timeout`, `refused`, `reset`, `name`, `tls`, `unreachable`. */
export function networkFailure(code: string): string {
  return failures.get(code) ?? (tlsCode.test(code) ? 'tls' : 'unreachable');
}

/** @throws {DeliveryError} unless it was taken. */
export function expectTaken({ status, retryAfter }: PostAnswer): void {
  if (status >= 200 && status < 300) return;
  if (status >= 300 && status < 400) throw new DeliveryError('redirect', { again: false });
  throw new DeliveryError(`http_${status}`, {
    again: status === 429 || status >= 500,
    retryAfterMs: retryAfterMs(retryAfter),
  });
}

function retryAfterMs(header: string | null): number | null {
  if (header === null) return null;
  const ms = /^\d{1,6}$/.test(header.trim())
    ? Number(header) * 1_000
    : Date.parse(header) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? ms : null;
}

/** What carries a message in clear text stays on this machine. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(hostname);
}
