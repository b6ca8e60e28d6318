import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { SallyportError } from '../../content/errors.ts';
import { readJson } from '../../content/json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import type { OperationName } from './operations.ts';
import { adminSocketOf, shortNameOf } from './socket.ts';

const timeoutMs = 60_000;
const answerBytesMax = 64 * 1024 * 1024;
const answerDepthMax = 200;

/** An operation that the gateway refused, or that failed there. */
export class RemoteError extends SallyportError {}

/** @returns null when no gateway listens there: the caller may open the store itself. */
export async function askGateway(
  dataDirectory: string,
  operation: OperationName,
  input: JsonObject,
): Promise<JsonObject | null> {
  if (!existsSync(adminSocketOf(dataDirectory))) return null;
  using name = shortNameOf(dataDirectory);
  const answered = await post(name.path, operation, JSON.stringify(input));
  if (answered === null) return null;
  // As deep as a tool's definition may be, and what is around it.
  const body = readJson(answered, { bytesMax: answerBytesMax, depthMax: answerDepthMax });
  if (!isJsonObject(body))
    throw new RemoteError('operation.fault', 'the gateway gave no readable answer');
  const { ok, error, ...rest } = body;
  if (ok === true) return rest;
  const said = isJsonObject(error) ? error : {};
  const hint = textOf(said['hint']);
  throw new RemoteError(
    textOf(said['code']) ?? 'operation.fault',
    textOf(said['message']) ?? 'the gateway failed',
    hint === null ? {} : { hint },
  );
}

function textOf(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function post(socketPath: string, operation: string, body: string): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        socketPath,
        method: 'POST',
        path: `/${operation}`,
        headers: { 'content-type': 'application/json' },
        timeout: timeoutMs,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve(Buffer.concat(chunks)));
        response.on('error', (error) => reject(lost(error)));
      },
    );
    asked.on('timeout', () =>
      asked.destroy(new RemoteError('operation.timeout', 'the gateway did not answer in time')),
    );
    asked.on('error', (error) => {
      const code = 'code' in error ? error.code : null;
      // One that a killed gateway left behind, or that went away just now: nobody is there.
      if (code === 'ENOENT' || code === 'ECONNREFUSED') resolve(null);
      else reject(error instanceof RemoteError ? error : lost(error));
    });
    asked.end(body);
  });
}

/** It may have been done: whoever asks again finds out. */
function lost(cause: Error): RemoteError {
  return new RemoteError('operation.lost', 'the gateway did not answer', {
    hint: 'see whether it still runs, and look before you repeat what you asked for',
    cause,
  });
}
