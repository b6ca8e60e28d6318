import type { IncomingMessage } from 'node:http';
import { headerOf } from './headers.ts';
import { ClientGone, HttpRefusal } from './refusal.ts';

/** Refuses a body that isn't plain JSON by its own declaration: what a browser sends without asking first never is. */
export function checkJsonBody(request: IncomingMessage): void {
  const [mediaType = ''] = (headerOf(request, 'content-type') ?? '').split(';');
  if (mediaType.trim().toLowerCase() !== 'application/json') {
    throw new HttpRefusal(415, 'http.media_type', 'the body has to be `application/json`');
  }
  const encoding = headerOf(request, 'content-encoding') ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw new HttpRefusal(415, 'http.media_type', 'compressed bodies are not read');
  }
}

/**
 * Reads a whole body, at most `bytesMax` bytes of it.
 *
 * @throws {HttpRefusal} 413 as soon as it is known to be longer
 * @throws {ClientGone} when the client leaves in the middle
 */
export function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;

    // What still arrives is thrown away: closing over unread bytes would reset the connection under the answer.
    const tooLarge = (): void => {
      stop();
      request.resume();
      reject(
        new HttpRefusal(413, 'http.body_too_large', `the body is longer than ${bytesMax} bytes`, {
          headers: { connection: 'close' },
        }),
      );
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > bytesMax) tooLarge();
      else chunks.push(chunk);
    };
    const onEnd = (): void => {
      stop();
      resolve(Buffer.concat(chunks, bytes));
    };
    const onGone = (): void => {
      stop();
      reject(new ClientGone());
    };
    const stop = (): void => {
      request.off('data', onData).off('end', onEnd).off('close', onGone);
    };

    if (Number(headerOf(request, 'content-length') ?? 0) > bytesMax) return tooLarge();
    request.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone);
  });
}
