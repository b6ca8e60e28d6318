/** Whether what a node itself names, a function, an operator or a type, is known to be harmless. */
import { usualColumns } from './calls.ts';
import { harmlessFunctions, sampleMethods } from './functions.ts';
import type { NodeName } from './nodes.ts';
import { harmlessOperators } from './operators.ts';
import { refusedSql, type SqlRefusal } from './reading.ts';
import { listAt, type Tree, typed, wordAt, wordsAt } from './tree.ts';
import { harmlessTypes } from './types.ts';

/** Null: nothing that it names is in the way. */
export function refusedThing(type: NodeName, node: Tree): SqlRefusal | null {
  switch (type) {
    case 'FuncCall':
      return isListed(node, 'funcname', harmlessFunctions)
        ? null
        : refusedSql('function', nameAt(node, 'funcname'));
    case 'RangeTableSample':
      return isListed(node, 'method', sampleMethods)
        ? null
        : refusedSql('function', nameAt(node, 'method'));
    case 'TypeName':
      return isListed(node, 'names', harmlessTypes)
        ? null
        : refusedSql('type', nameAt(node, 'names'));
    case 'A_Expr':
      return isBetween(node) ? null : refusedOperator(node, 'name');
    case 'SubLink':
      return refusedOperator(node, 'operName');
    case 'SortBy':
      return refusedOperator(node, 'useOp');
    case 'A_Indirection':
      return refusedCall(node);
    default:
      return null;
  }
}

/** `(x).f` is `f(x)` where x has no column f: `('file').pg_read_file` reads one. */
function refusedCall(node: Tree): SqlRefusal | null {
  for (const part of listAt(node, 'indirection')) {
    const found = typed(part);
    const name = found?.type === 'String' ? (wordAt(found.node, 'sval') ?? '') : null;
    if (name === null || usualColumns.has(name) || harmlessFunctions.has(name)) continue;
    return refusedSql('function', name);
  }
  return null;
}

function refusedOperator(node: Tree, field: string): SqlRefusal | null {
  return node[field] === undefined || isListed(node, field, harmlessOperators)
    ? null
    : refusedSql('operator', nameAt(node, field));
}

/** Its name is words, and what it calls are the comparisons of its operands. */
function isBetween(node: Tree): boolean {
  return /^AEXPR_(NOT_)?BETWEEN(_SYM)?$/.test(wordAt(node, 'kind') ?? '');
}

/** Unqualified or PostgreSQL's own: another schema's thing of the same name is another thing. */
function isListed(node: Tree, field: string, list: ReadonlySet<string>): boolean {
  const words = wordsAt(node, field);
  if (words === null || words.length > 2) return false;
  const [schema, name] = words.length === 1 ? ['pg_catalog', words[0]] : words;
  return schema === 'pg_catalog' && name !== undefined && list.has(name);
}

function nameAt(node: Tree, field: string): string | null {
  return wordsAt(node, field)?.join('.') ?? null;
}

/** Of a name that may be qualified. */
export function lastName(node: Tree, field: string): string | null {
  return wordsAt(node, field)?.at(-1) ?? null;
}
