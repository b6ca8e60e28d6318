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
  const json: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(result)) if (value !== undefined) json[name] = value;
  return json;
}
