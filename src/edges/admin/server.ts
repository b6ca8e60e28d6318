/**
 * The operator's door to a running gateway: HTTP over a Unix socket in the data directory. Whoever may open the socket
 * (mode 0600, in a directory of mode 0700) is the operator; there is no other credential to lose.
 */
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { SallyportError } from '../../content/errors.ts';
import { readJson } from '../../content/json.ts';
import type { JsonObject } from '../../content/value.ts';
import { isOperation, type Operated, OperationError, performOperation } from './operations.ts';

const bodyBytesMax = 1024 * 1024;
const requestTimeoutMs = 30_000;

export function adminSocketOf(dataDirectory: string): string {
  return join(dataDirectory, 'admin.sock');
}

export async function startAdmin(
  gateway: Operated,
  dataDirectory: string,
): Promise<AsyncDisposable> {
  const path = adminSocketOf(dataDirectory);
  // Ours to remove: we hold the store's lock, so nobody else serves this directory.
  rmSync(path, { force: true });
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
  // The socket appears with the mode of the umask: narrow it before it exists, not after.
  const umask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
    chmodSync(path, 0o600);
  } finally {
    process.umask(umask);
  }
  return {
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      rmSync(path, { force: true });
    },
  };
}

async function answer(gateway: Operated, request: IncomingMessage): Promise<JsonObject> {
  const name = (request.url ?? '').slice(1);
  if (request.method !== 'POST' || !isOperation(name))
    throw new OperationError('operation.unknown', 'there is no such operation');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > bodyBytesMax)
      throw new OperationError('operation.bad_input', 'the request is too large');
    chunks.push(part);
  }
  return performOperation(gateway, name, readJson(Buffer.concat(chunks)));
}

function send(response: ServerResponse, status: number, body: JsonObject): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
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
