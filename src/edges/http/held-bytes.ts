/**
 * What all clients together make this process keep for them: bodies of requests that are under way, and answers that
 * nobody has read yet. Each request alone is bounded; a thousand connections of one hostile client are not one request.
 * Nor may one credential take the room of all others, or those who have shown none: each has a share.
 *
 * One count for the process, because the memory is the process's, however many servers listen in it.
 */
import type { IncomingMessage } from 'node:http';
import { httpLimits } from './limits.ts';

/** Credentials of which nothing is kept now, and the count is. */
const idleSharesMax = 1_000;

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
    if (bytes === 0) return true;
    const held = (this.#bytesOf.get(credential) ?? 0) + bytes;
    const share = credential === null ? httpLimits.strangersBytesHeldMax : this.#bytesOfOneMax;
    if (held > share || this.#bytes + bytes > this.#bytesMax) return false;
    this.#bytes += bytes;
    this.#bytesOf.set(credential, held);
    return true;
  }

  letGo(credential: string | null, bytes: number): void {
    if (bytes === 0) return;
    const left = (this.#bytesOf.get(credential) ?? 0) - bytes;
    this.#bytes -= bytes;
    // Taken out and put in again for each request, a map is made anew all the time.
    if (left > 0 || this.#bytesOf.size <= idleSharesMax) this.#bytesOf.set(credential, left);
    else this.#bytesOf.delete(credential);
  }
}

const bodies = new Room(httpLimits.bodiesHeldBytesMax, httpLimits.bodiesOfOneBytesMax);
const answers = new Room(httpLimits.answersHeldBytesMax, httpLimits.answersOfOneBytesMax);

interface Held {
  /** Null: whoever sent it has shown no good one. */
  credential: string | null;
  bodyBytes: number;
}

/**
 * Kept with the request itself. In a map of requests it would keep them beyond their time: each table that such a map
 * outgrows refers to the next one, so that those which died old keep all later ones, with every request in them, until
 * a full collection. A weak map makes each collection look at every request that was made since the last.
 */
const held: unique symbol = Symbol('held');

declare module 'node:http' {
  interface IncomingMessage {
    [held]?: Held | undefined;
  }
}

/** From here on what is kept for this request counts as this credential's. Before anything of it is kept. */
export function keepFor(request: IncomingMessage, credential: string): void {
  heldFor(request).credential = credential;
}

/** False: there is no room for `bytes` more, and they are not kept. */
export function keepBody(request: IncomingMessage, bytes: number): boolean {
  const own = heldFor(request);
  if (!bodies.keep(own.credential, bytes)) return false;
  own.bodyBytes += bytes;
  return true;
}

/** The request has been dealt with: not when its client left, for its call runs on with its arguments. */
export function letGoOfRequest(request: IncomingMessage): void {
  const own = request[held];
  if (own === undefined) return;
  request[held] = undefined;
  bodies.letGo(own.credential, own.bodyBytes);
}

/** @returns what lets go of it; null: so much waits to be read already that this answer must not wait as well. */
export function keepAnswer(request: IncomingMessage, bytes: number): (() => void) | null {
  // The answer may wait for longer than the request is under way.
  const credential = request[held]?.credential ?? null;
  return answers.keep(credential, bytes) ? () => answers.letGo(credential, bytes) : null;
}

function heldFor(request: IncomingMessage): Held {
  request[held] ??= { credential: null, bodyBytes: 0 };
  return request[held];
}
