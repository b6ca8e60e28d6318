import { frameKey, withoutFrame, withoutMarks } from '../../content/frame.ts';
import { mapList, mapMembers, mapStrings } from '../../content/map-json.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';

/**
 * A released result without what Sallyport wrote around and into its texts: what rules look back at is what others said.
 * What was left out, cut or redacted stays so: the agent hasn't seen it.
 */
export function unframed(result: JsonObject): JsonObject {
  const { _meta: meta, ...fields } = result;
  if (!isJsonObject(meta)) return result;
  const { [frameKey]: boundary, ...rest } = meta;
  if (typeof boundary !== 'string') return result;
  const plain = mapStrings(
    mapMembers(fields, (key, member) => [
      key,
      key === 'content' && isJsonArray(member) ? unframedBlocks(member, boundary) : member,
    ]),
    (text) => withoutMarks(text, boundary),
  );
  return Object.keys(rest).length === 0 ? plain : { ...plain, _meta: rest };
}

/** The texts within their frames, with the marks in them: what a program gets that asked for a value. */
export function unframedBlocks(
  blocks: readonly JsonValue[],
  boundary: string,
): readonly JsonValue[] {
  return mapList(blocks, (block) => (isJsonObject(block) ? unframedBlock(block, boundary) : block));
}

function unframedBlock(block: JsonObject, boundary: string): JsonObject {
  return mapMembers(block, (key, member) => {
    if (key === 'text' && typeof member === 'string') return [key, withoutFrame(member, boundary)];
    return [
      key,
      key === 'resource' && isJsonObject(member) ? unframedBlock(member, boundary) : member,
    ];
  });
}
