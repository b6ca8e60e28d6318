/** What may be asked of the console: the table of `views.ts`, each with the one method that it is asked with. */
import { consoleLimits } from './limits.ts';
import type { Query } from './query.ts';
import type { LedgerFilter } from './search.ts';

export type RouteName =
  | 'signIn'
  | 'session'
  | 'signOut'
  | 'now'
  | 'stream'
  | 'hold'
  | 'answer'
  | 'preview'
  | 'edit'
  | 'runs'
  | 'run'
  | 'timeline'
  | 'event'
  | 'receipt'
  | 'ledger'
  | 'export'
  | 'agents'
  | 'permissions'
  | 'suspend'
  | 'resume'
  | 'explain'
  | 'policy'
  | 'tools'
  | 'pin';

export interface Route {
  readonly name: RouteName;
  /** What stands in the path, decoded. */
  readonly subject: string;
}

const segment = '([^/]{1,384})';

/** Those of one path stand together. */
const table: readonly (readonly [method: string, path: string, name: RouteName])[] = [
  ['POST', '/api/session', 'signIn'],
  ['GET', '/api/session', 'session'],
  ['DELETE', '/api/session', 'signOut'],
  ['GET', '/api/now', 'now'],
  ['GET', '/api/stream', 'stream'],
  ['GET', `/api/holds/${segment}`, 'hold'],
  ['POST', `/api/holds/${segment}/answer`, 'answer'],
  ['POST', `/api/holds/${segment}/preview`, 'preview'],
  ['POST', `/api/holds/${segment}/edit`, 'edit'],
  ['GET', '/api/runs', 'runs'],
  ['GET', `/api/runs/${segment}`, 'run'],
  ['GET', `/api/runs/${segment}/timeline`, 'timeline'],
  ['GET', `/api/events/${segment}`, 'event'],
  ['GET', `/api/events/${segment}/receipt`, 'receipt'],
  ['GET', '/api/ledger', 'ledger'],
  ['GET', '/api/ledger/export', 'export'],
  ['GET', '/api/agents', 'agents'],
  ['GET', `/api/agents/${segment}/permissions`, 'permissions'],
  ['POST', `/api/agents/${segment}/suspend`, 'suspend'],
  ['POST', `/api/agents/${segment}/resume`, 'resume'],
  ['POST', '/api/explain', 'explain'],
  ['GET', '/api/policy', 'policy'],
  ['GET', '/api/tools', 'tools'],
  ['POST', `/api/tools/${segment}/pin`, 'pin'],
];

const routes = table.map(([method, path, name]) => ({
  method,
  path: new RegExp(`^${path}$`),
  name,
}));

/** @returns the methods that the path has where this isn't one of them; empty: there is no such path. */
export function routeOf(method: string, path: string): Route | readonly string[] {
  const allowed: string[] = [];
  for (const route of routes) {
    const matched = route.path.exec(path);
    const subject = matched === null ? null : decoded(matched[1] ?? '');
    if (subject === null) continue;
    if (route.method === method) return { name: route.name, subject };
    allowed.push(route.method);
  }
  return allowed;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

const filterNames = ['run', 'agent', 'user', 'tool', 'code', 'type', 'from', 'until'] as const;

export const queryOf: Readonly<Partial<Record<RouteName, readonly string[]>>> = {
  runs: ['agent', 'status', 'before', 'limit'],
  timeline: ['after', 'limit'],
  receipt: ['since'],
  ledger: [...filterNames, 'before', 'limit'],
  export: filterNames,
  permissions: ['user'],
};

export function ledgerFilterOf(query: Query): LedgerFilter {
  return {
    run: query.text('run'),
    agent: query.text('agent'),
    user: query.text('user'),
    tool: query.text('tool'),
    code: query.text('code'),
    type: query.text('type'),
    fromMs: query.time('from'),
    untilMs: query.time('until'),
  };
}

export function rowsMaxOf(query: Query): number {
  return query.whole('limit', 1, consoleLimits.pageRowsMax) ?? consoleLimits.pageRowsDefault;
}
