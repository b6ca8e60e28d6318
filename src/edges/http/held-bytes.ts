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
    if (left > 0) this.#bytesOf.set(credential, left);
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
 * Of each request under way. Not by weak references: each collection of garbage would have to look at every one that was
 * made since the last.
 */
const held = new Map<IncomingMessage, Held>();

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
  const own = held.get(request);
  if (own === undefined) return;
  held.delete(request);
  bodies.letGo(own.credential, own.bodyBytes);
}

/** @returns what lets go of it; null: so much waits to be read already that this answer must not wait as well. */
export function keepAnswer(request: IncomingMessage, bytes: number): (() => void) | null {
  // The answer may wait for longer than the request is under way.
  const credential = held.get(request)?.credential ?? null;
  return answers.keep(credential, bytes) ? () => answers.letGo(credential, bytes) : null;
}

function heldFor(request: IncomingMessage): Held {
  const known = held.get(request);
  if (known !== undefined) return known;
  const own: Held = { credential: null, bodyBytes: 0 };
  held.set(request, own);
  return own;
}
