import { expect, test } from 'vitest';
import { decided, loaded, verdictOf } from '../../test/engine/scene.ts';
import type { JsonObject } from '../content/value.ts';

/** Whether a `when` is true of a call: it sees values as they are compared, not as somebody spelled them. */
function verdict(when: string, args: JsonObject, customer = 'ann@x.example'): string {
  const policy = loaded(
    `
sallyport: 1
upstreams: { box: { functions: true } }
tools:
  box.act:
    action: act
    tier: reversible
    reach: external
    args: { path: path, to: recipient, url: url, folder: folder, files: { "/*/path": path, "/*/text": content, "/*/tags/*~keys": path }, note: content }
agents:
  helper:
    case: { customer: recipient }
    permissions: { box: { act: { when: ${JSON.stringify(when)} } } }
`,
    {
      tools: {
        'box.act': {
          path: 'string?',
          to: 'string[]?',
          url: 'string?',
          folder: 'string?',
          files: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                path: { type: 'string' },
                text: { type: 'string' },
                tags: { type: 'object', additionalProperties: { type: 'null' } },
              },
            },
          },
          note: 'string?',
        },
      },
    },
  );
  return verdictOf(decided(policy, 'box.act', args, { user: null, case: { customer } }));
}

test.each<[string, string, JsonObject, string]>([
  ['a path below', "call.args.path.startsWith('/srv/')", { path: '/srv/a' }, 'allow'],
  [
    'a path that climbs out',
    "call.args.path.startsWith('/srv/')",
    { path: '/srv/../etc/passwd' },
    'deny authorize.when',
  ],
  [
    'a doubled slash',
    "call.args.path != '/srv/secret'",
    { path: '/srv//secret' },
    'deny authorize.when',
  ],
  [
    'a part of a list',
    "call.args.files.all(file, file.path.startsWith('/srv/'))",
    { files: [{ path: '/srv/a' }, { path: '/srv/../etc/passwd' }] },
    'deny authorize.when',
  ],
  [
    'an address in capitals',
    "!('ceo@x.example' in call.args.to)",
    { to: ['CEO@X.example'] },
    'deny authorize.when',
  ],
  [
    'a host in capitals',
    "!call.args.url.startsWith('https://bad.example/')",
    { url: 'https://BAD.example' },
    'deny authorize.when',
  ],
  ['the inbox', "call.args.folder != 'INBOX'", { folder: 'inbox' }, 'deny authorize.when'],
  ['text, which is nobody else’s business', "call.args.note == 'A//b'", { note: 'A//b' }, 'allow'],
  [
    'names beside the values that are read',
    "call.args.files.all(file, file.text == '/x//y')",
    { files: [{ path: '/srv/a', text: '/x//y', tags: { '/a//b': null } }] },
    'allow',
  ],
])('%s', (_, when, args, expected) => {
  expect(verdict(when, args)).toBe(expected);
});

test('a case is spelled as arguments are', () => {
  const to = ['Ann@X.example'];
  expect(verdict('!(case.customer in call.args.to)', { to }, 'ANN@x.example')).toBe(
    'deny authorize.when',
  );
  expect(verdict('case.customer in call.args.to', { to }, 'ANN@x.example')).toBe('allow');
});
