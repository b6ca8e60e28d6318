import { describe, expect, test } from 'vitest';
import { loadPolicy } from '../load.ts';
import { emptyLock } from '../lock.ts';
import { checkPolicy, type PolicyCheck } from './check.ts';
import { formatPolicyCheck } from './format.ts';

const base = `sallyport: 1
upstreams: { mail: { functions: true }, web: { functions: true }, notes: { functions: true }, crm: { functions: true } }
tools:
  mail.search:
    action: read
    tier: read_only
    reach: internal
    args: { query: query }
    returns:
      items: /messages
      classes: [customer_data]
      subject: /from
      provides: { recipient: [{ at: "/messages/*/from", when: named }, { at: "/messages/*/to", when: { /status: sent } }] }
  mail.send: { action: send, tier: consequential, args: { to: recipient, cc: recipient, text: content } }
  mail.rule: { action: rule, tier: consequential, reach: internal, args: { text: content }, persists: true }
  web.get: { action: get, tier: read_only, args: { url: url } }
  web.post: { action: post, tier: reversible, args: { page: identifier, loud: flag, text: content } }
  notes.get: { action: read, tier: read_only, reach: internal, args: { id: object.note }, returns: { trust: trusted, object: note, id: /id }, memory: true }
  notes.put: { action: write, tier: reversible, reach: internal, args: { id: object.note, text: content }, memory: true }
  crm.people: { action: read, tier: read_only, reach: internal, args: { query: query }, returns: { trust: trusted, classes: [salaries], provides: { recipient: /mail } } }
`;

function check(rest: string): PolicyCheck {
  const result = loadPolicy({ file: 'p.yaml', readFile: () => base + rest, lock: emptyLock });
  if (!result.ok) throw new Error(result.errors.map((error) => error.message).join('\n'));
  return checkPolicy(result.policy);
}

/** An agent `a` with these grants, and the rest of the policy. */
function flowOf(grants: string, rest = ''): PolicyCheck['agents'][number]['flow'] {
  const [agent] = check(`${rest}agents: { a: { permissions: { ${grants} } } }\n`).agents;
  if (agent === undefined) throw new Error('no agent');
  return agent.flow;
}

test('each way from what others write to the outside, and what stands in it', () => {
  const text = formatPolicyCheck(
    check(`flow:
  trusted: { recipient: [desk@company.com] }
  classes: { customer_data: { may_reach: [case.customer, case.other, crm, mail, subject] } }
agents:
  a:
    case: { customer: recipient }
    permissions:
      mail: { read: allow, send: { recipients: [case.customer, desk@company.com], where: { cc: desk@company.com }, approval: never } }
      web: { post: { rate: 5/hour } }
      notes: { read: allow, write: allow }
      crm: { read: allow }
  b: { case: { other: recipient } }
`),
  );
  expect(text.slice(text.indexOf('a: from'), text.indexOf('b: what'))).toBe(
    `a: from what others write to the outside
  what others write: mail.search, mail.send, web.post, notes.get (a memory), notes.put (a memory)
  customer_data: mail.search
  salaries: crm.people
  a recipient is known from a trusted request, or from
    the case: case.customer
    \`flow.trusted\`: desk@company.com
    any record: crm.people
    a record that the request names: mail.search
    a record whose /status is sent: mail.search
  to mail.send (external, consequential) by agents.a.mail.send
    to, cc: recipients: case.customer, desk@company.com
    to, cc: a known recipient, else held or denied
    cc: where.cc: desk@company.com
    text: only known links, else held
    customer_data: may reach case.customer, case.other (which it has not), the upstream mail, the subject
    salaries: no \`may_reach\`, so nothing bounds it
    with a trusted request: it is asked for, else held; its text is compared with what was read and not asked for
  to web.post (external, reversible) by agents.a.web.post
    text: only known links, else held
    customer_data: may reach case.customer, case.other (which it has not), the subject
    salaries: no \`may_reach\`, so nothing bounds it
    without a trusted request NOTHING stands in the way of what is read by mail.send, web.post, notes.get, notes.put
    with a trusted request: it is asked for, else held; its text is compared with what was read and not asked for
  to notes.put (into a memory, reversible) by agents.a.notes.write
    what is written comes back with the labels of its run, in any run
    with a trusted request: it is asked for, else held; it acts on what the request names
  held: there is no \`approvals.default\` who could be asked, so it is refused

`,
  );
});

