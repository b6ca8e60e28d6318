/** The texts of a result, each where it stands: what detectors look at and what is edited are the same by construction. */
import {
  isTellingNumber,
  jsonLiterals,
  pointerTo,
  withLiterals,
} from '../../content/json-literals.ts';
import { mapList, mapMembers } from '../../content/map-json.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import { othersOf, type ToolResult, withParts } from './result.ts';

export interface Leaf {
  readonly text: string;
  /** `place`: an address of the protocol, which a client goes to. */
  readonly form: 'text' | 'number' | 'key' | 'place';
  /** The name of the field that it is the value of; null: it is in none. */
  readonly name: string | null;
  /** RFC 6901, from the result's root, and on into JSON within a text. */
  readonly pointer: string;
}

/** The same text leaves the leaf as it is; for a number any other makes a string of it. */
export type ChangeLeaf = (leaf: Leaf) => string;

/** JSON in a string in JSON in a text: deeper is text. */
const nestingMax = 3;

/** What the protocol says of a block, in one word: nobody reads it. Written otherwise, it is text as any other. */
const word = /^[a-z_]{1,32}$/;
const words: ReadonlySet<string> = new Set(['type', 'role']);
const places: ReadonlySet<string> = new Set(['uri']);

/** The result with its leaves changed, also those that no client is given, for they are recorded: the very same where none was. */
export function mapLeaves(result: ToolResult, change: ChangeLeaf): ToolResult {
  // First of all: of what comes last there may be more than anybody looks at.
  const others = othersOf(result);
  const besides = mapValue(others, '', null, change);
  const content = mapList(result.content, (block, index) =>
    mapBlock(block, `/content/${index}`, change),
  );
  const { structuredContent } = result;
  const data = structuredContent && mapValue(structuredContent, '/structuredContent', null, change);
  return withParts(result, {
    content,
    structuredContent: isJsonObject(data) ? data : structuredContent,
    others: isJsonObject(besides) && besides !== others ? besides : null,
  });
}

/** The same of data alone. */
export function mapValue(
  value: JsonValue,
  pointer: string,
  name: string | null,
  change: ChangeLeaf,
): JsonValue {
  // As deep as the same value is in its text, so that both are the same texts.
  if (typeof value === 'string') return mapText(value, pointer, name, change, 1);
  if (typeof value === 'number') {
    const text = String(value);
    const changed = isTellingNumber(text) ? change({ text, form: 'number', name, pointer }) : text;
    return changed === text ? value : changed;
  }
  if (isJsonArray(value))
    return mapList(value, (item, index) =>
      mapValue(item, pointerTo(pointer, `${index}`), null, change),
    );
  if (!isJsonObject(value)) return value;
  return mapMembers(value, (key, member) => {
    const at = pointerTo(pointer, key);
    return [
      change({ text: key, form: 'key', name: null, pointer: at }),
      mapValue(member, at, key, change),
    ];
  });
}

function mapBlock(block: JsonObject, pointer: string, change: ChangeLeaf): JsonObject {
  return mapMembers(block, (key, member) => {
    const at = `${pointer}/${key}`;
    if (typeof member === 'string' && isNoText(key, member, block)) return [key, member];
    if (places.has(key) && typeof member === 'string')
      return [key, change({ text: member, form: 'place', name: null, pointer: at })];
    if (key === 'text' && typeof member === 'string')
      return [key, mapText(member, at, null, change, 0)];
    if (key === 'resource' && isJsonObject(member)) return [key, mapBlock(member, at, change)];
    return [key, mapValue(member, at, key, change)];
  });
}

/** Bytes are what the policy lets through as such; in a text they would be what nobody looks at. */
function isNoText(key: string, member: string, { type, text }: JsonObject): boolean {
  if (words.has(key)) return word.test(member);
  if (key === 'data') return type === 'image' || type === 'audio';
  return key === 'blob' && type === undefined && text === undefined;
}

function mapText(
  text: string,
  pointer: string,
  name: string | null,
  change: ChangeLeaf,
  nesting: number,
): string {
  const literals = nesting < nestingMax ? jsonLiterals(text) : null;
  if (literals === null) return change({ text, form: 'text', name, pointer });
  return withLiterals(text, literals, (literal) => {
    const at = pointer + literal.pointer;
    return literal.form === 'text'
      ? mapText(literal.value, at, literal.name, change, nesting + 1)
      : change({ text: literal.value, form: literal.form, name: literal.name, pointer: at });
  });
}
