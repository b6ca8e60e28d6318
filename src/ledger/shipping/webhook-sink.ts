/** A checkpoint as the body of a signed POST. */
import type { CheckpointSinks, SecretReference } from '../../policy/model.ts';
import { type PostAnswer, PostError, postSigned } from '../../webhook/signed-post.ts';
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
    const { status } = await this.#post(note, secret, signal);
    if (status >= 300 && status < 400)
      throw new SinkError(`it redirects (${status}), and redirects are not followed`);
    if (status < 200 || status >= 300) throw new SinkError(`it answered ${status}`);
  }

  async #post(body: string, secret: string, signal: AbortSignal): Promise<PostAnswer> {
    try {
      return await postSigned({
        url: this.#webhook.url,
        secret,
        contentType: 'text/plain; charset=utf-8',
        body,
        signal,
      });
    } catch (error) {
      const code = error instanceof PostError ? error.code : 'unreachable';
      throw new SinkError(reasons.get(code) ?? code);
    }
  }
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['timeout', 'it took too long'],
  ['unreachable', 'it can’t be reached'],
]);
