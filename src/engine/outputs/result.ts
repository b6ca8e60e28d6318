import type { JsonObject, JsonValue } from '../../content/value.ts';

/** An MCP `CallToolResult`, as the upstream port hands it over. */
export interface ToolResult {
  readonly content: readonly JsonObject[];
  readonly structuredContent?: JsonObject;
  readonly isError?: boolean;
  readonly [key: string]: JsonValue | undefined;
}
