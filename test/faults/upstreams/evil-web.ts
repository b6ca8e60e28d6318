/** The evil server over Streamable HTTP, on a bare socket. Argument: the journal. Prints where it listens. */
import { createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { askedIn, crumbs, happen, result, said, usual, words } from './evil.ts';

const [, , journal = ''] = process.argv;
const endless = 'x'.repeat(65_536);

const server = createServer({ noDelay: true }, (socket) => {
  let heard = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    heard = Buffer.concat([heard, chunk]);
    for (;;) {
      const end = heard.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = heard.subarray(0, end).toString('latin1');
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (heard.length < end + 4 + length) return;
      const body = heard.subarray(end + 4, end + 4 + length).toString();
      heard = heard.subarray(end + 4 + length);
      answer(socket, head, body);
    }
  });
});

function answer(socket: Socket, head: string, body: string): void {
  if (!head.startsWith('POST')) return void socket.write(empty('405 Method Not Allowed'));
  const asked = askedIn(body);
  if (asked === null) return void socket.write(empty('202 Accepted'));
  const usually = usual(asked, 'web');
  if (usually !== null) return void socket.write(json(usually));
  void misbehave(socket, happen(asked, journal), asked.id);
}

async function misbehave(socket: Socket, how: string, id: number): Promise<void> {
  const one = words(how, id);
  if (one !== null) return void socket.write(json(one));
  const whole = json(result(id, said('done')));
  switch (how) {
    case 'hang':
      return;
    case 'drip':
      socket.write(head('200 OK', 'content-length: 1000000'));
      return drip(socket, ' ');
    case 'twice':
      return void socket.write(whole + json(result(id, said('second'))));
    case 'crumbs': {
      const body = result(id, said(crumbs));
      socket.write(head('200 OK', 'transfer-encoding: chunked'));
      return void socket.write(`${body.replaceAll(/./gs, (byte) => `1\r\n${byte}\r\n`)}0\r\n\r\n`);
    }
    case 'redirect':
      return void socket.write(empty('302 Found', 'location: http://127.0.0.1:1/'));
    case 'redirect_same':
      return void socket.write(empty('307 Temporary Redirect', 'location: http://127.0.0.1:1/'));
    case 'fault':
      return void socket.write(empty('500 Internal Server Error'));
    case 'busy':
      return void socket.write(empty('429 Too Many Requests', 'retry-after: 3'));
    case 'page':
      return void socket.write(
        'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 4\r\n\r\n<p>!',
      );
    case 'gzip':
      return void socket.write(whole.replace('\r\n\r\n', '\r\ncontent-encoding: gzip\r\n\r\n'));
    case 'garbage':
      return void socket.write('220 mail.example ESMTP ready\r\n');
    case 'reset':
      return void socket.resetAndDestroy();
    case 'cut':
      return void socket.end(whole.slice(0, -10));
    case 'short':
      return void socket.end(
        whole.replace(/content-length: (\d+)/, (_, length) => `content-length: ${+length + 1}`),
      );
    case 'over':
      return void socket.write(
        whole.replace(/content-length: (\d+)/, (_, length) => `content-length: ${+length - 1}`),
      );
    case 'headers':
      socket.write('HTTP/1.1 200 OK\r\n');
      return forever(socket, `x: ${'y'.repeat(1_000)}\r\n`);
    case 'endless':
      socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n`);
      return forever(socket, endless);
    case 'events':
      socket.write(eventHead);
      return forever(
        socket,
        'data:{"jsonrpc":"2.0","method":"notifications/message"}\n\n'.repeat(1_000),
      );
    case 'event':
      socket.write(`${eventHead}data: `);
      return forever(socket, endless);
    case 'interim':
      return forever(socket, 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(100));
    default:
      throw new Error(`no such misbehaviour: ${how}`);
  }
}

const eventHead = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n';

async function drip(socket: Socket, piece: string): Promise<void> {
  while (!socket.destroyed) {
    socket.write(piece);
    await wait(500);
  }
}

function forever(socket: Socket, piece: string): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on('drain', more);
  more();
}

function json(body: string): string {
  return `${head('200 OK', `content-length: ${Buffer.byteLength(body)}`)}${body}`;
}

function head(status: string, ...headers: readonly string[]): string {
  const lines = [`HTTP/1.1 ${status}`, 'content-type: application/json', ...headers];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function empty(status: string, ...headers: readonly string[]): string {
  return `HTTP/1.1 ${status}\r\n${headers.map((header) => `${header}\r\n`).join('')}content-length: 0\r\n\r\n`;
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  process.stdout.write(`http://127.0.0.1:${port}/mcp\n`);
});
