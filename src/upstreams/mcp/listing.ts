/** All pages of a server's tool list, bounded in every direction. */
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import { type SurfaceOperation, surfaceDefinitions } from '../../policy/surfaces.ts';
import { UpstreamError } from '../errors.ts';
import { upstreamLimits } from '../limits.ts';
import type { ListedTool } from '../port.ts';
import type { Exchange } from './channel.ts';
import type { Agreement } from './protocol.ts';

export interface Listing {
  readonly tools: readonly ListedTool[];
  /** Definitions that were left out, and why: for operators. */
  readonly leftOut: readonly { readonly operation: string; readonly reason: string }[];
}

export async function listAllTools(
  ask: (params: JsonObject) => Promise<Exchange>,
  agreement: Agreement,
  admit: (definition: JsonObject) => string | null,
): Promise<Listing> {
  const definitions =
    isJsonObject(agreement.capabilities['tools']) || agreement.era === 'legacy'
      ? await readPages(ask, agreement)
      : [];
  const times = new Map<string, number>();
  for (const { name } of definitions) {
    const folded = String(name).toLowerCase();
    times.set(folded, (times.get(folded) ?? 0) + 1);
  }
  const tools = new Map<string, ListedTool>();
  const leftOut = new Map<string, string>();
  for (const definition of definitions) {
    const { name } = definition;
    // A name that can't be shown as it is can't be reviewed either.
    if (
      typeof name !== 'string' ||
      !/^[\x21-\x7e]+$/.test(name) ||
      name.length > upstreamLimits.operationCharactersMax
    ) {
      leftOut.set(
        JSON.stringify(name ?? null).slice(0, upstreamLimits.operationCharactersMax),
        'its name is not 1 to 256 printable ASCII characters',
      );
      continue;
    }
    // Nobody can say which of two a call would meet, nor which of `send` and `Send` a reviewer meant.
    const reason =
      (times.get(name.toLowerCase()) ?? 0) > 1
        ? 'it is listed more than once, or differs from another in case alone'
        : admitted(definition, admit);
    if (reason === null) tools.set(name, { operation: name, definition });
    else leftOut.set(name, reason);
  }
  for (const surface of otherSurfaces(agreement)) tools.set(surface.operation, surface);
  return {
    tools: [...tools.values()],
    leftOut: [...leftOut].map(([operation, reason]) => ({ operation, reason })),
  };
}

function admitted(
  definition: JsonObject,
  admit: (definition: JsonObject) => string | null,
): string | null {
  return isJsonObject(definition['inputSchema']) ? admit(definition) : 'it has no input schema';
}

async function readPages(
  ask: (params: JsonObject) => Promise<Exchange>,
  agreement: Agreement,
): Promise<readonly JsonObject[]> {
  const definitions: JsonObject[] = [];
  const cursors = new Set<string>();
  let cursor: string | null = null;
  let bytes = 0;
  for (let page = 0; page < upstreamLimits.pagesMax; page += 1) {
    const answer: Exchange = await ask(cursor === null ? {} : { cursor });
    if (answer.type === 'failed')
      throw new UpstreamError(
        'upstream.unavailable',
        `its tools could not be listed: ${answer.detail}`,
      );
    if (answer.type === 'error') {
      // A legacy server without tools doesn't know the method.
      if (page === 0 && answer.code === -32601 && agreement.capabilities['tools'] === undefined)
        return [];
      throw new UpstreamError(
        'upstream.protocol',
        `its tools could not be listed: it answered ${answer.code}: ${answer.message}`,
      );
    }
    const { tools, nextCursor } = answer.result;
    if (!isJsonArray(tools) || !tools.every(isObject))
      throw new UpstreamError(
        'upstream.protocol',
        'its answer to `tools/list` has no list of tools',
      );
    bytes += JSON.stringify(tools).length;
    definitions.push(...tools);
    if (definitions.length > upstreamLimits.toolsMax || bytes > upstreamLimits.catalogBytesMax) {
      throw new UpstreamError(
        'upstream.too_large',
        `it lists more than ${upstreamLimits.toolsMax} tools or ${upstreamLimits.catalogBytesMax} bytes`,
      );
    }
    if (nextCursor === undefined || nextCursor === null) return definitions;
    if (
      typeof nextCursor !== 'string' ||
      nextCursor.length > upstreamLimits.cursorCharactersMax ||
      cursors.has(nextCursor)
    ) {
      throw new UpstreamError(
        'upstream.protocol',
        'its list of tools goes round in circles or has an unusable cursor',
      );
    }
    cursors.add(nextCursor);
    cursor = nextCursor;
  }
  throw new UpstreamError(
    'upstream.too_large',
    `its list of tools has more than ${upstreamLimits.pagesMax} pages`,
  );
}

function isObject(value: JsonValue): value is JsonObject {
  return isJsonObject(value);
}

/** They stand in the list in the place of tools of their names. */
function otherSurfaces(agreement: Agreement): readonly ListedTool[] {
  const { resources, prompts } = agreement.capabilities;
  const surface = (operation: SurfaceOperation): ListedTool => ({
    operation,
    definition: surfaceDefinitions[operation],
  });
  return [
    ...(isJsonObject(resources) ? [surface('resources/read')] : []),
    ...(isJsonObject(prompts) ? [surface('prompts/get')] : []),
  ];
}
