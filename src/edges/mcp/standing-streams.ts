/** Streams on which a client waits for what we may have to say: a legacy GET, a modern `subscriptions/listen`. */
import type { ServerResponse } from 'node:http';
import type { JsonObject } from '../../content/value.ts';
import { openEventStream, writeEvent } from './event-stream.ts';
import { mcpLimits } from './limits.ts';

interface Standing {
  readonly response: ServerResponse;
  readonly credential: string;
  /** Of the legacy era. */
  readonly session: string | null;
  readonly farewell: JsonObject | null;
}

export interface StandingStreams {
  /** False, and nothing sent, when the credential has as many as it may have, or when we are closing. */
  readonly open: (
    owner: { readonly credential: string; readonly session: string | null },
    response: ServerResponse,
    first: JsonObject | null,
    farewell: JsonObject | null,
  ) => boolean;
  /** Says something on the session's stream, if it has one: on one of them, as the protocol wants it. */
  readonly tell: (session: string, message: JsonObject) => void;
  readonly close: () => void;
}

export function standingStreams(): StandingStreams {
  const streams = new Set<Standing>();
  let closed = false;

  const heartbeat = setInterval(() => {
    for (const { response } of streams) {
      if (response.writableLength > mcpLimits.unreadBytesMax) response.destroy();
      else response.write(':\n\n');
    }
  }, mcpLimits.heartbeatMs);
  heartbeat.unref();

  return {
    open({ credential, session }, response, first, farewell) {
      const held = [...streams].filter((stream) => stream.credential === credential).length;
      if (closed || held >= mcpLimits.standingStreamsMax) return false;
      const standing = { response, credential, session, farewell };
      streams.add(standing);
      response.once('close', () => streams.delete(standing));
      openEventStream(response);
      if (first !== null) writeEvent(response, first);
      return true;
    },
    tell(session, message) {
      const own = [...streams].findLast((stream) => stream.session === session);
      if (own !== undefined && own.response.writableLength <= mcpLimits.unreadBytesMax)
        writeEvent(own.response, message);
    },
    close() {
      closed = true;
      clearInterval(heartbeat);
      for (const { response, farewell } of streams) {
        if (farewell !== null) writeEvent(response, farewell);
        response.end();
      }
    },
  };
}
