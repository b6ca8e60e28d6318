/** A server's socket: how slowly and how much may be sent to it, what is refused before anybody looks, and how it closes. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { SallyportError } from '../../content/errors.ts';
import { httpLimits } from './limits.ts';
import { refuseMalformed } from './malformed.ts';
import { HttpRefusal } from './refusal.ts';
import type { RefusalTally } from './refusal-tally.ts';

export interface RunningServer {
  /** `http://host:port`, without a path. */
  readonly url: string;
  /** Lets calls in flight end, then closes what is left. */
  readonly close: () => Promise<void>;
}

export interface ListenerOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly noteRefusal: RefusalTally['note'];
  /** Total. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Answers a request that nothing but its headers is read of. */
  readonly refuse: (refusal: HttpRefusal, response: ServerResponse) => void;
}

/** Resolves when it listens. */
export async function listen(options: ListenerOptions): Promise<RunningServer> {
  let closing = false;
  /** Connections that nothing was asked on yet: clients open them in advance, and Node doesn't count them as idle. */
  const unused = new Set<Socket>();
  // A connection that was in use when closing began is idle only now, and its client keeps it open for the next call.
  const onAnswered = (): void => {
    if (closing) setImmediate(() => server.closeIdleConnections());
  };
  const server = createServer(
    {
      maxHeaderSize: httpLimits.headerBytesMax,
      headersTimeout: httpLimits.headersTimeoutMs,
      requestTimeout: httpLimits.requestTimeoutMs,
      connectionsCheckingInterval: httpLimits.slownessEveryMs,
      keepAliveTimeout: httpLimits.keepAliveTimeoutMs,
      // `hostCheck` says so itself, and has it counted.
      requireHostHeader: false,
      noDelay: true,
    },
    (request, response) => {
      unused.delete(request.socket);
      // Without a listener an error of the socket, which anybody can cause, would end the process.
      response.on('error', () => response.destroy());
      response.on('close', onAnswered);
      if (closing) response.setHeader('connection', 'close');
      void options.answer(request, response);
    },
  );
  // Node drops what is beyond this count without a word; `checkHeaderCount` refuses it instead.
  server.maxHeadersCount = 0;
  server.maxConnections = httpLimits.connectionsMax;
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  refuseMalformed(server, options.noteRefusal);
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) =>
    options.refuse(
      new HttpRefusal(417, 'http.expectation', 'that cannot be expected here'),
      response,
    ),
  );

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });

  return {
    url: urlOf(server.address(), options.host),
    async close() {
      closing = true;
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeIdleConnections();
      for (const socket of unused) socket.destroy();
      const deadline = setTimeout(() => server.closeAllConnections(), httpLimits.drainMs);
      await closed;
      clearTimeout(deadline);
    },
  };
}

function urlOf(address: ReturnType<Server['address']>, host: string): string {
  if (address === null || typeof address === 'string') {
    throw new SallyportError('http.address', 'the server has no network address');
  }
  const name = host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${address.port}`;
}
