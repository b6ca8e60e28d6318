/** Reading of a parse tree that was typed by nobody: what doesn't stand there as expected reads as absent. */

export interface Tree {
  readonly [field: string]: unknown;
}

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function treeAt(tree: Tree, field: string): Tree | null {
  const value = tree[field];
  return isTree(value) ? value : null;
}

export function listAt(tree: Tree, field: string): readonly unknown[] {
  const value: unknown = tree[field];
  return Array.isArray(value) ? value : [];
}

export function wordAt(tree: Tree, field: string): string | null {
  const value = tree[field];
  return typeof value === 'string' ? value : null;
}

/** A node with its type before it; null: it isn't one. */
export function typed(value: unknown): { readonly type: string; readonly node: Tree } | null {
  if (!isTree(value)) return null;
  const [type, ...others] = Object.keys(value);
  if (type === undefined || others.length > 0) return null;
  const node = value[type];
  return isTree(node) ? { type, node } : null;
}

/** A list of `String` nodes: a qualified name, column names. Null: something else is among them. */
export function wordsAt(tree: Tree, field: string): readonly string[] | null {
  const words: string[] = [];
  for (const one of listAt(tree, field)) {
    const part = typed(one);
    if (part?.type !== 'String') return null;
    // The grammar leaves an empty text out.
    words.push(wordAt(part.node, 'sval') ?? '');
  }
  return words;
}
