import { expect, test } from 'vitest';
import { decided, loaded, verdictOf } from '../../../../test/engine/scene.ts';
import type { JsonObject } from '../../../content/value.ts';

const file = { type: 'object', properties: { path: { type: 'string' }, to: { type: 'string' } } };
const policy = loaded(
  `
sallyport: 1
upstreams: { box: { functions: true } }
tools:
  box.push: { action: push, tier: reversible, reach: internal, args: { files: { "/*/path": path, "/*/to": { is: path, absent: none } } } }
  box.copy: { action: push, tier: reversible, reach: internal, args: { files: { "/*/path": path, "/*/to": content } } }
  box.open: { action: push, tier: reversible, reach: internal, args: { place: { /root: path, "/more/*": path } } }
agents: { helper: { permissions: { box: { push: { paths: { under: [/srv] } } } } } }
`,
  {
    tools: {
      'box.push': { files: { type: 'array', items: file } },
      'box.copy': { files: { type: 'array', items: file } },
      'box.open': {
        place: {
          type: 'object',
          properties: {
            root: { type: ['string', 'null'] },
            more: { type: 'array', items: { type: 'string' } },
          },
        },
      },
    },
  },
);

test.each<[string, string, JsonObject, string]>([
  ['each file with its path', 'copy', { files: [{ path: '/srv/a', to: 'x' }] }, 'allow'],
  ['no file', 'copy', { files: [] }, 'deny authorize.absent'],
  [
    'a second file without a path',
    'copy',
    { files: [{ path: '/srv/a' }, { to: 'x' }] },
    'deny authorize.absent',
  ],
  ['a part that says that absent is none', 'push', { files: [{ path: '/srv/a' }] }, 'allow'],
  ['which excuses no other part', 'push', { files: [{ to: '/srv/b' }] }, 'deny authorize.absent'],
  ['both places', 'open', { place: { root: '/srv', more: ['/srv/a'] } }, 'allow'],
  [
    'a place that is null',
    'open',
    { place: { root: null, more: ['/srv/a'] } },
    'deny authorize.absent',
  ],
  ['a place left out', 'open', { place: { more: ['/srv/a'] } }, 'deny authorize.absent'],
  [
    'a list of places without any',
    'open',
    { place: { root: '/srv', more: [] } },
    'deny authorize.absent',
  ],
])('%s', (_, tool, args, verdict) => {
  expect(verdictOf(decided(policy, `box.${tool}`, args, { user: null }))).toBe(verdict);
});
