/** What the runtime answered, in the words of the wire. */
import { frameKey } from '../../content/frame.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import { editedKey } from '../../runtime/endings.ts';
import type { CallAnswer, Refusal } from '../../runtime/port.ts';
import type { ToolResult } from '../../upstreams/port.ts';
import type { Address } from './addresses.ts';
import type { Era } from './era.ts';
import { rpcCodes } from './refusal.ts';

export const decisionKey = 'dev.sallyport/decision';

/** The members of a JSON-RPC response beside `jsonrpc` and `id`, and the status it travels with. */
export interface Answer {
  readonly status: number;
  readonly body: { readonly result: JsonObject } | { readonly error: JsonObject };
}

export function answerOf(
  answer: Exclude<CallAnswer, { type: 'held' }>,
  address: Address,
  era: Era,
): Answer {
  if (answer.type === 'refused') return refusalAnswer(answer.refusal, address, era);
  const { result, call, run, decision } = answer;
  const own = isJsonObject(result['_meta']) ? result['_meta'] : {};
  const { [frameKey]: boundary, [editedKey]: edited } = own;
  const meta: Record<string, JsonValue> = {};
  if (typeof boundary === 'string') meta[frameKey] = boundary;
  if (isJsonObject(edited)) meta[editedKey] = edited;
  const verdict = decision?.effect ?? 'allow';
  meta[decisionKey] =
    decision?.dryRun === true ? { verdict, call, run, dry_run: true } : { verdict, call, run };
  if (address.surface === 'tool') return ok(era.result({ ...resultFields(result), _meta: meta }));
  // Their results have no `isError`: what the upstream refused is an error of the request.
  if (result.isError === true) return failed(textOf(result), { ...requested(address), ...meta });
  return ok(
    address.surface === 'resource'
      ? era.cacheable({ contents: result.content.map(resourceOf), _meta: meta }, 0)
      : era.result({ messages: result.content.map(promptMessage), _meta: meta }),
  );
}

/**
 * A refusal is a complete result with text, never an HTTP status and never `structuredContent`: clients abort or hang
 * on the one, and drop the whole refusal for the other where it doesn't fit the tool's schema.
 */
export function refusalAnswer(refusal: Refusal, address: Address, era: Era): Answer {
  const meta: JsonObject = { [decisionKey]: refusal.machine };
  if (refusal.as === 'unavailable') {
    return {
      status: 503,
      body: { error: { code: rpcCodes.internal, message: refusal.text, data: meta } },
    };
  }
  if (refusal.as === 'invalid_params' || address.surface !== 'tool') {
    return failed(refusal.text, { ...requested(address), ...meta });
  }
  return ok(
    era.result({ content: [{ type: 'text', text: refusal.text }], isError: true, _meta: meta }),
  );
}

function ok(result: JsonObject): Answer {
  return { status: 200, body: { result } };
}

function failed(message: string, data: JsonObject): Answer {
  return { status: 200, body: { error: { code: rpcCodes.invalidParams, message, data } } };
}

function requested(address: Address): JsonObject {
  const uri = address.surface === 'resource' ? address.args['uri'] : undefined;
  return uri === undefined ? {} : { uri };
}

/** Three fields and no more: an upstream's `_meta`, cursors and extensions are addressed to a client it doesn't have. */
function resultFields(result: ToolResult): JsonObject {
  return {
    content: result.content,
    ...(result.structuredContent === undefined
      ? {}
      : { structuredContent: result.structuredContent }),
    ...(result.isError === undefined ? {} : { isError: result.isError }),
  };
}

/** Text that says what became of an item (truncated, withheld) takes the place of the item. */
function resourceOf(block: JsonObject): JsonObject {
  const { resource, text } = block;
  if (isJsonObject(resource)) return resource;
  return {
    uri: 'sallyport:note',
    mimeType: 'text/plain',
    text: typeof text === 'string' ? text : '',
  };
}

function promptMessage(block: JsonObject): JsonObject {
  const { role, ...content } = block;
  return { role: role === 'assistant' ? 'assistant' : 'user', content };
}

function textOf(result: ToolResult): string {
  const texts = result.content
    .map((block) => block['text'])
    .filter((text) => typeof text === 'string');
  return texts.length === 0 ? 'the upstream refused the request' : texts.join('\n');
}
