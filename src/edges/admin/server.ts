/**
 * The operator's door to a running gateway: HTTP over a Unix socket in the data directory. Whoever may open the socket
 * (mode 0600, in a directory of mode 0700) is the operator; there is no other credential to lose.
 */
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isMainThread } from 'node:worker_threads';
import { SallyportError } from '../../content/errors.ts';
import { readJson } from '../../content/json.ts';
import type { JsonObject } from '../../content/value.ts';
import { readBody } from '../http/body.ts';
import { isOperation, type Operated, OperationError, performOperation } from './operations.ts';
import { adminSocketOf, shortNameOf } from './socket.ts';

const bodyBytesMax = 1024 * 1024;
const requestTimeoutMs = 30_000;
/** How long an operation that is under way may take when the gateway stops. */
const drainMs = 5_000;

export async function startAdmin(
  gateway: Operated,
  dataDirectory: string,
): Promise<AsyncDisposable> {
  const path = adminSocketOf(dataDirectory);
  const server = createServer({ requestTimeout: requestTimeoutMs }, (request, response) => {
    response.on('error', () => response.destroy());
    answer(gateway, request).then(
      (body) => send(response, 200, { ok: true, ...body }),
      (error: unknown) =>
        send(response, error instanceof SallyportError ? 400 : 500, {
          ok: false,
          error: viewOf(error),
        }),
    );
  });
  await listen(server, dataDirectory);
  return {
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const deadline = setTimeout(() => server.closeAllConnections(), drainMs);
      await closed;
      clearTimeout(deadline);
      rmSync(path, { force: true });
    },
  };
}

async function listen(server: Server, dataDirectory: string): Promise<void> {
  using name = shortNameOf(dataDirectory);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  try {
    // Ours to remove: we hold the store's lock, so nobody else serves this directory.
    rmSync(name.path, { force: true });
    // The socket is made by `listen` itself, with the mode of the umask: narrowed before it exists, and for nothing else.
    // A worker has no umask to narrow: there the directory alone keeps others out for a moment.
    const umask = isMainThread ? process.umask(0o177) : null;
    try {
      server.listen(name.path, resolve);
    } finally {
      if (umask !== null) process.umask(umask);
    }
    await promise;
    if (umask === null) chmodSync(name.path, 0o600);
  } catch (cause) {
    throw new OperationError(
      'operation.socket',
      `the operator's socket can't be opened in ${dataDirectory}`,
      { hint: 'put the data directory on a local disk, with a shorter path', cause },
    );
  }
  server.off('error', reject);
  // Nobody's reason to go on: a program that is done ends.
  server.unref();
}

async function answer(gateway: Operated, request: IncomingMessage): Promise<JsonObject> {
  const name = (request.url ?? '').slice(1);
  if (request.method !== 'POST' || !isOperation(name))
    throw new OperationError('operation.unknown', 'there is no such operation');
  // The operator is heard also when agents fill all the room that there is for bodies.
  const body = await readBody(request, bodyBytesMax, () => true);
  return performOperation(gateway, name, readJson(body));
}

/** One connection an operation: nothing keeps a stopping gateway waiting. */
function send(response: ServerResponse, status: number, body: JsonObject): void {
  response
    .writeHead(status, { 'content-type': 'application/json', connection: 'close' })
    .end(JSON.stringify(body));
}

function viewOf(error: unknown): JsonObject {
  if (!(error instanceof SallyportError))
    return {
      code: 'operation.fault',
      message: error instanceof Error ? error.message : 'unknown',
      hint: null,
    };
  return { code: error.code, message: error.message, hint: error.hint ?? null };
}
