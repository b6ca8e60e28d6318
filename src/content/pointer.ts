import { SallyportError } from './errors.ts';
import { isJsonArray, isJsonObject, type JsonValue } from './value.ts';

/**
 * RFC 6901 pointers plus two forms of ours: a segment `*` is every element of an array, a final `*~keys` the
 * keys of a map. A literal segment `*` can't be named; no tool that we met has one.
 */
export interface Pointer {
  readonly text: string;
  readonly segments: readonly PointerSegment[];
}

export type PointerSegment =
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'each' }
  | { readonly type: 'keys' };

export class PointerError extends SallyportError {
  declare readonly code: 'content.pointer';
}

const segmentsMax = 32;

/** @throws {PointerError} */
export function parsePointer(text: string): Pointer {
  if (text === '') return { text, segments: [] };
  if (!text.startsWith('/'))
    throw new PointerError('content.pointer', 'a pointer begins with `/`, or is empty');
  const parts = text.slice(1).split('/');
  if (parts.length > segmentsMax)
    throw new PointerError('content.pointer', `a pointer has at most ${segmentsMax} segments`);
  return {
    text,
    segments: parts.map((part, index) => readSegment(part, index === parts.length - 1)),
  };
}

function readSegment(part: string, last: boolean): PointerSegment {
  if (part === '*') return { type: 'each' };
  if (part === '*~keys') {
    if (!last) throw new PointerError('content.pointer', '`*~keys` ends a pointer');
    return { type: 'keys' };
  }
  if (/~(?![01])/.test(part))
    throw new PointerError('content.pointer', '`~` is written `~0`, and `/` within a name `~1`');
  return { type: 'name', name: part.replaceAll('~1', '/').replaceAll('~0', '~') };
}

export interface Found {
  /** RFC 6901, from the root that was given. A key found by `*~keys` has its member's pointer. */
  readonly pointer: string;
  readonly value: JsonValue;
}

/** Every value that the pointer names, in order; none where the way there is missing. Looks at own members only. */
export function resolvePointer(root: JsonValue, pointer: Pointer): Found[] {
  let found: Found[] = [{ pointer: '', value: root }];
  for (const segment of pointer.segments) found = found.flatMap((at) => step(at, segment));
  return found;
}

function step({ pointer, value }: Found, segment: PointerSegment): Found[] {
  switch (segment.type) {
    case 'each':
      return isJsonArray(value)
        ? value.map((member, index) => ({ pointer: `${pointer}/${index}`, value: member }))
        : [];
    case 'keys':
      return isJsonObject(value)
        ? Object.keys(value).map((key) => ({
            pointer: `${pointer}/${escapeSegment(key)}`,
            value: key,
          }))
        : [];
    case 'name': {
      const member = memberOf(value, segment.name);
      return member === undefined
        ? []
        : [{ pointer: `${pointer}/${escapeSegment(segment.name)}`, value: member }];
    }
  }
}

/** Replaces what the pointer names, and leaves the rest as it is; `undefined` leaves a member out. */
export function mapAt(
  root: JsonValue,
  pointer: Pointer,
  change: (value: JsonValue) => JsonValue | undefined,
): JsonValue | undefined {
  return mapFrom(root, pointer.segments, change);
}

function mapFrom(
  value: JsonValue,
  segments: readonly PointerSegment[],
  change: (value: JsonValue) => JsonValue | undefined,
): JsonValue | undefined {
  const [segment, ...rest] = segments;
  if (segment === undefined) return change(value);
  if (segment.type === 'each') {
    if (!isJsonArray(value)) return value;
    return value.flatMap((member) => {
      const changed = mapFrom(member, rest, change);
      return changed === undefined ? [] : [changed];
    });
  }
  // Keys are names, not places: nothing can be put there.
  if (segment.type === 'keys') return value;
  const member = memberOf(value, segment.name);
  if (member === undefined) return value;
  const changed = mapFrom(member, rest, change);
  if (isJsonArray(value))
    return value.flatMap((old, index) =>
      String(index) === segment.name ? (changed === undefined ? [] : [changed]) : [old],
    );
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, old]) =>
      key === segment.name ? (changed === undefined ? [] : [[key, changed]]) : [[key, old]],
    ),
  );
}

/** An own member: `toString` and `constructor` are names like any other, and `length` is none. */
function memberOf(value: JsonValue, name: string): JsonValue | undefined {
  if (isJsonArray(value))
    return /^(?:0|[1-9][0-9]{0,15})$/.test(name) ? value[Number(name)] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

export function escapeSegment(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
