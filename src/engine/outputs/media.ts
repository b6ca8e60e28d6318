import type { JsonObject } from '../../content/value.ts';
import type { Tool } from '../../policy/model.ts';

/**
 * The first kind of content that may not pass; null: all may. A picture can say anything to a model that reads pictures,
 * and a link makes its client fetch, so both are let through only where the policy expects them.
 */
export function unexpectedMedia(content: readonly JsonObject[], tool: Tool): string | null {
  for (const block of content) {
    const type = block['type'];
    if (type === 'text') continue;
    // What a resource is asked for is its text.
    if (type === 'resource' && tool.surface === 'resource' && isTextResource(block['resource']))
      continue;
    if (typeof type !== 'string' || !tool.returns.content.has(type))
      return typeof type === 'string' ? type.slice(0, 64) : 'unnamed';
  }
  return null;
}

function isTextResource(resource: JsonObject[string] | undefined): boolean {
  return (
    typeof resource === 'object' && resource !== null && 'text' in resource && !('blob' in resource)
  );
}
