/**
 * A checkpoint as the body of a POST, signed so that the receiver knows who sent it and when:
 * `Sallyport-Signature: v1=<hex>` is HMAC-SHA256 over `<Sallyport-Timestamp>.<body>`.
 */
import { createHmac } from 'node:crypto';
import type { CheckpointSinks, SecretReference } from '../../policy/model.ts';
import { type CheckpointSink, SinkError } from './sink.ts';

export type ReadSecret = (reference: SecretReference) => Promise<string>;

export class WebhookSink implements CheckpointSink {
  readonly name = 'webhook';
  readonly #webhook: NonNullable<CheckpointSinks['webhook']>;
  readonly #readSecret: ReadSecret;

  constructor(webhook: NonNullable<CheckpointSinks['webhook']>, readSecret: ReadSecret) {
    this.#webhook = webhook;
    this.#readSecret = readSecret;
  }

  async deliver(note: string, signal: AbortSignal): Promise<void> {
    // Read for each delivery: a rotated secret needs no restart.
    const secret = await this.#readSecret(this.#webhook.secret);
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const signature = createHmac('sha256', secret).update(`${timestamp}.${note}`).digest('hex');
    const status = await this.#post(note, signal, {
      'content-type': 'text/plain; charset=utf-8',
      'sallyport-timestamp': timestamp,
      'sallyport-signature': `v1=${signature}`,
    });
    if (status >= 300 && status < 400)
      throw new SinkError(`it redirects (${status}), and redirects are not followed`);
    if (status < 200 || status >= 300) throw new SinkError(`it answered ${status}`);
  }

  async #post(body: string, signal: AbortSignal, headers: Record<string, string>): Promise<number> {
    try {
      const response = await fetch(this.#webhook.url, {
        method: 'POST',
        body,
        headers,
        redirect: 'manual',
        signal,
      });
      // Whatever it says is of no interest, however long it is.
      await response.body?.cancel();
      return response.status;
    } catch (error) {
      throw new SinkError(signal.aborted ? 'it took too long' : reasonOf(error));
    }
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string'
    ? cause.code
    : 'it can’t be reached';
}
