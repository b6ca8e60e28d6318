/** What the ledger is searched by: the same words in the address, in the form and in the request. */

export const filterNames = [
  'run',
  'agent',
  'user',
  'tool',
  'code',
  'type',
  'from',
  'until',
] as const;

export type LedgerFilters = { readonly [name in (typeof filterNames)[number]]?: string };

const characterMax = 256;

export function filtersOf(query: URLSearchParams): LedgerFilters {
  const filters: Record<string, string> = {};
  for (const name of filterNames) {
    const value = query.get(name)?.trim().slice(0, characterMax) ?? '';
    if (value !== '') filters[name] = value;
  }
  return filters;
}

/** With its question mark; empty where nothing is asked for. */
export function queryOf(filters: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filters))
    if (value !== undefined && value !== '') query.set(name, value);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** A reader's local time (`2026-11-21T16:47`) as the server reads it: epoch milliseconds. */
export function requestOf(filters: LedgerFilters): Readonly<Record<string, string | undefined>> {
  const epoch = (local: string | undefined) => {
    const ms = local === undefined ? Number.NaN : new Date(local).getTime();
    return Number.isNaN(ms) ? undefined : String(ms);
  };
  return { ...filters, from: epoch(filters.from), until: epoch(filters.until) };
}
