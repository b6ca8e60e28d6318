/**
 * A POST whose receiver can tell who sent it and when: `Sallyport-Signature: v1=<hex>` is HMAC-SHA256, with the shared
 * secret, over `<Sallyport-Timestamp>.<body>`. Whoever recorded one can't send it again later, nor another body under it.
 */
import { createHmac } from 'node:crypto';

export interface SignedPost {
  readonly url: string;
  readonly secret: string;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Without a status: nobody answered. `code` is fixed and quotes nothing of the other side. */
export class PostError extends Error {
  readonly code: string;
  constructor(code: string, cause: unknown) {
    super(code, { cause });
    this.code = code;
  }
}

export interface PostAnswer {
  readonly status: number;
  /** The header, where there was one. */
  readonly retryAfter: string | null;
}

/** @throws {PostError} `timeout`, the network's own code (`ECONNREFUSED`), or `unreachable`. */
export function postSigned(post: SignedPost): Promise<PostAnswer> {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac('sha256', post.secret)
    .update(`${timestamp}.${post.body}`)
    .digest('hex');
  return postOnce(post.url, post.body, post.signal, {
    ...post.headers,
    'content-type': post.contentType,
    'sallyport-timestamp': timestamp,
    'sallyport-signature': `v1=${signature}`,
  });
}

/** Redirects aren't followed: the receiver is the one that the policy names, and no other. */
export async function postOnce(
  url: string,
  body: string,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>>,
): Promise<PostAnswer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers,
      redirect: 'manual',
      signal,
    });
    // Whatever it says is of no interest, however long it is.
    await response.body?.cancel();
    return { status: response.status, retryAfter: response.headers.get('retry-after') };
  } catch (error) {
    throw new PostError(signal.aborted ? 'timeout' : networkCodeOf(error), error);
  }
}

function networkCodeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string'
    ? cause.code
    : 'unreachable';
}
