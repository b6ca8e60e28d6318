import { expect, test } from 'vitest';
import { filtersOf, queryOf, requestOf } from '../ledger/filters.ts';
import { agentPath, holdPath, ledgerPath, policyPath, routeOf } from './routes.ts';

test.each([
  ['/', '', { page: 'now' }],
  ['/holds/c1', '', { page: 'hold', id: 'c1' }],
  ['/holds', '', { page: 'missing' }],
  ['/runs', '', { page: 'runs' }],
  ['/runs/', '', { page: 'runs' }],
  ['/runs/r1/more', '', { page: 'missing' }],
  ['/events/12', '', { page: 'event', seq: 12 }],
  ['/events/-1', '', { page: 'missing' }],
  ['/agents/mail%2Fbot', '', { page: 'agent', name: 'mail/bot' }],
  ['/agents/%', '', { page: 'missing' }],
  ['/policy', '?file=a%26b.yaml&line=12', { page: 'policy', file: 'a&b.yaml', line: 12 }],
  ['/policy', '?line=-1', { page: 'policy', file: null, line: null }],
  ['/ledger', '?agent=desk&nonsense=1&tool=', { page: 'ledger', filters: { agent: 'desk' } }],
  ['/nowhere', '', { page: 'missing' }],
])('%s%s', (pathname, search, route) => {
  expect(routeOf(pathname, search)).toEqual(route);
});

test.each(['javascript:alert(1)', '../../x', 'a b?c#d', '"><script>', '//evil.example', '\u202e'])(
  'a name stays a name in an address: %j',
  (name) => {
    for (const path of [holdPath(name), agentPath(name), ledgerPath({ agent: name })]) {
      const url = new URL(path, 'https://console.example');
      expect(url.origin).toBe('https://console.example');
      expect(JSON.stringify(routeOf(url.pathname, url.search))).toContain(JSON.stringify(name));
    }
  },
);

test('the place of a finding is a place of the policy', () => {
  const url = new URL(policyPath('rules/mail.yaml:14:9'), 'https://console.example');
  expect(routeOf(url.pathname, url.search)).toEqual({
    page: 'policy',
    file: 'rules/mail.yaml',
    line: 14,
  });
  expect(policyPath('no place')).toBe('/policy');
});

test('filters go to the server in its own words', () => {
  const filters = filtersOf(new URLSearchParams('?from=2026-11-21T16:47&until=never&code= flow '));
  expect(requestOf(filters)).toEqual({
    code: 'flow',
    from: String(new Date('2026-11-21T16:47').getTime()),
    until: undefined,
  });
  expect(queryOf(requestOf({}))).toBe('');
});