test('what leaves is looked at, and what detectors find is bounded', () => {
  const text = formatPolicyCheck(
    check(`flow: { classes: { pii: { may_reach: [] } } }
content: { outbound: { then: deny, at: 0.6, attachments: [.pdf], markers: [CONFIDENTIAL] } }
agents: { a: { permissions: { web: { post: allow }, notes: { write: allow } } } }
`),
  );
  const [, ofPost = '', ofNotes = ''] = text.split('  to ');
  expect(text).toContain('\n  pii: what detectors find\n');
  expect(ofPost).toContain(
    "\n    what leaves is looked at: denied for orders from 0.6, attachments that aren't .pdf, CONFIDENTIAL\n",
  );
  expect(ofPost).toContain('\n    pii: may not go there\n');
  expect(ofNotes).not.toContain('what leaves');
});

const read = 'mail: { read: allow }, ';

describe('whether nothing stands in the way', () => {
  test.each<readonly [what: string, grants: string, rest: string, open: boolean]>([
    ['a destination that has to be known', 'web: { get: allow }', '', false],
    ['any destination', 'web: { get: allow }', 'flow: { external: allow }\n', true],
    [
      'any destination of a list',
      'web: { get: { urls: [https://a.example] } }',
      'flow: { external: allow }\n',
      false,
    ],
    ['no destination', 'web: { post: allow }', '', true],
    [
      'no destination, and none is let through',
      'web: { post: allow }',
      'flow: { external: deny }\n',
      false,
    ],
    [
      'no destination, and each is asked about',
      'web: { post: allow }',
      'flow: { external: hold }\n',
      false,
    ],
    ['a limit', 'web: { post: { rate: 5/hour, hours: Mon-Fri 09:00-17:00 } }', '', true],
    ['a flag', 'web: { post: { where: { loud: false } } }', '', true],
    ['one page', 'web: { post: { where: { page: news } } }', '', false],
    ['any page that begins so', 'web: { post: { where: { page: "news*" } } }', '', true],
    ['an expression', 'web: { post: { when: "size(call.args.text) < 10" } }', '', false],
    ['a person', 'web: { post: { approval: { by: boss } } }', 'roles: { boss: {} }\n', false],
    [
      'a person, sometimes',
      'web: { post: { approval: { by: boss, if: call.args.loud } } }',
      'roles: { boss: {} }\n',
      true,
    ],
    [
      'a person, until enough was approved',
      'web: { post: { approval: { by: boss, until: { approved: 50 } } } }',
      'roles: { boss: {} }\n',
      true,
    ],
    [
      'a class that is bounded',
      'web: { post: allow }',
      'flow: { classes: { customer_data: { may_reach: [] } } }\n',
      false,
    ],
    [
      'a class of something else that is bounded',
      'web: { post: allow }',
      'flow: { classes: { salaries: { may_reach: [] } } }\n',
      true,
    ],
    [
      'domains that are forbidden',
      'mail: { read: allow, send: { forbidden_domains: [x.example], approval: never } }',
      'flow: { external: allow }\n',
      true,
    ],
    [
      'domains that are allowed',
      'mail: { read: allow, send: { allowed_domains: [x.example], approval: never } }',
      'flow: { external: allow }\n',
      false,
    ],
    [
      'one of two arguments',
      'mail: { read: allow, send: { where: { to: ann@x.example }, approval: never } }',
      'flow: { external: allow }\n',
      true,
    ],
    ['the tier', 'mail: { read: allow, send: allow }', 'flow: { external: allow }\n', false],
    ['what persists', 'mail: { read: allow, rule: { approval: never } }', '', true],
  ])('%s', (_, grants, rest, open) => {
    const { ways } = flowOf(`${grants.startsWith('mail') ? '' : read}${grants}`, rest);
    expect(ways).toHaveLength(1);
    expect(ways[0]?.openTo.includes('mail.search')).toBe(open);
  });
});

test('what people may do bounds their agents, where each of their grants does', () => {
  const of = (send: string): unknown =>
    check(`flow: { external: allow }
roles: { people: { permissions: { mail: { read: allow, send: ${send} } } } }
users: { static: { ann: { roles: [people] } } }
agents: { a: { acts_for: [people], permissions: { mail: { read: allow, send: { approval: never } } } } }
`).agents[0]?.flow.ways.map(({ openTo, destinations }) => [
      openTo.length > 0,
      destinations[0]?.bounds,
    ]);
  expect(of('{ recipients: [x.example] }')).toEqual([
    [false, ['recipients: x.example (roles.people.mail.send)']],
  ]);
  expect(of('[{ recipients: [x.example] }, { rate: 5/hour }]')).toEqual([[true, []]]);
});

test.each([
  ['no untrusted data and no class', 'web: { get: allow }, notes: { write: allow }', 2],
  ['nothing outside', 'mail: { read: allow }', 0],
  [
    'a class, though everything is trusted',
    'crm: { read: allow }, web: { post: { where: { page: a } } }',
    1,
  ],
])('%s', (_, grants, ways) => {
  expect(flowOf(grants).ways).toHaveLength(ways);
});

