import type { ServerResponse } from 'node:http';
import type { JsonValue } from '../../content/value.ts';
import { keepAnswer } from './held-bytes.ts';
import { httpLimits } from './limits.ts';

/** Sends one JSON document. Resolves to whether its last byte was handed to the network. */
export function sendJson(
  response: ServerResponse,
  status: number,
  value: JsonValue,
  headers: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const text = JSON.stringify(value);
  const bytes = Buffer.byteLength(text);
  if (!response.headersSent && !response.destroyed) {
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': bytes,
      'cache-control': 'no-store',
      ...headers,
    });
  }
  // As text it goes out together with the head.
  return finish(response, text, bytes);
}

export function sendEmpty(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  if (!response.headersSent && !response.destroyed)
    response.writeHead(status, { 'content-length': 0, ...headers });
  return finish(response, null);
}

/**
 * Ends a response and says whether it went out. True means handed to the kernel: a client that dies with the bytes in
 * its own buffers can't be told from one that read them. When unread answers fill all the room that there is for them,
 * the connection is closed instead: the call is recorded as undelivered, and a repeat of it gets its outcome.
 */
export function finish(
  response: ServerResponse,
  last: string | null,
  bytes: number = last === null ? 0 : Buffer.byteLength(last),
): Promise<boolean> {
  if (response.destroyed || response.closed) return Promise.resolve(false);
  const letGo = keepAnswer(response.req, bytes);
  if (letGo === null) {
    response.destroy();
    return Promise.resolve(false);
  }
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | null = null;
    // Once, right after the last byte was handed over, or after an error.
    response.on('close', () => {
      if (timer !== null) clearTimeout(timer);
      letGo();
      resolve(response.writableFinished);
    });
    if (last === null) response.end();
    else response.end(last);
    // Somebody who never reads would otherwise keep the answer, and the claim on it, for ever. Most have it by now.
    if (response.writableLength > 0)
      timer = setTimeout(() => response.destroy(), httpLimits.deliveryTimeoutMs);
  });
}
