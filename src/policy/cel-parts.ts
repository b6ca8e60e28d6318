import type { ASTNode } from '@marcbachmann/cel-js';

/** Of `a && b && c`, its three conditions: whoever is refused, or reads of it, wants to know which rule it was. */
export function conditionsOf(tree: ASTNode): readonly ASTNode[] {
  return tree.op === '&&' ? tree.args.flatMap(conditionsOf) : [tree];
}

/** As it is written. The parser's ranges leave out brackets at the edges, so those that its ends cut off are put back. */
export function writtenAs(source: string, { range }: ASTNode): string {
  const text = source.slice(range.start, range.end);
  let open = 0;
  let missing = 0;
  let quote: string | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (quote !== null) {
      if (sign === '\\') at += 1;
      else if (sign === quote) quote = null;
    } else if (sign === "'" || sign === '"') quote = sign;
    else if (sign === '(') open += 1;
    else if (sign === ')' && open === 0) missing += 1;
    else if (sign === ')') open -= 1;
  }
  return `${'('.repeat(missing)}${text}${')'.repeat(open)}`;
}
