import { escapeSegment } from '../../../content/pointer.ts';
import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '../../../content/value.ts';
import type { Exchange } from '../../exchange.ts';
import { dataOf as dataOfResult } from '../../outputs/data.ts';

/** A text or number of a result, and where it stands. */
export interface Leaf {
  /** RFC 6901. */
  readonly pointer: string;
  readonly value: string;
}

/** Results are bounded in bytes; a hostile one may still be all commas. */
const leavesMax = 200_000;

/** Texts, numbers and the keys of maps, in order; what stands at or below `except` is left out. */
export function leavesOf(root: JsonValue, except?: ReadonlySet<string>): readonly Leaf[] {
  const leaves: Leaf[] = [];
  const walk = (value: JsonValue, pointer: string): void => {
    if (leaves.length >= leavesMax || except?.has(pointer) === true) return;
    if (typeof value === 'string') leaves.push({ pointer, value });
    else if (typeof value === 'number') leaves.push({ pointer, value: String(value) });
    else if (isJsonArray(value)) {
      for (const [index, member] of value.entries()) walk(member, `${pointer}/${index}`);
    } else if (isJsonObject(value)) {
      for (const [name, member] of Object.entries(value)) {
        const at = `${pointer}/${escapeSegment(name)}`;
        // A directory may be a map from names to addresses, or from addresses to names.
        if (except?.has(at) !== true && !fieldName.test(name))
          leaves.push({ pointer: at, value: name });
        walk(member, at);
      }
    }
  };
  walk(root, '');
  return leaves;
}

/** The schema's word for a field is nobody's data. */
const fieldName = /^[A-Za-z_][A-Za-z_]{0,39}$/;

const parsed = new WeakMap<Exchange, { readonly value: JsonValue | null }>();

/** The result as data, as it was read when it was shown. */
export function dataOf(exchange: Exchange): JsonValue | null {
  const known = parsed.get(exchange);
  if (known !== undefined) return known.value;
  const value = readData(exchange);
  parsed.set(exchange, { value });
  return value;
}

function readData({ result, shown }: Exchange): JsonValue | null {
  if (result === null) return null;
  const { content, structuredContent } = result;
  const blocks = isJsonArray(content) ? content.filter(isJsonObject) : [];
  return (
    dataOfResult(
      structuredContent === undefined
        ? { content: blocks }
        : isJsonObject(structuredContent)
          ? { content: blocks, structuredContent }
          : { content: blocks },
      shown.parse,
    )?.value ?? null
  );
}

/** Every text of a result, as the agent got it. */
export function textOf(result: JsonObject): string {
  return leavesOf(result)
    .map(({ value }) => value)
    .join('\n');
}

/** What stands at an RFC 6901 pointer. */
export function pointed(root: JsonValue, pointer: string): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const segment of pointer.split('/').slice(1)) {
    const name = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    if (value === undefined) return undefined;
    if (isJsonArray(value)) value = value[Number(name)];
    else if (isJsonObject(value)) value = Object.hasOwn(value, name) ? value[name] : undefined;
    else return undefined;
  }
  return value;
}
