import type { PointerSegment } from '../content/pointer.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../content/value.ts';
import type { Argument } from '../policy/model.ts';

/**
 * The first value of an argument that no part of it speaks of; null: all are covered.
 *
 * A value without a kind is one that no constraint can judge: an agent would put its payload there.
 */
export function uncovered(argument: Argument, value: JsonValue): string | null {
  if (argument.parts.some(isWhole)) return null;
  return walk(
    value,
    argument.parts.map((part) => part.pointer.segments),
    '',
  );
}

function isWhole({ pointer }: Argument['parts'][number]): boolean {
  return pointer.segments.length === 0;
}

type Rest = readonly PointerSegment[];

function walk(value: JsonValue, parts: readonly Rest[], pointer: string): string | null {
  if (value === null || parts.some((rest) => rest.length === 0)) return null;
  if (isJsonArray(value)) {
    const each = stepInto(parts, null);
    for (const [index, element] of value.entries()) {
      const named = stepInto(parts, `${index}`);
      const loose = walk(
        element,
        named.length === 0 ? each : [...each, ...named],
        `${pointer}/${index}`,
      );
      if (loose !== null) return loose;
    }
    return null;
  }
  if (isJsonObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      const loose = walk(member, stepInto(parts, name), `${pointer}/${name}`);
      if (loose !== null) return loose;
    }
    return null;
  }
  return pointer;
}

/** What is left of each part after one step: into a name, or (null) into any element. */
function stepInto(parts: readonly Rest[], name: string | null): Rest[] {
  const left: Rest[] = [];
  for (const [segment, ...rest] of parts) {
    if (
      name === null ? segment?.type === 'each' : segment?.type === 'name' && segment.name === name
    ) {
      left.push(rest);
    }
  }
  return left;
}
