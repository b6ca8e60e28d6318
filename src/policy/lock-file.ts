import { isMap, isScalar, parseDocument } from 'yaml';
import { digestOf } from '../content/digest.ts';
import { SallyportError } from '../content/errors.ts';
import { printableJson } from '../content/escape.ts';
import { readJson, StrictJsonError } from '../content/json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../content/value.ts';
import type { Lock, LockedTool } from './lock.ts';

/** The lock can't be trusted as it stands. `line` and `column` are null where the place isn't one character. */
export class LockError extends SallyportError {
  readonly line: number | null;
  readonly column: number | null;

  constructor(
    message: string,
    place: { readonly line: number; readonly column: number } | null,
    hint: string,
  ) {
    super('policy.lock', message, { hint });
    this.line = place?.line ?? null;
    this.column = place?.column ?? null;
  }
}

/** A hundred servers of a hundred tools with long descriptions. */
export const lockBytesMax = 33_554_432;
const lockDepthMax = 128;

/** What a pinned definition is known by. */
export function definitionDigest(definition: JsonObject): string {
  return digestOf(definition);
}

export function lockDigest(lock: Lock): string {
  return digestOf(plainLock(lock));
}

/**
 * Reads `sallyport.lock`. Digests are computed again: a definition that was edited by hand is one that nobody saw
 * at the upstream.
 *
 * @throws {LockError}
 */
export function parseLock(text: string): Lock {
  const root = readLockJson(text);
  const version = root['lockVersion'];
  if (version !== 1) {
    throw fault(
      text,
      ['lockVersion'],
      '`lockVersion` has to be 1',
      'this lock was made by another version of Sallyport',
    );
  }
  onlyKeys(text, [], root, ['lockVersion', 'upstreams']);
  const upstreams = Object.entries(objectAt(text, ['upstreams'], root['upstreams'])).map(
    ([name, upstream]) => {
      const path = ['upstreams', name];
      const content = objectAt(text, path, upstream);
      onlyKeys(text, path, content, ['tools']);
      const tools = Object.entries(objectAt(text, [...path, 'tools'], content['tools'])).map(
        ([operation, tool]): [string, LockedTool] => [
          operation,
          lockedTool(text, [...path, 'tools', operation], operation, tool),
        ],
      );
      return [name, { tools: Object.fromEntries(tools) }] as const;
    },
  );
  return { lockVersion: 1, upstreams: Object.fromEntries(upstreams) };
}

/**
 * Keys sorted, two spaces, one line feed at the end: so that a diff of two locks is a review. What a server wrote to hide
 * from a reviewer stands there as an escape.
 */
export function formatLock(lock: Lock): string {
  return `${printableJson(JSON.stringify(sorted(plainLock(lock)), null, 2))}\n`;
}

function plainLock(lock: Lock): JsonObject {
  const upstreams = Object.entries(lock.upstreams).map(
    ([name, { tools }]): [string, JsonObject] => {
      const plainTools = Object.entries(tools).map(
        ([operation, { digest, definition, pinnedAt }]): [string, JsonObject] => [
          operation,
          { digest, definition, pinnedAt },
        ],
      );
      return [name, { tools: Object.fromEntries(plainTools) }];
    },
  );
  return { lockVersion: lock.lockVersion, upstreams: Object.fromEntries(upstreams) };
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, entry]) => [key, sorted(entry)]));
}

function readLockJson(text: string): JsonObject {
  let value: JsonValue;
  try {
    value = readJson(text, { bytesMax: lockBytesMax, depthMax: lockDepthMax });
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error;
    throw new LockError(
      error.message,
      lineAndColumn(text, error.offset),
      'restore the lock from version control, or run `sallyport tools pin`',
    );
  }
  return objectAt(text, [], value);
}

function lockedTool(
  text: string,
  path: readonly string[],
  operation: string,
  value: JsonValue,
): LockedTool {
  const tool = objectAt(text, path, value);
  onlyKeys(text, path, tool, ['digest', 'definition', 'pinnedAt']);
  const definition = objectAt(text, [...path, 'definition'], tool['definition']);
  const { digest, pinnedAt } = tool;
  if (typeof pinnedAt !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(pinnedAt)) {
    throw fault(
      text,
      [...path, 'pinnedAt'],
      '`pinnedAt` has to be an RFC 3339 time',
      'run `sallyport tools pin`',
    );
  }
  if (typeof digest !== 'string' || digest !== definitionDigest(definition)) {
    throw fault(
      text,
      [...path, 'digest'],
      `the digest of \`${operation}\` isn't that of its definition: the lock was edited by hand`,
      'look at what changed, then run `sallyport tools pin`',
    );
  }
  return { digest, definition, pinnedAt };
}

function objectAt(text: string, path: readonly string[], value: JsonValue | undefined): JsonObject {
  if (isJsonObject(value)) return value;
  const name = path.length === 0 ? 'the lock' : `\`${path.join('.')}\``;
  throw fault(
    text,
    path,
    `${name} has to be an object`,
    'restore the lock from version control, or run `sallyport tools pin`',
  );
}

function onlyKeys(
  text: string,
  path: readonly string[],
  value: JsonObject,
  known: readonly string[],
): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw fault(
    text,
    [...path, unknown],
    `unknown key \`${unknown}\` in the lock`,
    'restore the lock from version control',
  );
}

function fault(text: string, path: readonly string[], message: string, hint: string): LockError {
  return new LockError(message, placeOf(text, path), hint);
}

/** Where the last key of the path stands; null when it isn't written there. JSON is YAML too, and that reader keeps places. */
function placeOf(text: string, path: readonly string[]): { line: number; column: number } | null {
  let node: unknown = parseDocument(text, { logLevel: 'silent', prettyErrors: false }).contents;
  let offset = 0;
  for (const key of path) {
    if (!isMap(node)) return null;
    const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
    if (pair === undefined || !isScalar(pair.key)) return null;
    offset = pair.key.range?.[0] ?? 0;
    node = pair.value;
  }
  return lineAndColumn(text, offset);
}

function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
