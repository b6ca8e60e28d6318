/** How many rows a query can return at most, by what is written in it alone. */
import { aggregates, collecting, setReturning } from './functions.ts';
import { isTree, listAt, type Tree, treeAt, typed, wordAt, wordsAt } from './tree.ts';

/**
 * @param select - without its type before it.
 * @returns null: what is written bounds it by nothing.
 */
export function rowsMaxOf(select: Tree): number | null {
  const limit = limitOf(select);
  const unlimited = unlimitedRowsMax(select);
  if (limit === null) return unlimited;
  return unlimited === null ? limit : Math.min(limit, unlimited);
}

/** `LIMIT 10`, a whole number as such: of an expression or a parameter it isn't known, and `WITH TIES` returns more. */
function limitOf(select: Tree): number | null {
  if (wordAt(select, 'limitOption') === 'LIMIT_OPTION_WITH_TIES') return null;
  const count = typed(select['limitCount']);
  if (count?.type !== 'A_Const') return null;
  const whole = treeAt(count.node, 'ival');
  if (whole === null) return null;
  // The grammar leaves a zero out.
  const rows = whole['ival'] ?? 0;
  return typeof rows === 'number' && Number.isSafeInteger(rows) && rows >= 0 ? rows : null;
}

function unlimitedRowsMax(select: Tree): number | null {
  const op = wordAt(select, 'op');
  if (op !== null && op !== 'SETOP_NONE') return rowsOfBoth(select, op);
  const values = listAt(select, 'valuesLists');
  if (values.length > 0) return values.length;
  const targets = listAt(select, 'targetList');
  if (targets.some(multiplies)) return null;
  if (listAt(select, 'fromClause').length === 0) return 1;
  const isGrouped = listAt(select, 'groupClause').length > 0;
  return !isGrouped && targets.some(isAggregated) ? 1 : null;
}

function rowsOfBoth(select: Tree, op: string): number | null {
  const sides = [treeAt(select, 'larg'), treeAt(select, 'rarg')].map((side) =>
    side === null ? null : rowsMaxOf(side),
  );
  const [left = null, right = null] = sides;
  switch (op) {
    case 'SETOP_UNION':
      return left === null || right === null ? null : left + right;
    case 'SETOP_INTERSECT':
      return left === null || right === null ? (left ?? right) : Math.min(left, right);
    case 'SETOP_EXCEPT':
      return left;
    default:
      return null;
  }
}

/** A function that returns many rows, outside of a subquery, makes many of one. */
function multiplies(value: unknown): boolean {
  return holds(value, (call) => setReturning.has(nameOf(call)));
}

function isAggregated(value: unknown): boolean {
  return holds(
    value,
    (call) =>
      call['over'] === undefined && (aggregates.has(nameOf(call)) || collecting.has(nameOf(call))),
  );
}

function nameOf(call: Tree): string {
  return wordsAt(call, 'funcname')?.at(-1) ?? '';
}

/** Whether such a call stands in it, at any depth but not in a subquery. */
function holds(value: unknown, isSuch: (call: Tree) => boolean): boolean {
  if (Array.isArray(value)) return value.some((one) => holds(one, isSuch));
  if (!isTree(value)) return false;
  return Object.entries(value).some(([key, inner]) => {
    if (key === 'SubLink') return false;
    // `(x).unnest` is a call too.
    if (key === 'A_Indirection' && isTree(inner) && namesSome(inner, isSuch)) return true;
    if (key === 'FuncCall' && isTree(inner) && isSuch(inner)) return true;
    return holds(inner, isSuch);
  });
}

function namesSome(indirection: Tree, isSuch: (call: Tree) => boolean): boolean {
  return listAt(indirection, 'indirection').some(
    (part) => typed(part)?.type === 'String' && isSuch({ funcname: [part] }),
  );
}
