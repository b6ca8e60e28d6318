/** Which page an address means, and the address of a page. Names in it are data: they are encoded, and decoded here only. */
import { filtersOf, type LedgerFilters, queryOf } from '../ledger/filters.ts';

export type Route =
  | { readonly page: 'now' | 'runs' | 'agents' | 'tools' | 'missing' }
  | { readonly page: 'hold' | 'run'; readonly id: string }
  | { readonly page: 'event'; readonly seq: number }
  | { readonly page: 'agent'; readonly name: string }
  | { readonly page: 'policy'; readonly file: string | null; readonly line: number | null }
  | { readonly page: 'ledger'; readonly filters: LedgerFilters };

export function routeOf(pathname: string, search: string): Route {
  const [page = '', name, ...more] = pathname.split('/').slice(1).map(decoded);
  const query = new URLSearchParams(search);
  if (more.length > 0 || page === null || name === null) return { page: 'missing' };
  if (name !== undefined && name !== '') return namedRoute(page, name);
  switch (page) {
    case '':
      return { page: 'now' };
    case 'runs':
    case 'agents':
    case 'tools':
      return { page };
    case 'policy': {
      const line = Number(query.get('line'));
      return {
        page,
        file: query.get('file'),
        line: Number.isInteger(line) && line > 0 ? line : null,
      };
    }
    case 'ledger':
      return { page, filters: filtersOf(query) };
    default:
      return { page: 'missing' };
  }
}

function namedRoute(page: string, name: string): Route {
  if (page === 'holds') return { page: 'hold', id: name };
  if (page === 'runs') return { page: 'run', id: name };
  if (page === 'agents') return { page: 'agent', name };
  if (page === 'events' && /^(0|[1-9]\d{0,15})$/.test(name))
    return { page: 'event', seq: Number(name) };
  return { page: 'missing' };
}

export const holdPath = (id: string): string => `/holds/${encodeURIComponent(id)}`;
export const runPath = (id: string): string => `/runs/${encodeURIComponent(id)}`;
export const agentPath = (name: string): string => `/agents/${encodeURIComponent(name)}`;
export const eventPath = (seq: number): string => `/events/${seq}`;
export const ledgerPath = (filters: LedgerFilters): string => `/ledger${queryOf(filters)}`;

/** @param at - `file:line:column`, as findings have it. */
export function policyPath(at: string): string {
  const [, file, line] = /^(.+):(\d+):\d+$/.exec(at) ?? [];
  return file === undefined
    ? '/policy'
    : `/policy?${new URLSearchParams({ file, line: line ?? '' })}`;
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
