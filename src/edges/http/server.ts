/**
 * The HTTP edge: `/mcp` for agents, `/v1/runs` for those who open runs, `/healthz`. Whatever else is asked for gets a
 * quick 404, `/.well-known/*` too: clients that find OAuth metadata there leave their static token and hang.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { SallyportError } from '../../content/errors.ts';
import type { Runtime } from '../../runtime/port.ts';
import { openMcpEndpoint } from '../mcp/endpoint.ts';
import { type Authenticate, credentialOf, type EdgeLog } from './credentials.ts';
import { checkHeaderCount } from './headers.ts';
import { letGoOfBody } from './held-bytes.ts';
import { hostCheck } from './hosts.ts';
import { httpLimits } from './limits.ts';
import { ClientGone, HttpRefusal } from './refusal.ts';
import { sendJson } from './respond.ts';
import { answerRuns, failure, isRunsPath, sendRefusal } from './runs.ts';

export interface ServerOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly authenticate: Authenticate;
  readonly runtime: Runtime;
  /** 32 bytes from the data directory: session ids signed with it survive a restart and work on any replica. */
  readonly sessionKey: Uint8Array;
  /** Sallyport's own version, as `serverInfo` says it. */
  readonly version: string;
  /** Names beside loopback's that clients use for this server, without ports. */
  readonly allowedHosts?: readonly string[];
  readonly log: EdgeLog;
}

export interface RunningServer {
  /** `http://host:port`, without a path. */
  readonly url: string;
  /** Lets calls in flight end, then closes what is left. */
  readonly close: () => Promise<void>;
}

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const checkHost = hostCheck(options.host, options.allowedHosts ?? []);
  const mcp = openMcpEndpoint(options);
  let closing = false;

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    checkHost(request);
    checkHeaderCount(request);
    if (closing) response.setHeader('connection', 'close');
    const path = pathOf(request);
    if (path === '/mcp') return mcp.answer(request, response);
    if (isRunsPath(path)) {
      const credential = await credentialOf(request, options.authenticate, options.log);
      return 'refused' in credential
        ? sendRefusal(response, credential.refused)
        : answerRuns(options.runtime, credential.principal, path, request, response);
    }
    if (path === '/healthz' && request.method === 'GET') {
      await sendJson(response, closing ? 503 : 200, { ok: !closing });
      return;
    }
    throw new HttpRefusal(404, 'http.not_found', 'there is nothing here', {
      hint: 'MCP is served at /mcp',
    });
  }

  const server = createServer(
    {
      maxHeaderSize: httpLimits.headerBytesMax,
      headersTimeout: httpLimits.headersTimeoutMs,
      requestTimeout: httpLimits.requestTimeoutMs,
      keepAliveTimeout: httpLimits.keepAliveTimeoutMs,
      noDelay: true,
    },
    (request, response) => {
      // Without a listener an error of the socket, which anybody can cause, would end the process.
      response.on('error', () => response.destroy());
      // A connection that was in use when closing began is idle only now, and its client keeps it open for the next call.
      response.on('close', () => {
        if (closing) setImmediate(() => server.closeIdleConnections());
      });
      route(request, response)
        .catch((error: unknown) => answerFailure(error, response, options.log))
        .finally(() => letGoOfBody(request));
    },
  );
  // Node drops what is beyond this count without a word; `checkHeaderCount` refuses it instead.
  server.maxHeadersCount = 0;
  server.maxConnections = httpLimits.connectionsMax;

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
      mcp.close();
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeIdleConnections();
      const deadline = setTimeout(() => server.closeAllConnections(), httpLimits.drainMs);
      await closed;
      clearTimeout(deadline);
    },
  };
}

function answerFailure(error: unknown, response: ServerResponse, log: EdgeLog): void {
  if (error instanceof ClientGone || response.headersSent) {
    response.destroy();
    return;
  }
  if (error instanceof HttpRefusal) {
    void sendJson(response, error.status, failure(error), error.headers);
    return;
  }
  log({
    level: 'error',
    event: 'http.fault',
    error: error instanceof Error ? error.message : String(error),
  });
  void sendJson(
    response,
    500,
    failure({ code: 'http.fault', message: 'something went wrong here; it was not allowed' }),
  );
}

/** The path as sent, without its query. Not decoded: `/%6dcp` is no name of ours. */
function pathOf(request: IncomingMessage): string {
  const [path = ''] = (request.url ?? '').split('?');
  return path;
}

function urlOf(
  address: ReturnType<ReturnType<typeof createServer>['address']>,
  host: string,
): string {
  if (address === null || typeof address === 'string') {
    throw new SallyportError('http.address', 'the server has no network address');
  }
  const name = host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${address.port}`;
}
