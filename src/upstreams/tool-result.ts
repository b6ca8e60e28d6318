/** Brings what an upstream answered into the one shape that the rest of Sallyport reads, strictly. */
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../content/value.ts';
import type { ToolResult, UpstreamCall } from './port.ts';

export type ReadResult =
  | { readonly type: 'result'; readonly result: ToolResult }
  /** It wants something of the client first: input that Sallyport doesn't relay. */
  | { readonly type: 'wants_input' }
  | { readonly type: 'unreadable'; readonly detail: string };

export function readResult(surface: UpstreamCall['surface'], answer: JsonObject): ReadResult {
  const { resultType, _meta: meta, ...fields } = answer;
  if (resultType === 'input_required') return { type: 'wants_input' };
  // A kind of result that nobody here can read must not pass for a complete one.
  if (resultType !== undefined && resultType !== 'complete')
    return unreadable('a result of an unknown type');
  const kept = keptMeta(meta);
  const all: JsonObject = kept === null ? fields : { ...fields, _meta: kept };
  switch (surface) {
    case 'tool':
      return readToolResult(all);
    case 'resource':
      return readResource(all);
    case 'prompt':
      return readPrompt(all);
  }
}

/** Of a `_meta`, what is the upstream's own: protocol keys end at this hop, and nobody speaks in our name. */
function keptMeta(meta: JsonValue | undefined): JsonObject | null {
  if (!isJsonObject(meta)) return null;
  const kept = Object.entries(meta).filter(
    ([key]) => !/^(io\.modelcontextprotocol|dev\.sallyport)\//.test(key),
  );
  return kept.length === 0 ? null : Object.fromEntries(kept);
}

function readToolResult(fields: JsonObject): ReadResult {
  const { content = [], structuredContent, isError, ...rest } = fields;
  const blocks = readBlocks(content);
  if (blocks === null) return unreadable('its content is not a list of blocks');
  if (isError !== undefined && typeof isError !== 'boolean')
    return unreadable('its `isError` is not a boolean');
  const structured = isJsonObject(structuredContent) ? structuredContent : undefined;
  // Since 2026-07-28 it may be any JSON. What is no object passes as text, which such servers are to send anyway.
  const instead =
    structuredContent !== undefined && structured === undefined && blocks.length === 0
      ? [{ type: 'text', text: JSON.stringify(structuredContent) }]
      : blocks;
  return {
    type: 'result',
    result: {
      ...rest,
      content: instead,
      ...(structured === undefined ? {} : { structuredContent: structured }),
      ...(isError === undefined ? {} : { isError }),
    },
  };
}

/** Each of its contents becomes a resource block, with everything that `resources/read` says of it. */
function readResource(fields: JsonObject): ReadResult {
  const { contents, ...rest } = fields;
  if (!isJsonArray(contents)) return unreadable('its contents are not a list');
  const content: JsonObject[] = [];
  for (const item of contents) {
    if (!isJsonObject(item) || typeof item['uri'] !== 'string')
      return unreadable('one of its contents has no URI');
    if (typeof item['text'] !== 'string' && typeof item['blob'] !== 'string')
      return unreadable('one of its contents is neither text nor bytes');
    content.push({ type: 'resource', resource: withOwnMeta(item) });
  }
  return { type: 'result', result: { ...withoutCaching(rest), content } };
}

/** Each of its messages becomes its block, which keeps who says it as `role`. */
function readPrompt(fields: JsonObject): ReadResult {
  const { messages, ...rest } = fields;
  if (!isJsonArray(messages)) return unreadable('its messages are not a list');
  const content: JsonObject[] = [];
  for (const message of messages) {
    if (!isJsonObject(message)) return unreadable('one of its messages is not an object');
    const { role } = message;
    const [block] = readBlocks([message['content'] ?? null]) ?? [];
    if (block === undefined || (role !== 'user' && role !== 'assistant'))
      return unreadable('one of its messages can not be read');
    content.push({ ...block, role });
  }
  return { type: 'result', result: { ...withoutCaching(rest), content } };
}

/** How long it may be cached is between the upstream and us. */
function withoutCaching(fields: JsonObject): JsonObject {
  const { ttlMs: _ttlMs, cacheScope: _cacheScope, ...rest } = fields;
  return rest;
}

/** Blocks keep all their fields but `_meta` keys that are ours to set. */
function readBlocks(content: JsonValue): readonly JsonObject[] | null {
  if (!isJsonArray(content)) return null;
  const blocks: JsonObject[] = [];
  for (const block of content) {
    if (!isJsonObject(block) || typeof block['type'] !== 'string') return null;
    if (block['type'] === 'text' && typeof block['text'] !== 'string') return null;
    const { resource } = block;
    blocks.push(
      isJsonObject(resource)
        ? { ...withOwnMeta(block), resource: withOwnMeta(resource) }
        : withOwnMeta(block),
    );
  }
  return blocks;
}

function withOwnMeta({ _meta: meta, ...fields }: JsonObject): JsonObject {
  const kept = keptMeta(meta);
  return kept === null ? fields : { ...fields, _meta: kept };
}

function unreadable(detail: string): ReadResult {
  return { type: 'unreadable', detail };
}
