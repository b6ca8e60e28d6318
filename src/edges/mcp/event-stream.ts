import type { ServerResponse } from 'node:http';
import type { JsonObject } from '../../content/value.ts';

/** Headers go out at once: one SDK waits for them before it says anything else. */
export function openEventStream(response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    // Asks proxies not to hold events back.
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
}

export function writeEvent(response: ServerResponse, message: JsonObject): void {
  response.write(eventOf(message));
}

/** JSON has no raw line break, so one `data` line holds it whole. */
export function eventOf(message: JsonObject): string {
  return `event: message\ndata: ${JSON.stringify(message)}\n\n`;
}
