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

function jsonOf(fields: { readonly [key: string]: JsonValue | undefined }): JsonObject {
  const json: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) json[name] = value;
  return json;
}

/** What else an upstream said, beside what a client is given: its `_meta`, fields that nobody knows. */
export function othersOf(result: ToolResult): JsonObject {
  const { content: _content, structuredContent: _data, isError: _isError, ...others } = result;
  return jsonOf(others);
}

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
