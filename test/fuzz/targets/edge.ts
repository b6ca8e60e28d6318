/** What a client writes into its headers: names of ours, repetitions of its body, sessions, handles, tokens. */
import { createHash } from 'node:crypto';
import { SallyportError } from '../../../src/content/errors.ts';
import { hostCheck } from '../../../src/edges/http/hosts.ts';
import { checkMirroredHeaders } from '../../../src/edges/mcp/mirrored-headers.ts';
import { stateSeal } from '../../../src/edges/mcp/request-state.ts';
import { signedSessions } from '../../../src/edges/mcp/sessions.ts';
import { IdentityError } from '../../../src/identity/errors.ts';
import { openTokens, type TokenRecord } from '../../../src/identity/tokens.ts';
import { sealedHandles } from '../../../src/runtime/run-handles.ts';
import { headerValue } from '../../../src/upstreams/mcp/http/headers.ts';
import { attempt, must, type Target } from '../target.ts';

/** As Node's parser has them: names and values in turn. */
const headers = (named: Readonly<Record<string, string>>) => ({
  rawHeaders: Object.entries(named).flat(),
});

const checkHost = hostCheck('127.0.0.1', ['gateway.example']);
const ours = String.raw`(?:localhost|127\.0\.0\.1|\[::1\]|gateway\.example)(?::\d{1,5})?`;

/** `Host`, a line feed, `Origin`: whoever isn't named so is refused. */
const hostTarget: Target = {
  name: 'host',
  alphabet: 'bytes',
  lengthMax: 200,
  roundsInTest: 6_000,
  seeds: [
    'localhost',
    '127.0.0.1:8080\nhttp://localhost:3000',
    '[::1]:1\nhttps://[::1]',
    'Gateway.Example\nnull',
    'evil.example',
  ],
  dictionary: [
    'localhost',
    '127.0.0.1',
    '127.1',
    '[::1]',
    '::1',
    'gateway.example',
    '.evil.example',
    '@',
    ':',
    ':80',
    '#',
    '?',
    '/',
    '\\',
    '%6c',
    'http://',
    'https://',
    'null',
    '\t',
    ' ',
    '0x7f.1',
    '\xa0',
  ],
  // The scheme of an origin is in lower case: browsers write nothing else.
  check(input) {
    const [host = '', ...rest] = input.split('\n');
    const origin = rest.length === 0 ? null : rest.join('\n');
    const checked = attempt(SallyportError, () =>
      checkHost(headers({ host, ...(origin === null ? {} : { origin }) })),
    );
    const expected =
      new RegExp(`^${ours}$`, 'i').test(host) &&
      (origin === null || new RegExp(`^https?://(?i:${ours})$`).test(origin));
    if ('refused' in checked) {
      must(!expected, 'a name of ours is refused');
      return checked.refused;
    }
    must(expected, 'a name that is none of ours is taken for one');
    return `ours ${origin === null}`;
  },
};

/** A header, a line feed, and the name in the body: equal, or nothing happens. */
const mirroredHeaderTarget: Target = {
  name: 'mirrored-header',
  alphabet: 'text',
  lengthMax: 300,
  roundsInTest: 6_000,
  seeds: [
    'files.read\nfiles.read',
    '=?base64?w6k=?=\né',
    '=?base64?ZmlsZXMucmVhZA==?=\nfiles.read',
    '=?base64??=\n',
    ' x \n x ',
  ],
  dictionary: [
    '=?base64?',
    '?=',
    '=',
    'w6k=',
    'w6k',
    'w6l=',
    '/w==',
    '__',
    '-_',
    ' ',
    '\t',
    'é',
    '😀',
    '\0',
  ],
  check(input) {
    const [header = '', ...rest] = input.split('\n');
    const name = rest.join('\n');
    const check = (sent: string) =>
      attempt(SallyportError, () =>
        checkMirroredHeaders(headers({ 'mcp-method': 'tools/call', 'mcp-name': sent }), {
          id: 1,
          method: 'tools/call',
          params: { name },
        }),
      );
    if (name.isWellFormed())
      must('value' in check(headerValue(name)), 'what we write ourselves is refused');
    const checked = check(header);
    if ('refused' in checked) return checked.refused;
    const [, encoded] = /^=\?base64\?(.*)\?=$/.exec(header) ?? [];
    if (encoded === undefined) {
      must(header === name, 'a header that differs from the body is taken');
      return 'plain';
    }
    must(Buffer.from(name).toString('base64') === encoded, 'another encoding of the body is taken');
    return 'encoded';
  },
};

