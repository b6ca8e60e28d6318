/** Where a call's values stand, and what they mean: by the kinds that the policy gives the tool's arguments. */
import type { KindName } from '../../src/content/kind.ts';
import { mapAt, resolvePointer } from '../../src/content/pointer.ts';
import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '../../src/content/value.ts';
import type { Argument, Tool } from '../../src/policy/model.ts';

export interface Place {
  readonly argument: string;
  readonly kind: KindName;
  readonly text: string;
}

/** Every text among the arguments, in the order in which the policy lists them. */
export function placesOf(tool: Tool, args: JsonObject): readonly Place[] {
  const places: Place[] = [];
  rewritten(tool, args, (place) => {
    places.push(place);
    return place.text;
  });
  return places;
}

/** The arguments with each text replaced by what `change` makes of it. */
export function rewritten(
  tool: Tool,
  args: JsonObject,
  change: (place: Place) => string,
): JsonObject {
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => {
      const argument = tool.args.get(name);
      return [name, argument === undefined ? value : rewrittenArgument(argument, value, change)];
    }),
  );
}

function rewrittenArgument(
  { name, parts }: Argument,
  value: JsonValue,
  change: (place: Place) => string,
): JsonValue {
  return parts.reduce<JsonValue>(
    (written, { pointer, kind }) =>
      resolvePointer(written, pointer).length === 0
        ? written
        : (mapAt(written, pointer, (found) =>
            eachText(found, (text) => change({ argument: name, kind: kind.name, text })),
          ) ?? written),
    value,
  );
}

function eachText(value: JsonValue, change: (text: string) => string): JsonValue {
  if (typeof value === 'string') return change(value);
  if (isJsonArray(value)) return value.map((element) => eachText(element, change));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, eachText(member, change)]),
  );
}

const addressForm = /^[^\s@<>]+@[^\s@<>]+\.[a-z]{2,}$/i;
const urlForm = /^(?:[a-z][a-z0-9+.-]*:\/\/|www\.)\S+$/i;
const ibanForm = /^[A-Z]{2}\d{2}[A-Z0-9]{8,30}$/;

export function formOf(text: string): 'address' | 'url' | 'account' | 'name' {
  if (addressForm.test(text)) return 'address';
  if (urlForm.test(text)) return 'url';
  return ibanForm.test(text) ? 'account' : 'name';
}

/** Where a call goes: by its kind, or, where the policy calls it something else, by its form. */
export function isDestination({ kind, text }: Place): boolean {
  if (kind === 'recipient' || kind === 'url' || kind === 'account') return text !== '';
  return !isText(kind) && formOf(text) !== 'name';
}

export function isObject({ kind }: Place): boolean {
  return kind.startsWith('object.');
}

export function isContent({ kind, text }: Place): boolean {
  return kind === 'content' && text !== '';
}

/** What is written to be read by people may hold an address and go nowhere. */
function isText(kind: KindName): boolean {
  return kind === 'content' || kind === 'title' || kind === 'query' || kind === 'date';
}

export function destinationsOf(tool: Tool | undefined, args: JsonObject): readonly string[] {
  if (tool === undefined) return [];
  return [
    ...new Set(
      placesOf(tool, args)
        .filter(isDestination)
        .map(({ text }) => text),
    ),
  ];
}

/** The same call to somebody else alone: of a list of recipients one remains. */
export function withDestination(tool: Tool, args: JsonObject, destination: string): JsonObject {
  const moved = rewritten(tool, args, (place) => (isDestination(place) ? destination : place.text));
  return Object.fromEntries(
    Object.entries(moved).map(([name, value]) => [
      name,
      isJsonArray(value) && value.every((one) => one === destination) && value.length > 1
        ? [destination]
        : value,
    ]),
  );
}
