/** Reads what an upstream sends: attacker-controlled bytes, into a closed set of shapes. */
import { readJson } from '../../content/json.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import { upstreamLimits } from '../limits.ts';

export type Incoming =
  | { readonly type: 'result'; readonly id: number; readonly result: JsonObject }
  | {
      readonly type: 'error';
      readonly id: number | null;
      readonly code: number;
      readonly message: string;
      readonly data: JsonValue;
    }
  /** The upstream asks us something: refused, save for `ping`. */
  | { readonly type: 'request'; readonly id: string | number; readonly method: string }
  | { readonly type: 'notification'; readonly method: string; readonly params: JsonObject }
  /**
   * Not JSON-RPC as we take it. `id` when it could still be told whose answer it was to be; `meant` when it was to be
   * somebody's: a line of a log that went to the wrong stream is nobody's.
   */
  | { readonly type: 'invalid'; readonly id: number | null; readonly meant: boolean };

/** More messages in one batch than this are one invalid message. (Only 2025-03-26 has batches.) */
const batchMax = 100;

/** Total: whatever the bytes are, something comes out. */
export function readMessages(source: string | Uint8Array): readonly Incoming[] {
  let value: JsonValue;
  try {
    value = readJson(source, {
      bytesMax: upstreamLimits.messageBytesMax,
      depthMax: upstreamLimits.messageDepthMax,
    });
  } catch {
    const bytes = typeof source === 'string' ? new TextEncoder().encode(source) : source;
    return [{ type: 'invalid', id: idAtEdge(bytes, bytes), meant: looksMeant(bytes, bytes) }];
  }
  if (!isJsonArray(value)) return [readMessage(value)];
  return value.length > batchMax
    ? [{ type: 'invalid', id: null, meant: true }]
    : value.map(readMessage);
}

function readMessage(value: JsonValue): Incoming {
  if (!isJsonObject(value) || value['jsonrpc'] !== '2.0')
    return { type: 'invalid', id: null, meant: false };
  const { id, method, result, error } = value;
  if (typeof method === 'string') {
    if (typeof id === 'string' || typeof id === 'number') return { type: 'request', id, method };
    const { params } = value;
    return { type: 'notification', method, params: isJsonObject(params) ? params : {} };
  }
  // Our ids are numbers; an answer to anything else answers nothing of ours.
  const ours = typeof id === 'number' ? id : null;
  if (isJsonObject(error) && result === undefined) {
    const { code, message, data } = error;
    if (typeof code === 'number' && typeof message === 'string') {
      return {
        type: 'error',
        id: ours,
        code,
        message: message.slice(0, upstreamLimits.errorCharactersMax),
        data: data ?? null,
      };
    }
  }
  if (ours !== null && isJsonObject(result) && error === undefined)
    return { type: 'result', id: ours, result };
  return { type: 'invalid', id: ours, meant: true };
}

/**
 * The id of a message that is too long or too broken to be read, so that its caller learns it now and not by a
 * time-out. Looked for only where nothing that a third party wrote can stand: in the first members of the outermost
 * object, or as its very last one.
 */
export function idAtEdge(head: Uint8Array, tail: Uint8Array): number | null {
  const first = /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(\d{1,15})\s*,/.exec(
    decode(head.subarray(0, edgeBytes)),
  );
  const last = /,\s*"id"\s*:\s*(\d{1,15})\s*\}\s*$/.exec(decode(tail.subarray(-edgeBytes)));
  const digits = first?.[1] ?? last?.[1];
  return digits === undefined ? null : Number(digits);
}

/** Whether something that can't be read was to be a message: it begins as an object and names the protocol at an edge. */
export function looksMeant(head: Uint8Array, tail: Uint8Array): boolean {
  const first = decode(head.subarray(0, edgeBytes));
  return (
    /^\s*[{[]/.test(first) &&
    (first.includes('"jsonrpc"') || decode(tail.subarray(-edgeBytes)).includes('"jsonrpc"'))
  );
}

const edgeBytes = 256;

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
