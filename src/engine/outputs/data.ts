import { parse as parseYaml } from 'yaml';
import { readJson } from '../../content/json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import type { Returns } from '../../policy/model.ts';
import { excessOf } from '../bounds.ts';
import type { ToolResult } from './result.ts';

/** What a result says, as data: its structured part, or its text where the policy says that the text is data. */
export interface ResultData {
  readonly from: 'structured' | 'text';
  readonly value: JsonValue;
}

/** Of each result whose text is data: it is read once, for the detectors and for everything after them. */
const read = new WeakMap<
  ToolResult,
  { readonly parse: Returns['parse']; readonly data: ResultData | null }
>();

export function dataOf(result: ToolResult, parse: Returns['parse']): ResultData | null {
  if (result.structuredContent !== undefined)
    return { from: 'structured', value: result.structuredContent };
  if (parse === null) return null;
  const known = read.get(result);
  if (known !== undefined && known.parse === parse) return known.data;
  const data = dataInText(result, parse);
  read.set(result, { parse, data });
  return data;
}

function dataInText(result: ToolResult, parse: 'json' | 'yaml'): ResultData | null {
  // Several blocks are several texts, and which of them is the data nobody said.
  const [block, ...others] = result.content;
  if (block === undefined || others.length > 0 || block['type'] !== 'text') return null;
  const text = block['text'];
  if (typeof text !== 'string') return null;
  const value = parse === 'json' ? readStrictly(text) : readYaml(text);
  return value === undefined ? null : { from: 'text', value };
}

function readStrictly(text: string): JsonValue | undefined {
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
}

/** No aliases (a few lines of them unfold into gigabytes), no tags, no second meaning of a key. */
function readYaml(text: string): JsonValue | undefined {
  try {
    const value: unknown = parseYaml(text, {
      schema: 'core',
      maxAliasCount: 0,
      uniqueKeys: true,
      merge: false,
      logLevel: 'error',
    });
    return isJson(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isJson(value: unknown): value is JsonValue {
  return excessOf(value) === null;
}

/** The result with its data replaced. The text is written anew: an upstream's own rendering may say what was left out. */
export function withData(
  result: ToolResult,
  from: ResultData['from'],
  value: JsonValue,
): ToolResult {
  const content: readonly JsonObject[] = [{ type: 'text', text: JSON.stringify(value) }];
  const base: ToolResult =
    result.isError === undefined ? { content } : { content, isError: result.isError };
  return from === 'structured' && isJsonObject(value)
    ? { ...base, structuredContent: value }
    : base;
}

/** Whether everything in the result besides its data is text, which is then written anew. */
export function isAllText(result: ToolResult): boolean {
  return result.content.every((block) => block['type'] === 'text');
}
