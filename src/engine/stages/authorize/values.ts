import type { KindName } from '../../../content/kind.ts';
import type { PointerSegment } from '../../../content/pointer.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../../../content/value.ts';
import type { Tool } from '../../../policy/model.ts';
import type { ArgumentValue, ReadCall } from '../../call.ts';
import { shapeOf } from '../../tool-shape.ts';
import type { Answer } from './check.ts';
import { unjudged, unmet } from './check.ts';

export function valuesOf(read: ReadCall, kind: KindName): readonly ArgumentValue[] {
  return read.values.filter((value) => value.kind === kind);
}

const none: readonly ArgumentValue[] = [];

/** Those of a kind that aren't permitted. Most calls have none: of those that are, no list is made before somebody asks. */
export function refusedOf(
  { values }: ReadCall,
  kind: KindName,
  permitted: (value: ArgumentValue) => boolean,
): readonly ArgumentValue[] {
  let refused: ArgumentValue[] | null = null;
  for (const value of values) {
    if (value.kind !== kind || permitted(value)) continue;
    refused ??= [];
    refused.push(value);
  }
  return refused ?? none;
}

/**
 * Arguments of a kind that name nothing, or name nothing at one place where they could: of a list of files each has to
 * have its path. An empty list names nothing too: to some tools it means "all of them".
 */
export function absentArguments(read: ReadCall, kind: KindName): readonly string[] {
  const absent: string[] = [];
  for (const argument of shapeOf(read.tool).argumentsOf.get(kind) ?? []) {
    if (argument.absentIsNone) continue;
    const { name } = argument;
    const given = Object.hasOwn(read.args, name) ? read.args[name] : undefined;
    let isAsked = false;
    let isLeftOut = false;
    for (const part of argument.parts) {
      if (part.kind.name !== kind || part.kind.absentIsNone) continue;
      isAsked = true;
      isLeftOut ||= leavesOut(given, part.pointer.segments);
    }
    if (!isAsked) continue;
    if (isLeftOut || !read.values.some((one) => one.kind === kind && one.argument === name))
      absent.push(name);
  }
  return absent;
}

/** Whether nothing stands at some place that the pointer names. Of another shape than the pointer's, it names none. */
export function leavesOut(
  value: JsonValue | undefined,
  segments: readonly PointerSegment[],
  from = 0,
): boolean {
  if (value === undefined || value === null) return true;
  const segment = segments[from];
  if (segment === undefined || segment.type === 'each') {
    if (!isJsonArray(value)) return false;
    return value.length === 0 || value.some((one) => leavesOut(one, segments, from + 1));
  }
  if (!isJsonObject(value)) return false;
  if (segment.type === 'keys') return Object.keys(value).length === 0;
  const member = Object.hasOwn(value, segment.name) ? value[segment.name] : undefined;
  return leavesOut(member, segments, from + 1);
}

/**
 * What a constraint on things that are *read* answers before it looks at any value: leaving an argument out may mean
 * "everything", so it isn't met by an absent one, unless the items that come back are filtered instead.
 */
export function refuseAbsent(read: ReadCall, kind: KindName): Answer | null {
  const filtered = filteredBy(read.tool, kind);
  if (!takes(read.tool, kind) && !filtered) return unanswerable(kind);
  const absent = filtered ? [] : absentArguments(read, kind);
  return absent.length === 0 ? null : unmet('authorize.absent', { arguments: absent });
}

/** A constraint on where things *go* is met by an empty list; but the tool has to have such arguments or items. */
export function refuseUnanswerable(tool: Tool, kind: KindName): Answer | null {
  return takes(tool, kind) || filteredBy(tool, kind) ? null : unanswerable(kind);
}

export function takes(tool: Tool, kind: KindName): boolean {
  return shapeOf(tool).argumentsOf.has(kind);
}

function filteredBy(tool: Tool, kind: KindName): boolean {
  return shapeOf(tool).attributesOf.has(kind);
}

/** The loader refuses such a grant. Should one come through, it grants nothing: never silently true. */
function unanswerable(kind: KindName): Answer {
  return unjudged('authorize.absent', { unanswerable: kind });
}