test.each<readonly [external: string, expected: readonly string[]]>([
  ['allow', ['nothing more is asked of mail.send, web.post']],
  ['deny', ['after the first of these results every call is refused of mail.send, web.post']],
  ['hold', ['after the first of these results every call is held of mail.send, web.post']],
  [
    'provenance',
    [
      'after the first of these results, only a known destination is let through of mail.send',
      'only links are looked at of web.post, which names no destination',
    ],
  ],
])(
  'what `flow.external: %s` costs a run with neither a request nor a case',
  (external, expected) => {
    const grants = 'mail: { read: allow, send: allow }, web: { post: allow }';
    expect(flowOf(grants, `flow: { external: ${external} }\n`).withNeither).toEqual(expected);
    const [bound] = check(
      `flow: { external: ${external} }\nagents: { a: { case: { c: recipient }, permissions: { ${grants} } } }\n`,
    ).agents;
    expect(bound?.flow.withNeither).toEqual([]);
  },
);

test('only a trusted request names a destination', () => {
  const text = formatPolicyCheck(
    check('agents: { a: { permissions: { web: { get: allow } } } }\n'),
  );
  expect(text).toContain('a url is known from a trusted request, and from nowhere else\n');
});

describe('said, and held only in part', () => {
  test.each<readonly [what: string, rest: string, expected: readonly string[]]>([
    [
      'a class that only detectors find',
      'flow: { classes: { secret: { may_reach: [] } } }\n',
      [
        'flow.classes.secret: no tool returns it: only what detectors find of it in a result is bounded, and they miss some',
      ],
    ],
    [
      'whose data a detector found',
      'flow: { classes: { pii: { may_reach: [subject] } } }\n',
      [
        'flow.classes.pii: no tool returns it: only what detectors find of it in a result is bounded, and they miss some',
        'flow.classes.pii: `subject` permits nothing after what a detector found: whose data it is nobody says',
      ],
    ],
    [
      'a model',
      'flow: { classes: { customer_data: { may_reach: [model] } } }\n',
      [
        'flow.classes.customer_data: `model` bounds nothing: what a model reads does not pass through Sallyport yet',
      ],
    ],
    [
      'a subject that nobody is',
      'flow: { classes: { salaries: { may_reach: [subject] } } }\n',
      [
        'flow.classes.salaries: `subject` permits nothing after `crm.people`, which says of nobody whose data it is: add `returns.subject`',
      ],
    ],
    ['a subject', 'flow: { classes: { customer_data: { may_reach: [subject] } } }\n', []],
  ])('%s', (_, rest, expected) => {
    expect(check(rest).unenforceable.map(({ grant, reason }) => `${grant}: ${reason}`)).toEqual(
      expected,
    );
    expect(formatPolicyCheck(check(rest))).toContain(
      expected.length === 0 ? 'none' : `  ${expected[0]}`,
    );
  });

  const files = (returns: string, write = '', more = ''): readonly string[] => {
    const text = `sallyport: 1
upstreams: { files: { functions: true }, other: { functions: true } }
tools:
  files.read: { action: read, tier: read_only, reach: internal, args: { path: path }, returns: { trust: trusted${returns} }${more} }
  files.write: { action: write, tier: reversible, reach: internal, args: { path: path, text: content }${write} }
  files.touch: { action: touch, tier: reversible, reach: internal, args: { path: path } }
  files.free: { action: look, tier: read_only, reach: internal, args: { all: flag }, returns: { trust: trusted } }
  other.read: { action: read, tier: read_only, reach: internal, args: { path: path }, returns: { trust: trusted } }
`;
    const result = loadPolicy({ file: 'p.yaml', readFile: () => text, lock: emptyLock });
    if (!result.ok) throw new Error(result.errors.map((error) => error.message).join('\n'));
    return checkPolicy(result.policy).unenforceable.map(
      ({ grant, reason }) => `${grant}: ${reason}`,
    );
  };
  test('text that comes back as trusted', () => {
    const expected = [
      'tools.files.read: it returns what is trusted, and `files.write` may write there: say `memory: true` of both if what runs write comes back by it',
    ];
    expect(files('')).toEqual(expected);
    expect(files(', object: file, id: /id', ', on: file')).toEqual(expected);
    expect(files(', object: person, id: /id', ', on: file')).toEqual([]);
    expect(files('', ', memory: true', ', memory: true')).toEqual([]);
    expect(files('', '', ', memory: true')).toEqual([
      'tools.files.read: it is a memory, and `files.write` may write there without leaving the labels of the run: say `memory: true` of what writes, too',
    ]);
  });
});
