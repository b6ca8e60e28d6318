import type { ASTNode } from '@marcbachmann/cel-js';
import type { CelType } from './cel-environment.ts';
import type { Evaluate, Frame, Named } from './cel-scope.ts';
import { CelFault, type CelValue, fromUnknown } from './cel-value.ts';

/** A part of an expression whose type is known. `literal`: its value, where it is written in the expression itself. */
export interface Typed {
  readonly type: CelType;
  readonly evaluate: Evaluate;
  readonly literal?: CelValue;
  /** Already reported: whoever meets it says nothing more. */
  readonly failed?: true;
}

export const bool: CelType = { type: 'bool', nullable: false };
export const int: CelType = { type: 'int', nullable: false };
export const unknown: CelType = { type: 'unknown', nullable: true };
export const string: CelType = { type: 'string', values: null, nullable: false };
export const failed: Typed = {
  type: unknown,
  failed: true,
  evaluate: () => {
    throw new CelFault('the expression did not compile');
  },
};

/** The variable of the one comprehension that is open, if any. */
export interface Item {
  readonly name: string;
  readonly type: CelType;
}

/** What the parts of the checker ask of each other. */
export interface Checking {
  readonly source: string;
  readonly names: ReadonlyMap<string, Named>;
  /** Arguments of whose records the expression speaks: grows as it is read. */
  readonly refs: Set<string>;
  readonly typed: (node: ASTNode, item: Item | null) => Typed;
  /** `operand` where `wanted` is needed; what is unknown is read as it when it comes. */
  readonly as: (wanted: CelType, operand: Typed, node: ASTNode, where: string) => Typed;
  readonly fail: (message: string, node: ASTNode, mend?: string) => Typed;
}

/** A yes, a no, or why there is neither. The bound on work is never a mere fault: it ends the evaluation. */
export function attempt(test: Typed, frame: Frame): boolean | CelFault {
  try {
    return truth(test.evaluate(frame));
  } catch (error) {
    if (error instanceof CelFault && error.kind !== 'work') return error;
    throw error;
  }
}

export function truth(value: CelValue): boolean {
  if (typeof value === 'boolean') return value;
  throw new CelFault(
    value === null ? 'a null is used as a condition' : 'a condition is neither true nor false',
  );
}

export function textOf(operand: Typed, frame: Frame): string {
  const value = operand.evaluate(frame);
  if (typeof value === 'string') return value;
  throw new CelFault('a null is used as text');
}

export function elementsOf(value: CelValue): readonly CelValue[] {
  if (Array.isArray(value)) return value;
  throw new CelFault(value === null ? 'a null is used as a list' : 'a value is no list');
}

export function read(operand: Typed, wanted: CelType): Evaluate {
  return (frame) => fromUnknown(operand.evaluate(frame), wanted, frame.meter);
}

export function listOf(element: CelType): CelType {
  return { type: 'list', element, nullable: false };
}

export function widened(type: CelType): CelType {
  return type.type === 'string' ? { ...type, values: null } : type;
}
