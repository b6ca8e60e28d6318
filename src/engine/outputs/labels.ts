import { parseReturned, plainKind } from '../../content/kinds.ts';
import { resolvePointer } from '../../content/pointer.ts';
import { isJsonArray, type JsonObject, type JsonValue } from '../../content/value.ts';
import type { Tool } from '../../policy/model.ts';
import { mergeLabels, noLabels, unknownSubject } from '../labels.ts';
import type { Labels } from '../run.ts';

/** What is known of what the agent gets to see: its trust, its classes, and whose data it is. */
export function labelsOf(tool: Tool, args: JsonObject, seen: JsonValue | null): Labels {
  const { trust, classes, subject } = tool.returns;
  if (subject === null) return ownLabels(tool);
  const records = subjectsByRecord(tool, args, seen);
  // Somebody's data, and it can't be said whose: that equals nobody. An empty list is nobody's.
  const subjects = records.flatMap((one) => (one.length === 0 ? [unknownSubject] : one));
  return mergeLabels(noLabels, {
    trust,
    classes: [...classes].sort(),
    subjects: [...new Set(subjects)].sort(),
  });
}

const ownOf = new WeakMap<Tool, Labels>();

/** What the policy says of a tool's results, whatever is in them: made once a tool. */
function ownLabels(tool: Tool): Labels {
  const known = ownOf.get(tool);
  if (known !== undefined) return known;
  const { trust, classes } = tool.returns;
  const labels = mergeLabels(noLabels, { trust, classes: [...classes].sort(), subjects: [] });
  ownOf.set(tool, labels);
  return labels;
}

/** Whom each record is about: none where the list of items is empty. A record whose subject nobody can say has an empty list. */
export function subjectsByRecord(
  tool: Tool,
  args: JsonObject,
  seen: JsonValue | null,
): readonly (readonly string[])[] {
  const { subject, items, each } = tool.returns;
  if (subject === null) return [[]];
  if ('arg' in subject) {
    const value = Object.hasOwn(args, subject.arg) ? args[subject.arg] : undefined;
    const kind = tool.args.get(subject.arg)?.parts[0]?.kind ?? plainKind('identifier');
    return [keysOf(value === undefined ? [] : [value], kind)];
  }
  if (seen === null) return [[]];
  const found = items === null ? [] : resolvePointer(seen, items);
  const records =
    found.length === 0
      ? [seen]
      : found.flatMap(({ value }) => (isJsonArray(value) ? value : [value]));
  const places = subject.map((pointer) => ({
    pointer,
    kind:
      each.find((attribute) => attribute.pointer.text === pointer.text)?.kind ??
      plainKind('identifier'),
  }));
  return records.map((record) =>
    places.flatMap(({ pointer, kind }) =>
      keysOf(
        resolvePointer(record, pointer).map(({ value }) => value),
        kind,
      ),
    ),
  );
}

function keysOf(
  values: readonly JsonValue[],
  kind: Parameters<typeof parseReturned>[0],
): readonly string[] {
  return values
    .flatMap((value) => (isJsonArray(value) ? value : [value]))
    .filter((value) => value !== null)
    .map((value) => {
      const parsed = parseReturned(kind, value);
      return parsed.type === 'unparsable' ? unknownSubject : parsed.key;
    });
}
