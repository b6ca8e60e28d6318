/**
 * The HTTP edge: `/mcp` for agents, `/v1/runs` for those who open runs, `/healthz`. Whatever else is asked for gets a
 * quick 404, `/.well-known/*` too: clients that find OAuth metadata there leave their static token and hang.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Runtime } from '../../runtime/port.ts';
import { openMcpEndpoint } from '../mcp/endpoint.ts';
import type { HoldsOnTheWire } from '../mcp/holds.ts';
import { type Authenticate, credentialOf, type EdgeLog } from './credentials.ts';
import { checkHeaderCount } from './headers.ts';
import { letGoOfRequest } from './held-bytes.ts';
import { hostCheck } from './hosts.ts';
import { listen, type RunningServer } from './listener.ts';
import { ClientGone, HttpRefusal } from './refusal.ts';
import { type RecordRefusals, type RefusalTally, refusalTally } from './refusal-tally.ts';
import { sendJson } from './respond.ts';
import { answerRuns, failure, isRunsPath, sendRefusal } from './runs.ts';

export interface ServerOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly authenticate: Authenticate;
  readonly runtime: Runtime;
  readonly holds: HoldsOnTheWire;
  /** 32 bytes from the data directory: what is signed or sealed with it survives a restart and works on any replica. */
  readonly sessionKey: Uint8Array;
  /** Sallyport's own version, as `serverInfo` says it. */
  readonly version: string;
  /** Names beside loopback's that clients use for this server, without ports. */
  readonly allowedHosts?: readonly string[];
  readonly log: EdgeLog;
  /** Makes counts of refused requests durable, now and then. */
  readonly recordRefusals: RecordRefusals;
}

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const checkHost = hostCheck(options.host, options.allowedHosts ?? []);
  const refusals = refusalTally(options.recordRefusals, options.log);
  const mcp = openMcpEndpoint({ ...options, noteRefusal: refusals.note });
  let closing = false;

  function route(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    checkHost(request);
    checkHeaderCount(request);
    const path = pathOf(request);
    if (path === '/mcp') return mcp.answer(request, response);
    if (isRunsPath(path)) {
      const check = () => credentialOf(request, options.authenticate, options.log);
      const credential = check();
      if ('refused' in credential) {
        refusals.note(credential.refused.code, null);
        return sendRefusal(response, credential.refused);
      }
      const { principal } = credential;
      const note = (code: string): void => refusals.note(code, principal.credential);
      return answerRuns(options.runtime, principal, path, request, response, { check, note });
    }
    if (path === '/healthz' && request.method === 'GET')
      return sendJson(response, closing ? 503 : 200, { ok: !closing });
    throw new HttpRefusal(404, 'http.not_found', 'there is nothing here', {
      hint: 'MCP is served at /mcp',
    });
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await route(request, response);
    } catch (error) {
      answerFailure(error, response, options.log, refusals.note);
    } finally {
      letGoOfRequest(request);
    }
  }

  const server = await listen({
    host: options.host,
    port: options.port,
    noteRefusal: refusals.note,
    answer,
    refuse: (refusal, response) => answerFailure(refusal, response, options.log, refusals.note),
  });
  return {
    url: server.url,
    async close() {
      closing = true;
      mcp.close();
      await server.close();
      await refusals.close();
    },
  };
}

function answerFailure(
  error: unknown,
  response: ServerResponse,
  log: EdgeLog,
  noteRefusal: RefusalTally['note'],
): void {
  if (error instanceof ClientGone || response.headersSent) {
    response.destroy();
    return;
  }
  if (error instanceof HttpRefusal) {
    noteRefusal(error.code, null);
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
  const { url = '' } = request;
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}
