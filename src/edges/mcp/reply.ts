/** The answer to one POST: a JSON document, or an event stream once there was progress to tell. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonObject } from '../../content/value.ts';
import { finish, sendJson } from '../http/respond.ts';
import type { Answer } from './call-answer.ts';
import { eventOf, openEventStream, writeEvent } from './event-stream.ts';
import { mcpLimits } from './limits.ts';
import type { RequestId } from './message.ts';

type OnProgress = (progress: number, total: number | null) => void;

export interface Reply {
  /**
   * Numbers only: an upstream's progress texts would be a way around the inspection of its results. Undefined where the
   * client wants none: then the upstream isn't asked for any either.
   */
  readonly progress: OnProgress | undefined;
  /** Whether the last byte was handed to the network. */
  readonly end: (answer: Answer) => Promise<boolean>;
}

/**
 * @param progressToken null: the client wants no progress. A stream begins with the first step that there is to
 *   report, so an answer without any is plain JSON, however large: some clients bound the size of an event.
 */
export function openReply(
  response: ServerResponse,
  id: RequestId,
  progressToken: string | number | null,
): Reply {
  if (progressToken === null)
    return {
      progress: undefined,
      end: ({ status, body }) => sendJson(response, status, { jsonrpc: '2.0', id, ...body }),
    };
  let streaming = false;
  let last = Number.NEGATIVE_INFINITY;
  return {
    progress(progress, total) {
      if (response.writableEnded || response.destroyed) return;
      // Must rise, says the protocol; and a client that doesn't read misses steps instead of filling our memory.
      if (
        !(progress > last) ||
        !Number.isFinite(progress) ||
        response.writableLength > mcpLimits.unreadBytesMax
      )
        return;
      last = progress;
      if (!streaming) openEventStream(response);
      streaming = true;
      const params: JsonObject = {
        progressToken,
        progress,
        ...(total === null || !Number.isFinite(total) ? {} : { total }),
      };
      writeEvent(response, { jsonrpc: '2.0', method: 'notifications/progress', params });
    },
    end(answer) {
      const message = { jsonrpc: '2.0', id, ...answer.body };
      return streaming
        ? finish(response, eventOf(message))
        : sendJson(response, answer.status, message);
    },
  };
}

export function acceptsEvents(request: IncomingMessage): boolean {
  return /(?:^|,)\s*(?:text\/event-stream|text\/\*|\*\/\*)\s*(?:;|,|$)/i.test(
    request.headers.accept ?? '',
  );
}
