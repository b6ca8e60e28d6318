import type { KindName } from '../../content/kind.ts';
import type { Alternative, Constraint, Tool } from '../../policy/model.ts';
import { type Attribute, shapeOf } from '../tool-shape.ts';

/** A constraint that a result's items have to pass, and the attributes of an item that it looks at. */
export interface ItemFilter {
  readonly constraint: Constraint;
  readonly attributes: readonly Attribute[];
}

/** What each family looks at. Things that are read are filtered beside being checked; where things go, only if no argument says it. */
const kindOf: Readonly<
  Partial<Record<Constraint['type'], { readonly kind: KindName; readonly read: boolean }>>
> = {
  folders: { kind: 'folder', read: true },
  senders: { kind: 'sender', read: true },
  paths: { kind: 'path', read: true },
  recipients: { kind: 'recipient', read: false },
  allowed_domains: { kind: 'recipient', read: false },
  forbidden_domains: { kind: 'recipient', read: false },
  urls: { kind: 'url', read: false },
  accounts: { kind: 'account', read: false },
};

export function itemFilters(alternative: Alternative, tool: Tool): readonly ItemFilter[] {
  const filters: ItemFilter[] = [];
  for (const constraint of alternative.constraints) {
    const attributes = looksAt(constraint, tool);
    if (attributes !== null) filters.push({ constraint, attributes });
  }
  return filters;
}

/** Null: the constraint doesn't filter what this tool returns. */
function looksAt(constraint: Constraint, tool: Tool): readonly Attribute[] | null {
  // Without such an attribute no item passes: what can't be judged isn't shown.
  if (constraint.type === 'items')
    return shapeOf(tool).attributesNamed.get(constraint.attribute) ?? [];
  const looked = kindOf[constraint.type];
  if (looked === undefined) return null;
  const shape = shapeOf(tool);
  if (!looked.read && shape.argumentsOf.has(looked.kind)) return null;
  return shape.attributesOf.get(looked.kind) ?? null;
}

export function filtersItems(alternative: Alternative, tool: Tool): boolean {
  return alternative.constraints.some((constraint) => looksAt(constraint, tool) !== null);
}

export function filtersFields(alternative: Alternative): boolean {
  return alternative.constraints.some((constraint) => constraint.type === 'fields');
}
