import type { Parsed, Unparsable } from '../../content/kind.ts';
import { parseReturned, plainKind } from '../../content/kinds.ts';
import { mapAt, type Pointer, resolvePointer } from '../../content/pointer.ts';
import { isJsonArray, type JsonValue } from '../../content/value.ts';
import type { Alternative, Tool } from '../../policy/model.ts';
import type { AlternativePair, Filter } from '../decision.ts';
import type { CaseValues } from '../run.ts';
import { isExceptedFolder, pathPermitted, urlPermitted } from '../stages/authorize/places.ts';
import { matches } from '../stages/authorize/terms.ts';
import type { Attribute } from '../tool-shape.ts';
import { type ItemFilter, itemFilters } from './filters.ts';

/** Whether an item may be shown, and by which pairs of alternatives: what they say of its fields holds for it. */
export type PairsFor = (item: JsonValue) => readonly AlternativePair[];

/** An item is shown if for some pair it passes the agent's and the user's alternative. */
export function pairsFor(filter: Filter, tool: Tool): PairsFor {
  const filters = new Map<Alternative, readonly ItemFilter[]>();
  for (const { agent, user } of filter.pairs) {
    filters.set(agent, itemFilters(agent, tool));
    filters.set(user, itemFilters(user, tool));
  }
  const passes = (alternative: Alternative, item: JsonValue): boolean =>
    filters.get(alternative)?.every((one) => passesFilter(one, item, filter.case)) === true;
  return (item) =>
    filter.pairs.filter(({ agent, user }) => passes(agent, item) && passes(user, item));
}

function passesFilter(
  { constraint, attributes }: ItemFilter,
  item: JsonValue,
  values: CaseValues,
): boolean {
  const found = attributes.flatMap((attribute) => attributeValues(item, attribute));
  // An item without the attribute isn't shown: nobody knows what it is.
  if (found.length === 0 || found.some(({ value }) => value.type === 'unparsable')) return false;
  const match = (kind: Attribute['kind'], subdomains = false) => ({
    case: values,
    kind,
    subdomains,
  });
  switch (constraint.type) {
    case 'folders':
      // What lies in two folders may be seen in the one, unless the other is excepted.
      return (
        (constraint.only === null ||
          found.some(({ value, kind }) => matches(constraint.only ?? [], value, match(kind)))) &&
        !found.some(({ value, kind }) => isExceptedFolder(constraint.except, value, match(kind)))
      );
    case 'senders':
    case 'recipients':
    case 'accounts':
      return found.every(({ value, kind }) => matches(constraint.only, value, match(kind)));
    case 'allowed_domains':
      return found.every(
        ({ value, kind }) =>
          value.type === 'address' && matches(constraint.domains, value, match(kind)),
      );
    case 'forbidden_domains':
      return found.every(
        ({ value, kind }) =>
          value.type === 'address' && !matches(constraint.domains, value, match(kind, true)),
      );
    case 'paths':
      return found.every(({ value }) => pathPermitted(constraint, value, values));
    case 'urls':
      return found.every(({ value }) => urlPermitted(constraint, value, values));
    case 'items':
      return found.every(
        ({ value, kind }) =>
          matches(constraint.terms, value, match(kind)) === (constraint.mode === 'only'),
      );
    case 'max_recipients':
    case 'commands':
    case 'tables':
    case 'rows':
    case 'fields':
    case 'max_amount':
    case 'max_total':
    case 'once_per':
    case 'hours':
    case 'rate':
    case 'after':
    case 'not_after':
    case 'novelty':
    case 'where':
    case 'when':
      // These never look at items.
      return false;
  }
}

interface Found {
  readonly value: Parsed | Unparsable;
  readonly kind: Attribute['kind'];
}

function attributeValues(item: JsonValue, { pointer, kind }: Attribute): readonly Found[] {
  return resolvePointer(item, pointer)
    .flatMap(({ value }) => (isJsonArray(value) ? value : [value]))
    .filter((value) => value !== null)
    .map((value) => ({ value: parseReturned(kind ?? plainKind('identifier'), value), kind }));
}

export interface Kept {
  readonly value: JsonValue;
  readonly shown: number;
  readonly hidden: number;
}

/**
 * The data with its items shown, hidden or changed one by one. Null: there are no items where they should be, so it isn't
 * known what would be shown.
 */
export function mapItems(
  value: JsonValue,
  items: Pointer,
  change: (item: JsonValue) => JsonValue | undefined,
): Kept | null {
  if (resolvePointer(value, items).length === 0) return null;
  let shown = 0;
  let hidden = 0;
  const one = (item: JsonValue): JsonValue | undefined => {
    const changed = change(item);
    if (changed === undefined) hidden += 1;
    else shown += 1;
    return changed;
  };
  const mapped = mapAt(value, items, (found) => {
    if (found === null) return found;
    if (!isJsonArray(found)) return one(found);
    return found.flatMap((item) => {
      const changed = one(item);
      return changed === undefined ? [] : [changed];
    });
  });
  return { value: mapped ?? {}, shown, hidden };
}

/** Numbers that would give a filtered list away say how many items are left. */
export function withCounts(value: JsonValue, counts: readonly Pointer[], count: number): JsonValue {
  return counts.reduce<JsonValue>(
    (counted, pointer) => mapAt(counted, pointer, () => count) ?? counted,
    value,
  );
}
