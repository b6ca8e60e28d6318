/**
 * The headers in which a modern client repeats its body, so that what stands between can route without reading it.
 * Whoever routed or filtered by them must have seen the call that we decide: they are equal, or nothing happens.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import { type Headers, headerOf } from '../http/headers.ts';
import type { RpcRequest } from './message.ts';
import { RpcRefusal, rpcCodes } from './refusal.ts';

const namedBy: ReadonlyMap<string, 'name' | 'uri'> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
]);

export function checkMirroredHeaders(headers: Headers, request: RpcRequest): void {
  if (headerOf(headers, 'mcp-method') !== request.method) throw mismatch('Mcp-Method');
  const field = namedBy.get(request.method);
  if (field === undefined) return;
  const header = headerOf(headers, 'mcp-name');
  if (header === null || headerValue('Mcp-Name', header) !== request.params[field]) {
    throw mismatch('Mcp-Name');
  }
}

/** Checks `Mcp-Param-*` against the arguments that the listed schema marks with `x-mcp-header`. */
export function checkParamHeaders(
  headers: Headers,
  inputSchema: JsonObject,
  args: JsonObject,
): void {
  for (const { header, path } of annotations(inputSchema)) {
    const value = valueAt(args, path);
    const sent = headerOf(headers, `mcp-param-${header.toLowerCase()}`);
    if (!agrees(sent === null ? null : headerValue(`Mcp-Param-${header}`, sent), value))
      throw mismatch(`Mcp-Param-${header}`);
  }
}

export function mismatch(header: string): RpcRefusal {
  return new RpcRefusal(
    'mcp.header',
    rpcCodes.headerMismatch,
    400,
    `header mismatch: \`${header}\` is missing, malformed, or differs from the body`,
  );
}

const sentinel = /^=\?base64\?(.*)\?=$/;

/**
 * The value of a header, out of the Base64 form that what isn't plain ASCII has to take. Strictly: of two readers of
 * loose Base64, one may see another value.
 */
function headerValue(header: string, sent: string): string {
  const [, encoded] = sentinel.exec(sent) ?? [];
  if (encoded === undefined) return sent;
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.toString('base64') !== encoded) throw mismatch(header);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw mismatch(header);
  }
}

interface Annotation {
  readonly header: string;
  readonly path: readonly string[];
}

/** Listed schemas stay the same from call to call. */
const known = new WeakMap<JsonObject, readonly Annotation[]>();

function annotations(schema: JsonObject): readonly Annotation[] {
  const kept = known.get(schema);
  if (kept !== undefined) return kept;
  const found = annotationsOf(schema, []);
  known.set(schema, found);
  return found;
}

/** Only what a chain of `properties` reaches counts; anything deeper makes a client drop the tool. */
function annotationsOf(schema: JsonObject, path: readonly string[]): Annotation[] {
  const found: Annotation[] = [];
  const properties = schema['properties'];
  if (!isJsonObject(properties)) return found;
  for (const [name, property] of Object.entries(properties)) {
    if (!isJsonObject(property)) continue;
    const header = property['x-mcp-header'];
    if (typeof header === 'string' && header !== '') found.push({ header, path: [...path, name] });
    found.push(...annotationsOf(property, [...path, name]));
  }
  return found;
}

function valueAt(args: JsonObject, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = args;
  for (const name of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

function agrees(sent: string | null, value: JsonValue | undefined): boolean {
  if (value === undefined || value === null) return sent === null;
  if (sent === null) return false;
  if (typeof value === 'number') return sent.trim() !== '' && Number(sent) === value;
  // What isn't a string, a number or a boolean has no form in a header.
  return sent === (typeof value === 'boolean' ? String(value) : value);
}
