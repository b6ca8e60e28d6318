import { limits } from './limits.ts';

export type Excess = 'too_large' | 'too_deep' | 'not_json';

/**
 * Says what is wrong with the size or form of arguments, before anything else walks them.
 *
 * Whoever calls the in-process guard hands over live objects: cycles, deep nests, maps and bigints all end here. Every
 * visit costs at least a byte of the budget, so a small graph that unfolds into a huge tree ends here too.
 */
export function excessOf(value: unknown): Excess | null {
  const budget = { bytes: limits.argumentBytesMax };
  return walk(value, 0, budget);
}

function walk(value: unknown, depth: number, budget: { bytes: number }): Excess | null {
  switch (typeof value) {
    case 'string':
      return spend(budget, textBytes(value, budget.bytes) + 2);
    case 'number':
      return Number.isFinite(value) ? spend(budget, `${value}`.length) : 'not_json';
    case 'boolean':
      return spend(budget, 4);
    case 'object':
      break;
    case 'undefined':
    case 'function':
    case 'symbol':
    case 'bigint':
      return 'not_json';
  }
  if (value === null) return spend(budget, 4);
  if (depth >= limits.argumentDepthMax) return 'too_deep';
  if (Array.isArray(value)) {
    // By index: a hole in a sparse array is no JSON, and `forEach` would step over it.
    for (let index = 0; index < value.length; index += 1) {
      const excess = spend(budget, 1) ?? walk(value[index], depth + 1, budget);
      if (excess !== null) return excess;
    }
    return spend(budget, 2);
  }
  if (!isPlain(value)) return 'not_json';
  for (const name of Object.keys(value)) {
    if (name === '__proto__') return 'not_json';
    const excess =
      spend(budget, textBytes(name, budget.bytes) + 4) ?? walk(value[name], depth + 1, budget);
    if (excess !== null) return excess;
  }
  return spend(budget, 2);
}

function isPlain(value: object): value is { readonly [name: string]: unknown } {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function spend(budget: { bytes: number }, bytes: number): Excess | null {
  budget.bytes -= bytes;
  return budget.bytes < 0 ? 'too_large' : null;
}

/** UTF-8 bytes. A pair of surrogates has four together; what is already too long isn't counted out. */
function textBytes(text: string, left: number): number {
  let bytes = text.length;
  if (bytes > left) return bytes;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}
