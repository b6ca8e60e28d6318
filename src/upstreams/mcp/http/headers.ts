/** Headers of the modern era: they mirror the body, and are made from it. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../../content/value.ts';

/** A value as `Mcp-Name` and `Mcp-Param-*` carry it: plain where that is safe, else Base64 between markers. */
export function headerValue(value: string): string {
  const plain =
    /^[\x21-\x7e]([\t\x20-\x7e]*[\x21-\x7e])?$/.test(value) &&
    !(value.startsWith('=?base64?') && value.endsWith('?='));
  return plain ? value : `=?base64?${Buffer.from(value, 'utf8').toString('base64')}?=`;
}

/** One argument that a tool's schema wants mirrored (`x-mcp-header`). */
export interface MirroredArgument {
  readonly header: string;
  readonly path: readonly string[];
}

export type Mirroring =
  | { readonly type: 'valid'; readonly mirrored: readonly MirroredArgument[] }
  | { readonly type: 'invalid'; readonly reason: string };

const annotation = 'x-mcp-header';
const depthMax = 32;

/** Where the annotations of a schema are. A tool with one in the wrong place must not be listed at all. */
export function readMirroring(inputSchema: JsonObject): Mirroring {
  const mirrored: MirroredArgument[] = [];
  const problem = readProperties(inputSchema, [], mirrored);
  if (problem !== null) return { type: 'invalid', reason: problem };
  if (countAnnotations(inputSchema, 0) !== mirrored.length)
    return {
      type: 'invalid',
      reason: `\`${annotation}\` stands where no argument's place is certain`,
    };
  const names = new Set(mirrored.map(({ header }) => header.toLowerCase()));
  return names.size === mirrored.length
    ? { type: 'valid', mirrored }
    : { type: 'invalid', reason: `two arguments have the same \`${annotation}\`` };
}

function readProperties(
  schema: JsonObject,
  path: readonly string[],
  into: MirroredArgument[],
): string | null {
  const { properties } = schema;
  if (!isJsonObject(properties) || path.length >= depthMax) return null;
  for (const [name, property] of Object.entries(properties)) {
    if (!isJsonObject(property)) continue;
    const header = property[annotation];
    if (header !== undefined) {
      if (typeof header !== 'string' || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/.test(header))
        return `\`${annotation}\` is not a header name`;
      if (!['string', 'integer', 'boolean'].some((type) => type === property['type']))
        return `\`${annotation}\` stands at an argument that is neither string, integer nor boolean`;
      into.push({ header, path: [...path, name] });
    }
    const problem = readProperties(property, [...path, name], into);
    if (problem !== null) return problem;
  }
  return null;
}

function countAnnotations(value: JsonValue, depth: number): number {
  if (typeof value !== 'object' || value === null || depth > 128) return 0;
  let count = 0;
  for (const [key, inner] of Object.entries(value)) {
    // A property that happens to be called so is an argument, not an annotation; its schema is an object.
    if (key === annotation && !isJsonObject(inner)) count += 1;
    count += countAnnotations(inner, depth + 1);
  }
  return count;
}

export function mirrorArguments(
  mirrored: readonly MirroredArgument[],
  args: JsonObject,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { header, path } of mirrored) {
    let value: JsonValue | undefined = args;
    for (const name of path)
      value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      headers[`mcp-param-${header.toLowerCase()}`] = headerValue(String(value));
  }
  return headers;
}

/** `Retry-After`, as seconds or as a date, bounded. */
export function retryAfterMs(written: string | null, nowMs: number, maxMs: number): number | null {
  if (written === null) return null;
  const ms = /^\d{1,9}$/.test(written) ? Number(written) * 1_000 : Date.parse(written) - nowMs;
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), maxMs);
}
