/** What never becomes a request: bytes that aren't HTTP/1.1, requests that take too long to arrive, tunnels. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { httpLimits } from './limits.ts';
import type { HttpRefusalCode } from './refusal.ts';
import type { RefusalTally } from './refusal-tally.ts';
import { failure } from './runs.ts';

interface Malformed {
  readonly status: string;
  readonly code: HttpRefusalCode;
  readonly message: string;
}

const malformed: Malformed = {
  status: '400 Bad Request',
  code: 'http.malformed',
  message: 'this is not HTTP/1.1 as it is read here',
};

const byError: ReadonlyMap<string, Malformed> = new Map([
  [
    'HPE_HEADER_OVERFLOW',
    {
      status: '431 Request Header Fields Too Large',
      code: 'http.header_size',
      message: 'the headers are too long',
    },
  ],
  [
    'HPE_CHUNK_EXTENSIONS_OVERFLOW',
    {
      status: '413 Content Too Large',
      code: 'http.body_too_large',
      message: 'the extensions of a chunk are too long',
    },
  ],
  [
    'ERR_HTTP_REQUEST_TIMEOUT',
    {
      status: '408 Request Timeout',
      code: 'http.too_slow',
      message: 'the request took too long to arrive',
    },
  ],
]);

const tunnel: Malformed = {
  status: '405 Method Not Allowed',
  code: 'http.method',
  message: 'nothing is tunnelled here',
};

/** Answers, and has it counted, what Node would otherwise answer or drop without telling anybody. */
export function refuseMalformed(server: Server, noteRefusal: RefusalTally['note']): void {
  /** The answer to the last request of a connection that could be read. */
  const latest = new WeakMap<Duplex, ServerResponse>();
  /** A broken connection breaks again with every byte that still arrives. */
  const refused = new WeakSet<Duplex>();

  function refuse(socket: Duplex, what: Malformed): void {
    if (refused.has(socket)) return;
    refused.add(socket);
    noteRefusal(what.code, null);
    const response = latest.get(socket);
    // What came before is a request of its own: this must not be taken for the answer to it, nor stand in its midst.
    if (response?.req.complete === true && !response.closed)
      response.once('close', () => answer(socket, what));
    else if (response?.headersSent === true && !response.writableFinished) socket.destroy();
    else answer(socket, what);
  }

  server.on('request', (request: IncomingMessage, response: ServerResponse) =>
    latest.set(request.socket, response),
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // The client left, in whatever way: nobody was refused anything.
    if (clientLeft.has(error.code ?? '')) socket.destroy();
    else refuse(socket, byError.get(error.code ?? '') ?? malformed);
  });
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    // Node has let go of it: an error would be nobody's, and end the process.
    socket.on('error', () => socket.destroy());
    refuse(socket, tunnel);
  });
  server.on('drop', () => noteRefusal('http.connections', null));
}

const clientLeft: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'HPE_INVALID_EOF_STATE']);

function answer(socket: Duplex, { status, code, message }: Malformed): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(failure({ code, message }));
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
  // Closed at once, with bytes unread, the connection would be reset under the answer.
  setTimeout(() => socket.destroy(), httpLimits.lingerMs).unref();
}
