import type { SourcePosition } from '../model.ts';

/** A policy file as written: values with their positions, nothing interpreted. */
export type Node = ScalarNode | ListNode | MapNode | RefusedNode;

export interface ScalarNode {
  readonly type: 'scalar';
  readonly at: SourcePosition;
  readonly value: null | boolean | number | string;
  /** The characters in the file: `009` is a number to YAML and something else to whoever wrote it. */
  readonly written: string;
  readonly quoted: boolean;
  /** Where a character of the value stands: an expression's error points into the expression. */
  readonly placeOf: (offset: number) => SourcePosition;
}

export interface ListNode {
  readonly type: 'list';
  readonly at: SourcePosition;
  readonly items: readonly Node[];
}

export interface MapNode {
  readonly type: 'map';
  readonly at: SourcePosition;
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly key: string;
  readonly keyAt: SourcePosition;
  readonly value: Node;
}

/** Already reported: whoever meets it says nothing more. */
export interface RefusedNode {
  readonly type: 'refused';
  readonly at: SourcePosition;
}

export function entryOf(map: MapNode, key: string): Entry | undefined {
  return map.entries.find((entry) => entry.key === key);
}
