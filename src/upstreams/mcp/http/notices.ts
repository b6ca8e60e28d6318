/** The long-lived stream on which a server says that its list has changed. Best effort: the list is also read periodically. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'undici';
import { upstreamLimits } from '../../limits.ts';
import { type Incoming, readMessages } from '../message.ts';
import { eventStream, ignoredBody } from './body.ts';
import { type HttpRequest, send, type Take } from './send.ts';

export interface NoticeStreamOptions {
  readonly open: () => Promise<Omit<HttpRequest, 'timeoutMs' | 'signal'>>;
  readonly onMessage: (message: Incoming) => void;
}

export class NoticeStream {
  readonly #stop = new AbortController();

  constructor(pool: Pool, options: NoticeStreamOptions) {
    void this.#follow(pool, options);
  }

  close(): void {
    this.#stop.abort();
  }

  async #follow(pool: Pool, options: NoticeStreamOptions): Promise<void> {
    const { signal } = this.#stop;
    let waitMs: number = upstreamLimits.restartDelayMinMs;
    while (!signal.aborted) {
      const answer: { kind: 'stream' | 'flood' | 'other' | 'nothing' } = { kind: 'nothing' };
      try {
        const request = await options.open();
        const end = await send(pool, { ...request, timeoutMs: null, signal }, (head) => {
          const streams =
            head.status === 200 &&
            (head.header('content-type') ?? '').startsWith('text/event-stream');
          answer.kind = streams ? 'stream' : 'other';
          return streams ? readNotices(options.onMessage) : ignoredBody();
        });
        if (end.type === 'failed' && end.reason === 'too_large') answer.kind = 'flood';
      } catch {
        // Its credential could not be read: calls say so, with the reason.
      }
      // A server that has no such stream (405) won't have one later; one that closed it will.
      if (answer.kind === 'other') return;
      if (answer.kind === 'flood') waitMs = upstreamLimits.catalogRefreshMs;
      await delay(waitMs, undefined, { signal, ref: false }).catch(() => {});
      waitMs =
        answer.kind === 'stream'
          ? upstreamLimits.catalogRefreshMinMs
          : Math.min(waitMs * 2, upstreamLimits.catalogRefreshMs);
    }
  }
}

function readNotices(onMessage: (message: Incoming) => void): (chunk: Uint8Array) => Take {
  // It may live as long as the server, with a few bytes an hour: one that says so much has nothing to say.
  const limits = {
    eventBytesMax: upstreamLimits.noticeBytesMax,
    streamBytesMax: upstreamLimits.streamBytesMax,
  };
  return eventStream(limits, { lastEventId: null, retryMs: null }, (data) => {
    for (const message of readMessages(data)) onMessage(message);
    return 'more';
  });
}
