/**
 * What all clients together make this process keep for them: bodies of requests that are under way, and answers that
 * nobody has read yet. Each request alone is bounded; a thousand connections of one hostile client are not one request.
 *
 * One count for the process, because the memory is the process's, however many servers listen in it.
 */
import type { IncomingMessage } from 'node:http';
import { httpLimits } from './limits.ts';

const bodies = new Map<IncomingMessage, number>();
let bodyBytes = 0;
let answerBytes = 0;

/** False: there is no room for `bytes` more, and they are not kept. */
export function keepBody(request: IncomingMessage, bytes: number): boolean {
  if (bodyBytes + bytes > httpLimits.bodiesHeldBytesMax) return false;
  bodyBytes += bytes;
  bodies.set(request, (bodies.get(request) ?? 0) + bytes);
  return true;
}

/** The request has been dealt with: not when its client left, for its call runs on with its arguments. */
export function letGoOfBody(request: IncomingMessage): void {
  bodyBytes -= bodies.get(request) ?? 0;
  bodies.delete(request);
}

/** False: so much waits to be read already that this answer must not wait as well. */
export function keepAnswer(bytes: number): boolean {
  if (answerBytes + bytes > httpLimits.answersHeldBytesMax) return false;
  answerBytes += bytes;
  return true;
}

export function letGoOfAnswer(bytes: number): void {
  answerBytes -= bytes;
}
