/**
 * What all clients together make this process keep for them: bodies of requests that are under way, and answers that
 * nobody has read yet. Each request alone is bounded; a thousand connections of one hostile client are not one request.
 * Nor may one credential take the room of all others, or those who have shown none: each has a share.
 *
 * One count for the process, because the memory is the process's, however many servers listen in it.
 */
import type { IncomingMessage } from 'node:http';
import { httpLimits } from './limits.ts';

class Room {
  readonly #bytesMax: number;
  readonly #bytesOfOneMax: number;
  readonly #bytesOf = new Map<string | null, number>();
  #bytes = 0;

  constructor(bytesMax: number, bytesOfOneMax: number) {
    this.#bytesMax = bytesMax;
    this.#bytesOfOneMax = bytesOfOneMax;
  }

  keep(credential: string | null, bytes: number): boolean {
    const held = (this.#bytesOf.get(credential) ?? 0) + bytes;
    const share = credential === null ? httpLimits.strangersBytesHeldMax : this.#bytesOfOneMax;
    if (held > share || this.#bytes + bytes > this.#bytesMax) return false;
    this.#bytes += bytes;
    this.#bytesOf.set(credential, held);
    return true;
  }

  letGo(credential: string | null, bytes: number): void {
    const left = (this.#bytesOf.get(credential) ?? 0) - bytes;
    this.#bytes -= bytes;
    if (left > 0) this.#bytesOf.set(credential, left);
    else this.#bytesOf.delete(credential);
  }
}

const bodies = new Room(httpLimits.bodiesHeldBytesMax, httpLimits.bodiesOfOneBytesMax);
const answers = new Room(httpLimits.answersHeldBytesMax, httpLimits.answersOfOneBytesMax);

/** Of each request whose it turned out to be, and how much of its body is kept. */
const credentials = new WeakMap<IncomingMessage, string>();
const bodyBytes = new Map<IncomingMessage, number>();

/** From here on what is kept for this request counts as this credential's. Before anything of it is kept. */
export function keepFor(request: IncomingMessage, credential: string): void {
  credentials.set(request, credential);
}

/** False: there is no room for `bytes` more, and they are not kept. */
export function keepBody(request: IncomingMessage, bytes: number): boolean {
  if (!bodies.keep(credentials.get(request) ?? null, bytes)) return false;
  bodyBytes.set(request, (bodyBytes.get(request) ?? 0) + bytes);
  return true;
}

/** The request has been dealt with: not when its client left, for its call runs on with its arguments. */
export function letGoOfBody(request: IncomingMessage): void {
  const bytes = bodyBytes.get(request);
  if (bytes === undefined) return;
  bodyBytes.delete(request);
  bodies.letGo(credentials.get(request) ?? null, bytes);
}

/** False: so much waits to be read already that this answer must not wait as well. */
export function keepAnswer(request: IncomingMessage, bytes: number): boolean {
  return bytes === 0 || answers.keep(credentials.get(request) ?? null, bytes);
}

export function letGoOfAnswer(request: IncomingMessage, bytes: number): void {
  if (bytes > 0) answers.letGo(credentials.get(request) ?? null, bytes);
}
