import type { JsonObject, JsonValue } from '../../content/value.ts';

/** An MCP `CallToolResult`, as the upstream port hands it over. */
export interface ToolResult {
  readonly content: readonly JsonObject[];
  readonly structuredContent?: JsonObject;
  readonly isError?: boolean;
  readonly [key: string]: JsonValue | undefined;
}

/** Absent fields left out: what remains is JSON. */
export function asJson(result: ToolResult): JsonObject {
  return jsonOf(result);
}

interface Fields {
  readonly [key: string]: JsonValue | undefined;
}

function jsonOf(fields: Fields): JsonObject {
  if (isJson(fields)) return fields;
  const json: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) json[name] = value;
  return json;
}

function isJson(fields: Fields): fields is JsonObject {
  for (const name in fields) if (fields[name] === undefined) return false;
  return true;
}

const nothing: JsonObject = Object.freeze({});

/** What else an upstream said, beside what a client is given: its `_meta`, fields that nobody knows. */
export function othersOf(result: ToolResult): JsonObject {
  // Most say nothing else, and each result is asked several times.
  if (!saysMore(result)) return nothing;
  const { content: _content, structuredContent: _data, isError: _isError, ...others } = result;
  return jsonOf(others);
}

function saysMore(result: ToolResult): boolean {
  for (const name in result) if (!parts.has(name)) return true;
  return false;
}

const parts: ReadonlySet<string> = new Set(['content', 'structuredContent', 'isError']);

/** The very same where its parts are. `others`: null, as they were. */
export function withParts(
  result: ToolResult,
  {
    content,
    structuredContent,
    others,
  }: {
    readonly content: readonly JsonObject[];
    readonly structuredContent: JsonObject | undefined;
    readonly others: JsonObject | null;
  },
): ToolResult {
  if (
    content === result.content &&
    structuredContent === result.structuredContent &&
    others === null
  )
    return result;
  const { isError } = result;
  return {
    ...(others ?? othersOf(result)),
    content,
    ...(structuredContent === undefined ? {} : { structuredContent }),
    ...(isError === undefined ? {} : { isError }),
  };
}
