import type { SourcePosition } from '../model.ts';
import { type Shape, wrongType } from './shape.ts';

/** A value of the policy's own, before it is known what it is compared with. */
export interface LiteralSyntax {
  readonly at: SourcePosition;
  readonly value: string | number | boolean;
  /** As in the file: `007` is the number 7 to YAML. */
  readonly written: string;
}

export const literal: Shape<LiteralSyntax> = {
  expected: 'text, a number, `true` or `false`',
  schema: () => ({ type: ['string', 'number', 'boolean'] }),
  read: (node, report) => {
    if (node.type !== 'scalar' || node.value === null) {
      return wrongType(node, 'text, a number, `true` or `false`', report);
    }
    return {
      at: node.at,
      value: node.value,
      written: node.quoted ? String(node.value) : node.written,
    };
  },
};
