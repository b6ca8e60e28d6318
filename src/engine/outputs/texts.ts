import type { ToolResult } from './result.ts';

/** Every text of a result that detectors have to look at, each once. */
export function textsOf(_result: ToolResult): readonly string[] {
  return [];
}
