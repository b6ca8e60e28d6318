import { parseReturned } from '../../content/kinds.ts';
import { resolvePointer } from '../../content/pointer.ts';
import { isJsonArray } from '../../content/value.ts';
import type { SeenExchange } from '../stages/flow/past.ts';
import { dataOf } from '../stages/flow/texts.ts';

/** Who wrote the item in which a place of a result stands, where the tool's `returns.each` says where that is told. */
export function senderAt({ exchange, tool }: SeenExchange, field: string): string | null {
  const data = dataOf(exchange);
  if (tool === null || data === null) return null;
  const { items, each } = tool.returns;
  const senders = each.filter(({ kind }) => kind?.name === 'sender');
  if (senders.length === 0) return null;
  const roots = items === null ? [{ pointer: '', value: data }] : resolvePointer(data, items);
  for (const { pointer, value } of roots) {
    if (field !== pointer && !field.startsWith(`${pointer}/`)) continue;
    const index = Number(field.slice(pointer.length + 1).split('/')[0]);
    const item = items !== null && isJsonArray(value) ? value[index] : value;
    if (item === undefined) continue;
    // Of two authors nobody can say which of them it was.
    const found = senders.flatMap((one) => resolvePointer(item, one.pointer));
    const [only] = found;
    const kind = senders[0]?.kind ?? null;
    if (only === undefined || found.length > 1 || kind === null) return null;
    const parsed = parseReturned(kind, only.value);
    return parsed.type === 'unparsable' ? null : parsed.key;
  }
  return null;
}
