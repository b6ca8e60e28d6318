/**
 * What a server may do to the gateway, and what it leads to. One row, one misbehaviour: `evil-pipe.ts` and `evil-web.ts`
 * perform it, `evil.test.ts` and `npm run faults` check what comes of it, and docs/operations.md says it in the same words.
 */
export interface EvilRow {
  /** As the documents say it. */
  readonly what: string;
  readonly how: string;
  readonly on: readonly ('pipe' | 'web')[];
  /** What comes of a call that only reads: a refusal's code, or `completed`, or `relayed`: the server's own error. */
  readonly read: string;
  /** Of a call that changes something. It has happened by then, whatever the server says. */
  readonly write: string;
  /** Whether it opens the breaker of its tool. */
  readonly breaks: boolean;
  /** Only in the long round: it ends with the time-out of a call, a minute, or its server with a pause before its next start. */
  readonly long?: true;
  /** The server's process ends, and is started again. */
  readonly ends?: true;
}

const unknown = 'upstream.indeterminate';
const bad = { read: 'upstream.bad_answer', write: unknown, breaks: false } as const;
const lost = { read: 'upstream.connection_lost', write: unknown, breaks: true } as const;
const large = { read: 'upstream.too_large', write: unknown, breaks: false } as const;
const late = { read: 'upstream.timeout', write: unknown, breaks: true, long: true } as const;
const fine = { read: 'completed', write: 'completed', breaks: false } as const;
const both = ['pipe', 'web'] as const;
const pipe = ['pipe'] as const;
const web = ['web'] as const;

export const evilRows: readonly EvilRow[] = [
  { what: 'never answers', how: 'hang', on: both, ...late },
  { what: 'answers a byte at a time, without end', how: 'drip', on: both, ...late },
  { what: 'answers twice', how: 'twice', on: both, ...fine },
  {
    what: 'answers with an error of its own',
    how: 'error',
    on: both,
    read: 'relayed',
    write: 'relayed',
    breaks: false,
  },
  { what: 'answers with what is no result of a tool', how: 'misshapen', on: both, ...bad },
  { what: 'answers with a `resultType` that nobody knows', how: 'unknown_type', on: both, ...bad },
  { what: 'answers to an id that nobody asked', how: 'wrong_id', on: both, ...bad },
  { what: 'answers to the id as a text', how: 'text_id', on: both, ...bad },
  { what: 'answers with a key twice', how: 'two_keys', on: both, ...bad },
  { what: 'answers with half of a message', how: 'half', on: both, ...bad },
  { what: 'answers a thousand levels deep', how: 'deep', on: both, ...bad },
  { what: 'answers more than a message may have', how: 'long', on: both, ...large },
  { what: 'answers a few bytes at a time, many of them', how: 'crumbs', on: both, ...fine },
  {
    what: 'answers what its own `outputSchema` forbids',
    how: 'lie',
    on: both,
    read: 'outputs.schema',
    write: 'outputs.schema',
    breaks: false,
  },
  {
    what: 'asks for input instead',
    how: 'want_input',
    on: both,
    read: 'relayed',
    write: 'relayed',
    breaks: false,
  },
  { what: 'writes lines of a log between its messages', how: 'log', on: pipe, ...fine },
  { what: 'floods its standard error', how: 'stderr', on: pipe, ...fine },
  {
    what: 'redirects with 302',
    how: 'redirect',
    on: web,
    read: 'upstream.redirect',
    write: unknown,
    breaks: false,
  },
  {
    what: 'redirects with 307',
    how: 'redirect_same',
    on: web,
    read: 'upstream.redirect',
    write: 'upstream.redirect',
    breaks: false,
  },
  {
    what: 'answers 500',
    how: 'fault',
    on: web,
    read: 'upstream.server_error',
    write: unknown,
    breaks: true,
  },
  {
    what: 'answers 429',
    how: 'busy',
    on: web,
    read: 'upstream.rate_limited',
    write: 'upstream.rate_limited',
    breaks: true,
  },
  { what: 'answers with a web page', how: 'page', on: web, ...bad },
  { what: 'answers compressed, unasked', how: 'gzip', on: web, ...bad },
  { what: 'speaks something other than HTTP', how: 'garbage', on: web, ...lost },
  { what: 'resets the connection before it answers', how: 'reset', on: web, ...lost },
  { what: 'closes the connection in the middle of its answer', how: 'cut', on: web, ...lost },
  { what: 'announces more bytes than it sends', how: 'short', on: web, ...lost },
  { what: 'sends more bytes than it announces', how: 'over', on: web, ...bad },
  { what: 'sends headers without end', how: 'headers', on: web, ...lost },
  { what: 'sends a body without end', how: 'endless', on: web, ...large },
  { what: 'sends events without end', how: 'events', on: web, ...large },
  { what: 'sends one event without end', how: 'event', on: web, ...large },
  { what: 'sends interim answers without end', how: 'interim', on: web, ...lost },
  { what: 'dies in the middle of its answer', how: 'die', on: pipe, ...lost, ends: true },
  {
    what: 'closes its standard output, and lives on',
    how: 'mute',
    on: pipe,
    ...lost,
    ends: true,
    long: true,
  },
  { what: 'writes messages without end', how: 'flood', on: pipe, ...lost, ends: true, long: true },
  {
    what: 'writes a line without end',
    how: 'endless_line',
    on: pipe,
    ...lost,
    ends: true,
    long: true,
  },
];

export function rowsOn(transport: 'pipe' | 'web'): readonly EvilRow[] {
  return evilRows.filter(({ on }) => on.includes(transport));
}
