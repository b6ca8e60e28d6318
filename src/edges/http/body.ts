import type { IncomingMessage } from 'node:http';
import { GatheredBytes } from '../../content/gathered-bytes.ts';
import { headerOf } from './headers.ts';
import { keepBody } from './held-bytes.ts';
import { httpLimits } from './limits.ts';
import { ClientGone, HttpRefusal } from './refusal.ts';

/** Refuses a body that isn't plain JSON by its own declaration: what a browser sends without asking first never is. */
export function checkJsonBody(request: IncomingMessage): void {
  const declared = headerOf(request, 'content-type');
  if (declared !== json && mediaTypeOf(declared ?? '') !== json) {
    throw new HttpRefusal(415, 'http.media_type', `the body has to be \`${json}\``);
  }
  const encoding = headerOf(request, 'content-encoding') ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw new HttpRefusal(415, 'http.media_type', 'compressed bodies are not read');
  }
}

/**
 * Reads a whole body, at most `bytesMax` bytes of it. They count as held until `letGoOfRequest`.
 *
 * @param hasRoom asked before each piece is kept
 * @throws {HttpRefusal} 413 as soon as it is known to be longer; 503 when other bodies leave no room for it
 * @throws {ClientGone} when the client leaves in the middle
 */
export function readBody(
  request: IncomingMessage,
  bytesMax: number,
  hasRoom: (request: IncomingMessage, bytes: number) => boolean = keepBody,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const gathered = new GatheredBytes();
    let over = false;

    // What still arrives is thrown away: closing over unread bytes would reset the connection under the answer.
    const refuse = (refusal: HttpRefusal): void => {
      over = true;
      request.off('data', onData);
      gathered.take();
      request.resume();
      reject(refusal);
    };
    const onData = (chunk: Buffer): void => {
      if (gathered.length + chunk.length > bytesMax) refuse(tooLarge(bytesMax));
      else if (hasRoom(request, chunk.length)) gathered.add(chunk);
      else refuse(noRoom());
    };
    // Nothing is taken off a request that was read: its listeners end with it.
    const onEnd = (): void => {
      if (over) return;
      over = true;
      resolve(gathered.take());
    };
    const onGone = (): void => {
      if (over) return;
      over = true;
      gathered.take();
      reject(new ClientGone());
    };

    if (Number(headerOf(request, 'content-length') ?? 0) > bytesMax)
      return refuse(tooLarge(bytesMax));
    request.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone);
  });
}

const json = 'application/json';

function mediaTypeOf(declared: string): string {
  const [mediaType = ''] = declared.split(';');
  return mediaType.trim().toLowerCase();
}

function tooLarge(bytesMax: number): HttpRefusal {
  return new HttpRefusal(413, 'http.body_too_large', `the body is longer than ${bytesMax} bytes`, {
    headers: { connection: 'close' },
  });
}

function noRoom(): HttpRefusal {
  return new HttpRefusal(503, 'http.busy', 'too many large requests are under way', {
    hint: 'send it again in a moment',
    headers: { connection: 'close', 'retry-after': String(httpLimits.retryAfterS) },
  });
}
