import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadPolicy } from '../load.ts';
import { parseLock } from '../lock-file.ts';
import { checkPolicy, type PolicyCheck } from './check.ts';
import { formatPolicyCheck } from './format.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'test', 'policies');
const lock = parseLock(readFileSync(join(folder, 'sallyport.lock'), 'utf8'));

const base = `sallyport: 1
upstreams: { mail: { mcp: { command: m } }, files: { mcp: { command: f } } }
tools:
  mail.send:
    action: send
    tier: irreversible
    reach: external
    args: { to: recipient, cc: recipient, subject: content, body: content, attachments: path, thread_id: identifier, priority: identifier, html: flag }
  mail.search:
    action: read
    tier: read_only
    reach: external
    args: { folder: folder, query: query, limit: number }
    returns: { items: /messages, each: { /from: sender } }
  mail.sql: { action: sql, tier: read_only, reach: internal, args: { sql: { is: query, dialect: postgresql } } }
  mail.remove: { action: remove, tier: irreversible, reach: internal, args: { id: identifier } }
  mail.quick: { of: mail.send, with: { priority: low }, action: quick }
  files.read: { action: read, tier: read_only, reach: internal, args: { path: path, head: number } }
`;

function check(rest: string): PolicyCheck {
  const result = loadPolicy({ file: 'p.yaml', readFile: () => base + rest, lock });
  if (!result.ok) throw new Error(result.errors.map((error) => error.message).join('\n'));
  return checkPolicy(result.policy);
}

function agent(grants: string, role = ''): string {
  const roles =
    role === ''
      ? ''
      : `roles: { support: { permissions: { mail: { ${role} } } } }\nusers: { static: { ann: { roles: [support] } } }\n`;
  const actsFor = role === '' ? '' : 'acts_for: [support], case: { sender: recipient }, ';
  return `${roles}agents: { a: { ${actsFor}permissions: { mail: { ${grants} } } } }\n`;
}

test('each way out, and what stands in it', () => {
  const { agents, neverMatching } = check(
    agent(
      'send: { recipients: [ann@company.com], rate: 20/hour, approval: never }, read: allow, remove: allow',
    ),
  );
  expect(neverMatching).toEqual([]);
  expect(agents[0]?.external).toEqual([
    {
      tool: 'mail.send',
      action: 'mail.send',
      tier: 'irreversible',
      grant: 'agents.a.mail.send',
      at: { file: 'p.yaml', line: 19, column: 45 },
      gate: 'no approval',
      constraints: ['recipients: ann@company.com', 'rate: 20 in 1h'],
      pinned: true,
    },
  ]);
});

describe('grants that can never match', () => {
  test.each([
    ['the role may not', 'send: allow', 'read: allow', 'none of the roles'],
    [
      'the role has other folders',
      'read: { folders: [A] }',
      'read: { folders: [B] }',
      '`folders` of both sides',
    ],
    [
      'the role excepts the folder',
      'read: { folders: [A] }',
      'read: { folders: { except: [A] } }',
      'every allowed one of `folders` is excepted',
    ],
    [
      'the role has other tables',
      'sql: { tables: [support.orders] }',
      'sql: { tables: [orders] }',
      '`tables` of both sides',
    ],
    [
      'the role excepts the table',
      'sql: { tables: [support.orders] }',
      'sql: { tables: { except: [orders] } }',
      'every allowed one of `tables` is excepted',
    ],
    [
      'another value',
      'send: { where: { priority: low } }',
      'send: { where: { priority: high } }',
      '`where.priority` of both sides',
    ],
    [
      'no number left',
      'read: { where: { limit: { min: 10 } } }',
      'read: { where: { limit: { max: 5 } } }',
      'no `limit` is both',
    ],
    [
      'no minute left',
      'send: { hours: Mon-Fri 09:00-12:00 }',
      'send: { hours: Mon-Fri 12:00-17:00 }',
      '`hours` of both sides',
    ],
    [
      'night and day',
      'send: { hours: 22:00-06:00 }',
      'send: { hours: 06:00-22:00 }',
      '`hours` of both sides',
    ],
    ['the role needs a case name', 'send: allow', 'send: { recipients: [case.sender] }', null],
    [
      'everybody is forbidden',
      'send: { recipients: [ann@sub.company.com], forbidden_domains: [company.com] }',
      '',
      'everything in `recipients`',
    ],
    [
      'the domain is forbidden to people',
      'send: { allowed_domains: [company.com] }',
      'send: { forbidden_domains: [company.com] }',
      'everything in `allowed_domains`',
    ],
    ['what is fixed otherwise', 'quick: { where: { priority: high } }', '', '`priority` is fixed'],
    [
      'after what it may not call',
      'send: { after: [mail.remove] }',
      '',
      'comes after `mail.remove`',
    ],
    [
      'the night shift overlaps',
      'send: { hours: 22:00-06:00 }',
      'send: { hours: Mon 05:00-09:00 }',
      null,
    ],
    ['one of two folders', 'read: { folders: [A, B] }', 'read: { folders: [B, C] }', null],
    [
      'one of two alternatives',
      'read: { folders: [A] }',
      'read: [{ folders: [B] }, { senders: [company.com] }]',
      null,
    ],
  ])('%s', (_, grants, role, reason) => {
    const { neverMatching } = check(agent(grants, role));
    expect(neverMatching.map((remark) => remark.reason)).toEqual(
      reason === null ? [] : [expect.stringContaining(reason)],
    );
  });

  test('what is forbidden is granted in vain', () => {
    const { neverMatching } = check(
      'agents: { a: { permissions: { mail: { send: allow } }, forbidden: [mail.send] } }\n',
    );
    expect(neverMatching[0]?.reason).toContain('beats every grant');
  });
});

test.each([
  ['observe', 'agents: { a: { enforcement: observe } }\n', 'enforcement is `observe`'],
  [
    'usage as reported',
    'agents: { a: { model: { through: reported }, budget: { tokens: 5k } } }\n',
    'tokens: known only',
  ],
  [
    'a filter on prose',
    'agents: { a: { permissions: { files: { read: { fields: { except: [x] } } } } } }\n',
    'declares no output schema',
  ],
  [
    'autonomy that any model inherits',
    'agents: { a: { permissions: { files: { read: { approval: { by: boss, until: { approved: 50 } } } } } } }\nroles: { boss: {} }\n',
    'no model is pinned',
  ],
  ['no people', 'roles: { r: {} }\nagents: { a: { acts_for: [r] } }\n', 'no run can be opened'],
])('said, and not or only partly enforced: %s', (_, rest, reason) => {
  expect(check(rest).unenforceable.map((remark) => remark.reason)).toEqual([
    expect.stringContaining(reason),
  ]);
});

test('the text names places, and says when there is nothing', () => {
  const text = formatPolicyCheck(check(agent('remove: allow')));
  expect(text).toBe(
    [
      'a: what it can do outside',
      '  nothing',
      '',
      'who is asked, and about what',
      '  nobody, so it is refused',
      '    agents.a.mail.remove, by its tier',
      '    actions that no clause of a trusted request asked for',
      '    repeats of what was done and had its answer',
      '',
      'grants that can never match: none',
      '',
      'said, and not or only partly enforced: none',
      '',
    ].join('\n'),
  );
});
