/** What stands at the other end: a real HTTP server and a real SMTP server, which do what a test says. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface Posted {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpReceiver extends AsyncDisposable {
  readonly url: string;
  readonly posted: Posted[];
}

/** What it does with a request: a status, that and headers, or anything. */
export type Answer = number | readonly [number, Readonly<Record<string, string>>] | RequestListener;

/** @param answers of each request in turn; of the last one from then on. */
export async function receiveHttp(...answers: readonly Answer[]): Promise<HttpReceiver> {
  const posted: Posted[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      posted.push({ headers: request.headers, body });
      const answer = answers[Math.min(posted.length, answers.length) - 1] ?? 200;
      if (typeof answer === 'function') answer(request, response);
      else if (typeof answer === 'number') response.writeHead(answer).end('ok');
      else response.writeHead(answer[0], answer[1]).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${portOf(server.address())}/in`,
    posted,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** Whether the connection was encrypted, and who had signed in. */
  readonly secure: boolean;
  readonly user: string | null;
  /** By their names in small letters; a header that is there twice is an error. */
  readonly headers: ReadonlyMap<string, string>;
  /** By content type, decoded. */
  readonly parts: ReadonlyMap<string, string>;
}

export interface MailReceiver extends AsyncDisposable {
  readonly port: number;
  readonly mails: Mail[];
}

export async function receiveMail(
  options: SMTPServerOptions = {},
  port = 0,
): Promise<MailReceiver> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    logger: false,
    onAuth: (given, _session, done) =>
      given.password === 'right' ? done(null, { user: given.username ?? '' }) : done(refusal(535)),
    onData(stream, session, done) {
      void text(stream).then((raw) => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          secure: session.secure,
          user: session.user === undefined ? null : String(session.user),
          ...readMail(raw),
        });
        done();
      });
    },
    ...options,
  });
  // Clients that break off are what is tested.
  server.on('error', () => undefined);
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    port: portOf(server.server.address()),
    mails,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

export function refusal(responseCode: number): Error {
  return Object.assign(new Error('no'), { responseCode });
}

function readMail(raw: string): Pick<Mail, 'headers' | 'parts'> {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const headers = readHeaders(head);
  const boundary = /boundary="([^"]+)"/.exec(headers.get('content-type') ?? '')?.[1];
  if (boundary === undefined) throw new Error('a mail of one part');
  const parts = rest
    .join('\r\n\r\n')
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const [partHead = '', ...body] = part.replace(/^\r\n/, '').split('\r\n\r\n');
      const of = readHeaders(partHead);
      const type = /^[^;]+/.exec(of.get('content-type') ?? '')?.[0] ?? '';
      return [type, decoded(body.join('\r\n\r\n'), of.get('content-transfer-encoding'))] as const;
    });
  return { headers, parts: new Map(parts) };
}

function readHeaders(head: string): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const line of head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const [, name = '', value = ''] = /^([^:]+): ?(.*)$/.exec(line) ?? [];
    if (name === '' || headers.has(name.toLowerCase())) throw new Error(`a header is odd: ${line}`);
    headers.set(name.toLowerCase(), value);
  }
  return headers;
}

function decoded(body: string, encoding: string | undefined): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  if (encoding !== 'quoted-printable') return body;
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}

function portOf(address: string | AddressInfo | null): number {
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  return address.port;
}
