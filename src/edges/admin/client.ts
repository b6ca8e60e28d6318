import { request } from 'node:http';
import { SallyportError } from '../../content/errors.ts';
import { readJson } from '../../content/json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import type { OperationName } from './operations.ts';
import { adminSocketOf } from './server.ts';

const timeoutMs = 60_000;
const answerBytesMax = 64 * 1024 * 1024;

/** An operation that the gateway refused, or that failed there. */
export class RemoteError extends SallyportError {}

/** @returns null when no gateway listens there: the caller may open the store itself. */
export async function askGateway(
  dataDirectory: string,
  operation: OperationName,
  input: JsonObject,
): Promise<JsonObject | null> {
  const answered = await post(adminSocketOf(dataDirectory), operation, JSON.stringify(input));
  if (answered === null) return null;
  const body = readJson(answered, { bytesMax: answerBytesMax });
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
        response.on('error', reject);
      },
    );
    asked.on('timeout', () =>
      asked.destroy(new RemoteError('operation.timeout', 'the gateway did not answer in time')),
    );
    asked.on('error', (error) => {
      // No socket, or one that a killed gateway left behind: nobody is there.
      if ('code' in error && (error.code === 'ENOENT' || error.code === 'ECONNREFUSED'))
        resolve(null);
      else reject(error);
    });
    asked.end(body);
  });
}
