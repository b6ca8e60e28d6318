/** JSON to a receiver of one's own, signed. What it holds is what `docs/notifications.md` says. */
import type { JsonObject } from '../content/value.ts';
import type { Channel } from '../policy/model.ts';
import { postSigned } from '../webhook/signed-post.ts';
import { expectTaken, type Sender } from './delivery.ts';
import type { ReadSecret } from './sender.ts';
import type { Message, Told } from './told.ts';

type WebhookChannel = Extract<Channel, { type: 'webhook' }>;

export function webhookSender({ url, secret }: WebhookChannel, readSecret: ReadSecret): Sender {
  return {
    toldMax: 100,
    summarises: false,
    async send(message, signal) {
      const answer = await postSigned({
        url,
        // Read for each delivery: a rotated secret needs no restart.
        secret: await readSecret(secret),
        contentType: 'application/json',
        body: JSON.stringify(webhookBody(message)),
        headers: { 'idempotency-key': message.id },
        signal,
      });
      expectTaken(answer);
    },
  };
}

export function webhookBody({ id, told, more, url }: Message): JsonObject {
  return { v: 1, id, notices: told.map(noticeBody), more, console: url };
}

function noticeBody(told: Told): JsonObject {
  const { id, about, run, call, url } = told;
  const at = new Date(told.atMs).toISOString();
  if (told.type === 'alert') {
    const details = Object.fromEntries(told.details.map(({ name, text }) => [name, text]));
    return { id, about, at, run, call, details, url };
  }
  const { agent, user, tool, tier } = told;
  return {
    ...{ id, about, at, run, call, of: told.of, agent, user, tool, tier },
    summary: told.sentence,
    edited_by: told.editedBy,
    reasons: told.reasons.map(({ code, text }) => ({ code, text })),
    asked: [...told.asked],
    values: told.values.map(({ argument, text }) => ({ argument, text })),
    expires_at: new Date(told.expiresAtMs).toISOString(),
    url,
  };
}
