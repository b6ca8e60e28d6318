/**
 * What a call names without saying what it is: a draft's id, an upload. What stands there when the call is decided is part
 * of what was decided, so it is part of the digest, and it is compared once more before the effect: whoever changes the
 * draft in between changes nothing that is sent.
 */
import { digestOf } from '../content/digest.ts';
import { parseKind } from '../content/kinds.ts';
import { resolvePointer } from '../content/pointer.ts';
import { isJsonArray } from '../content/value.ts';
import type { Argument, Policy, Tool } from '../policy/model.ts';
import type { ReadCall } from './call.ts';
import { limits } from './limits.ts';
import type { LookUp } from './look-ups.ts';

export interface Reference {
  readonly argument: string;
  /** The key of the parsed value. */
  readonly id: string;
  readonly lookUp: LookUp;
}

/** Those that the policy says how to look at. */
export function referencesOf(
  { tools }: Pick<Policy, 'tools'>,
  { tool, args }: ReadCall,
): readonly Reference[] {
  const references: Reference[] = [];
  for (const [argument, { tool: name, argument: takes, isList }] of tool.resolve) {
    const reader = tools.get(name);
    if (reader === undefined || !Object.hasOwn(args, argument)) continue;
    for (const { kind, pointer } of referringParts(tool, argument)) {
      for (const { value } of resolvePointer(args[argument] ?? null, pointer)) {
        for (const written of isJsonArray(value) ? value : [value]) {
          const parsed = parseKind(kind, written);
          if (parsed.type === 'unparsable') continue;
          const taken = { [takes]: isList ? [written] : written };
          references.push({ argument, id: parsed.key, lookUp: { tool: reader, args: taken } });
        }
      }
    }
  }
  return references;
}

function referringParts(tool: Tool, argument: string): Argument['parts'] {
  const parts = tool.args.get(argument)?.parts ?? [];
  return parts.filter(({ kind }) => kind.name === 'reference');
}

/** What was found at a reference: the digest of the answer. Null: nothing. */
export interface SeenReference {
  readonly reference: Reference;
  readonly seen: string | null;
}

/** More than Sallyport looks at are none that it has seen. */
export function lookedAt(references: readonly Reference[]): readonly Reference[] {
  return references.slice(0, limits.lookUpsMax);
}

/** The call with what its references stand for: another draft under the same id makes another call of it. */
export function withReferences(read: ReadCall, seen: readonly SeenReference[]): ReadCall {
  const references = new Map<string, string>();
  for (const { reference, seen: digest } of seen)
    if (digest !== null) references.set(keyOf(reference), digest);
  return {
    ...read,
    references,
    digest: digestOf([read.digest, [...references].map(([key, digest]) => [key, digest])]),
  };
}

export function isSeen({ references }: ReadCall, reference: Reference): boolean {
  return references.has(keyOf(reference));
}

function keyOf({ argument, id }: Reference): string {
  return `${argument} ${id}`;
}
