import type { ServerResponse } from 'node:http';
import type { JsonValue } from '../../content/value.ts';
import { keepAnswer, letGoOfAnswer } from './held-bytes.ts';
import { httpLimits } from './limits.ts';

/** Sends one JSON document. Resolves to whether its last byte was handed to the network. */
export function sendJson(
  response: ServerResponse,
  status: number,
  value: JsonValue,
  headers: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const bytes = Buffer.from(JSON.stringify(value));
  if (!response.headersSent && !response.destroyed) {
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': bytes.length,
      'cache-control': 'no-store',
      ...headers,
    });
  }
  return finish(response, bytes);
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
export function finish(response: ServerResponse, last: Buffer | null): Promise<boolean> {
  if (response.destroyed || response.closed) return Promise.resolve(false);
  const bytes = last?.length ?? 0;
  if (!keepAnswer(bytes)) {
    response.destroy();
    return Promise.resolve(false);
  }
  return new Promise((resolve) => {
    // Somebody who never reads would otherwise keep the answer, and the claim on it, for ever.
    const timer = setTimeout(() => response.destroy(), httpLimits.deliveryTimeoutMs);
    let settled = false;
    const settle = (delivered: boolean): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      letGoOfAnswer(bytes);
      resolve(delivered);
    };
    response.once('finish', () => settle(true));
    response.once('close', () => settle(response.writableFinished));
    response.once('error', () => settle(false));
    if (last === null) response.end();
    else response.end(last);
  });
}
