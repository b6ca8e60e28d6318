import type { PointerSegment } from '../../content/pointer.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../../content/value.ts';
import type { Alternative, Constraint } from '../../policy/model.ts';
import type { AlternativePair } from '../decision.ts';

type Fields = Extract<Constraint, { type: 'fields' }>;
type Rest = readonly PointerSegment[];

/** What the pairs show of a record: each pair what both its sides show, together what any of them shows. */
export function visibleFields(record: JsonValue, pairs: readonly AlternativePair[]): JsonValue {
  let visible: JsonValue | undefined;
  for (const { agent, user } of pairs) {
    const rules = [...fieldsOf(agent), ...fieldsOf(user)];
    if (rules.length === 0) return record;
    let seen: JsonValue | undefined = record;
    for (const rule of rules) {
      if (seen === undefined) break;
      seen = project(
        seen,
        rule,
        rule.pointers.map((pointer) => pointer.segments),
      );
    }
    visible = merge(visible, seen);
  }
  return visible ?? (isJsonArray(record) ? [] : isJsonObject(record) ? {} : null);
}

function fieldsOf(alternative: Alternative): readonly Fields[] {
  return alternative.constraints.filter((constraint) => constraint.type === 'fields');
}

function project(value: JsonValue, rule: Fields, pointers: readonly Rest[]): JsonValue | undefined {
  return rule.mode === 'only'
    ? only(value, rule.names, pointers)
    : except(value, rule.names, pointers);
}

/** A named field is shown whole; around it, only what leads to it. */
function only(
  value: JsonValue,
  names: ReadonlySet<string>,
  pointers: readonly Rest[],
): JsonValue | undefined {
  if (pointers.some((rest) => rest.length === 0)) return value;
  if (isJsonArray(value)) {
    const kept = value.map((element, index) =>
      only(element, names, into(pointers, `${index}`, true)),
    );
    // Places are kept, so that two views of one list still fit together.
    return kept.some((element) => element !== undefined)
      ? kept.map((element) => element ?? null)
      : undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const kept: [string, JsonValue][] = [];
  for (const [name, member] of Object.entries(value)) {
    const seen = names.has(name) ? member : only(member, names, into(pointers, name, false));
    if (seen !== undefined) kept.push([name, seen]);
  }
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function except(
  value: JsonValue,
  names: ReadonlySet<string>,
  pointers: readonly Rest[],
): JsonValue | undefined {
  if (pointers.some((rest) => rest.length === 0)) return undefined;
  if (isJsonArray(value)) {
    return value.map(
      (element, index) => except(element, names, into(pointers, `${index}`, true)) ?? null,
    );
  }
  if (!isJsonObject(value)) return value;
  const kept: [string, JsonValue][] = [];
  for (const [name, member] of Object.entries(value)) {
    if (names.has(name)) continue;
    const seen = except(member, names, into(pointers, name, false));
    if (seen !== undefined) kept.push([name, seen]);
  }
  return Object.fromEntries(kept);
}

function into(pointers: readonly Rest[], name: string, element: boolean): readonly Rest[] {
  if (pointers.length === 0) return pointers;
  return pointers.flatMap(([segment, ...rest]) => {
    const goes =
      segment?.type === 'name' ? segment.name === name : segment?.type === 'each' && element;
    return goes ? [rest] : [];
  });
}

function merge(a: JsonValue | undefined, b: JsonValue | undefined): JsonValue | undefined {
  if (a === undefined || a === null) return b ?? a;
  if (b === undefined || b === null) return a;
  if (isJsonArray(a) && isJsonArray(b))
    return a.map((element, index) => merge(element, b[index]) ?? null);
  if (isJsonObject(a) && isJsonObject(b)) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    return Object.fromEntries(
      [...names].flatMap((name) => {
        const member = merge(own(a, name), own(b, name));
        return member === undefined ? [] : [[name, member]];
      }),
    );
  }
  return a;
}

function own(value: { readonly [name: string]: JsonValue }, name: string): JsonValue | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}