const fixedKey = Buffer.alloc(32, 7);
const sessions = signedSessions(fixedKey);
const goodSession = 'sps_AAAAAAAAAAAAAAAAAAAAAA.43sZ17lyaM_xV6nz1awYvIhuyiOwug3wETaV-d9CLVQ';

const sessionTarget: Target = {
  name: 'session-id',
  alphabet: 'text',
  lengthMax: 200,
  roundsInTest: 4_000,
  seeds: [goodSession, goodSession.toLowerCase(), 'sps_.'],
  dictionary: ['sps_', '.', 'A', '=', '-', '_', '\n', goodSession.slice(-12)],
  check(input) {
    const open = sessions.find(input, 'cred_a') !== null;
    must(open === (input === goodSession), 'a session that nobody opened');
    must(sessions.find(input, 'cred_b') === null, 'a session of somebody else');
    return String(open);
  },
};

const states = stateSeal(fixedKey);
const goodState = states.seal({
  hold: 'call_1',
  credential: 'cred_a',
  request: 'sha256:1',
  untilMs: 1,
  round: 1,
  askedForPage: true,
});
const sealedBytes = (state: string): string =>
  Buffer.from(state.slice('spq_'.length), 'base64url').toString('hex');

const stateTarget: Target = {
  name: 'request-state',
  alphabet: 'text',
  lengthMax: 1_100,
  roundsInTest: 4_000,
  seeds: [goodState, goodState.toLowerCase(), 'spq_', `spq_${'A'.repeat(80)}`],
  dictionary: ['spq_', 'A', '=', '-', '_', '\n', '\0', goodState.slice(-24)],
  check(input) {
    const state = states.open(input);
    must(
      state === null || sealedBytes(input) === sealedBytes(goodState),
      'a state that nobody sealed',
    );
    must(input !== goodState || state?.hold === 'call_1', 'a state that was sealed is refused');
    return String(state !== null);
  },
};

const handles = sealedHandles(fixedKey);
const goodRun = handles.idOf('A'.repeat(24));
const goodHandle = handles.seal(goodRun);

const handleTarget: Target = {
  name: 'run-handle',
  alphabet: 'text',
  lengthMax: 200,
  roundsInTest: 4_000,
  seeds: [goodHandle, goodRun, `spr_${'A'.repeat(48)}`],
  dictionary: ['spr_', 'run_', 'A', '-', '_', '=', '\n', '\0', goodHandle.slice(-24)],
  check(input) {
    const id = handles.open(input);
    must(id === (input === goodHandle ? goodRun : null), 'a handle that nobody sealed');
    return String(id !== null);
  },
};

const secret = 'S'.repeat(43);
const record: TokenRecord = {
  id: 'AAAAAAAAAAAA',
  credential: 'AAAAAAAAAAAA',
  holder: 'agent',
  name: 'reporter',
  user: null,
  agents: null,
  sha256: createHash('sha256').update(secret).digest('hex'),
  mintedAtMs: 0,
  expiresAtMs: null,
};
const tokens = await openTokens({
  listState: async () => [{ key: `token:${record.id}`, value: record }],
  commitGateway: () => Promise.reject(new SallyportError('fuzz.write', 'nothing is written here')),
  nowMs: () => 1,
});
const goodToken = `sp_agent_${record.id}.${secret}`;

const tokenTarget: Target = {
  name: 'token',
  alphabet: 'text',
  lengthMax: 300,
  roundsInTest: 4_000,
  seeds: [
    `Bearer ${goodToken}`,
    `bearer  ${goodToken}`,
    `Bearer sp_opener_${record.id}.${secret}`,
    'Basic YTpi',
  ],
  dictionary: [
    'Bearer ',
    'bearer ',
    ' ',
    '\t',
    '\n',
    'sp_',
    'agent_',
    'opener_',
    '.',
    secret,
    record.id,
    '__proto__',
    ',',
  ],
  check(input) {
    const shown = attempt(IdentityError, () => tokens.authenticate(input));
    const [, presented] = /^bearer +(\S+)$/i.exec(input) ?? [];
    if ('refused' in shown) {
      must(presented !== goodToken, 'a good token is refused');
      return shown.refused;
    }
    must(presented === goodToken, 'a token that nobody minted');
    return 'good';
  },
};

export const edgeTargets: readonly Target[] = [
  hostTarget,
  mirroredHeaderTarget,
  sessionTarget,
  stateTarget,
  handleTarget,
  tokenTarget,
];
