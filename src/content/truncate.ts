import { readJson, StrictJsonError } from './json.ts';
import { shortenJson, shortenObject, shortenText } from './shorten.ts';
import { utf8Bytes } from './utf8.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './value.ts';

/** What is cut of a tool's result; its other fields pass as they are. */
export interface ResultParts {
  readonly content: readonly JsonObject[];
  readonly structuredContent?: JsonObject;
}

export interface Truncated {
  readonly content: readonly JsonObject[];
  /** Null where there was none. */
  readonly structuredContent: JsonObject | null;
  /** Of text and data; 0: nothing was cut, and the parts are the very ones that were given. */
  readonly bytesCut: number;
}

/** Room for the block that says what was cut: it comes on top of `bytesMax`. */
export const noticeBytesMax = 160;

/** What one more block costs at least, or a million empty ones would cost nothing. */
const blockBytes = 16;

/** Less isn't shown of a block: it would be all marker. */
const shownBytesMin = 64;

/**
 * Cuts a result down to what a model may see of it: its texts together, and its structured data, each to `bytesMax`
 * of UTF-8 (a client shows the model one or the other). Text that is JSON stays JSON; structured data keeps the types
 * of its members, since clients refuse what doesn't fit the tool's schema. A last block says that something is missing.
 *
 * Images, audio and blobs pass whole: half of one is nothing, and the policy named them to let them through.
 */
export function truncateResult(result: ResultParts, bytesMax: number): Truncated {
  const { structuredContent = null } = result;
  const content = cutBlocks(result.content, bytesMax);
  const data = structuredContent === null ? null : cutData(structuredContent, bytesMax);
  const bytesCut = content.bytesCut + (data?.bytesCut ?? 0);
  if (bytesCut === 0) return { content: result.content, structuredContent, bytesCut };
  return {
    content: [...content.blocks, { type: 'text', text: notice(bytesCut, content, data) }],
    structuredContent: data?.value ?? null,
    bytesCut,
  };
}

interface CutBlocks {
  readonly blocks: readonly JsonObject[];
  readonly bytesCut: number;
  readonly blocksLeftOut: number;
}

function cutBlocks(blocks: readonly JsonObject[], bytesMax: number): CutBlocks {
  const kept: JsonObject[] = [];
  let left = bytesMax;
  let bytesCut = 0;
  let blocksLeftOut = 0;
  let full = false;
  for (const block of blocks) {
    if (isMedia(block)) {
      kept.push(block);
      continue;
    }
    const bytes = costOf(block);
    if (!full && bytes <= left) {
      kept.push(block);
      left -= bytes;
      continue;
    }
    const part = full ? null : partOf(block, left);
    // The end is what is missing: nothing behind the first cut is shown.
    full = true;
    if (part === null) {
      blocksLeftOut += 1;
      bytesCut += bytes;
    } else {
      kept.push(part);
      bytesCut += Math.max(1, bytes - costOf(part));
    }
  }
  return { blocks: kept, bytesCut, blocksLeftOut };
}

function cutData(
  value: JsonObject,
  bytesMax: number,
): { readonly value: JsonObject; readonly bytesCut: number } {
  const shortened = shortenObject(value, bytesMax, 'shaped');
  if (shortened === value) return { value, bytesCut: 0 };
  return { value: shortened, bytesCut: Math.max(1, jsonBytes(value) - jsonBytes(shortened)) };
}

function isMedia(block: JsonObject): boolean {
  if (block['type'] === 'image' || block['type'] === 'audio') return true;
  const resource = block['resource'];
  return isJsonObject(resource) && typeof resource['blob'] === 'string';
}

/** What a block costs: its text, and whatever it has besides that a client could show or a model be given. */
function costOf(block: JsonObject): number {
  const text = textOf(block);
  if (text !== null && isBare(block)) return Math.max(blockBytes, utf8Bytes(text));
  const besides = jsonBytes(text === null ? block : withText(block, '')) - bareBytes;
  return Math.max(blockBytes, (text === null ? 0 : utf8Bytes(text)) + Math.max(0, besides));
}

const bareBytes = jsonBytes({ type: 'text', text: '' });

/** A text and nothing besides, as most are. */
function isBare(block: JsonObject): boolean {
  const { type, text } = block;
  return type === 'text' && typeof text === 'string' && Object.keys(block).length === 2;
}

function textOf(block: JsonObject): string | null {
  if (typeof block['text'] === 'string') return block['text'];
  const resource = block['resource'];
  return isJsonObject(resource) && typeof resource['text'] === 'string' ? resource['text'] : null;
}

function withText(block: JsonObject, text: string): JsonObject {
  if (typeof block['text'] === 'string') return { ...block, text };
  const resource = block['resource'];
  return isJsonObject(resource) ? { ...block, resource: { ...resource, text } } : block;
}

/** Null: a block that can't be shown in part, or too little of it to be worth it. */
function partOf(block: JsonObject, bytesMax: number): JsonObject | null {
  const text = textOf(block);
  if (text === null) return null;
  const room = bytesMax - costOf(withText(block, ''));
  return room < shownBytesMin ? null : withText(block, cutText(text, room));
}

function cutText(text: string, bytesMax: number): string {
  const data = dataIn(text);
  const shortened = data === undefined ? undefined : shortenJson(data, bytesMax, 'marked');
  return shortened === undefined ? shortenText(text, bytesMax) : JSON.stringify(shortened);
}

/** Undefined: no JSON, or JSON that we would read otherwise than its writer meant it, so that it is text to us. */
function dataIn(text: string): JsonValue | undefined {
  if (!/^\s*[[{"]/.test(text)) return undefined;
  try {
    return readJson(text);
  } catch (error) {
    if (error instanceof StrictJsonError) return undefined;
    throw error;
  }
}

function jsonBytes(value: JsonValue): number {
  return utf8Bytes(JSON.stringify(value));
}

function notice(
  bytesCut: number,
  content: CutBlocks,
  data: { readonly bytesCut: number } | null,
): string {
  const parts = [
    content.blocksLeftOut > 0 ? `${content.blocksLeftOut} whole block(s)` : null,
    data !== null && data.bytesCut > 0 ? 'some of the structured data' : null,
  ].filter((part) => part !== null);
  const including = parts.length === 0 ? '' : `, with ${parts.join(' and ')}`;
  return `[Sallyport left out ${bytesCut} bytes of this result${including}. Ask for less or for a part.]`;
}
