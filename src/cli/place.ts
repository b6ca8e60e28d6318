/** Where a project's files are: the policy, and beside it everything that Sallyport keeps. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { JsonObject } from '../content/value.ts';
import { askGateway } from '../edges/admin/client.ts';
import { type OperationName, performOperation } from '../edges/admin/operations.ts';
import { openGateway } from '../gateway.ts';
import type { LogLine } from '../runtime/ports.ts';
import { jsonLine, UsageError } from './output.ts';

export interface Place {
  readonly policyFile: string;
  readonly dataDirectory: string;
}

export interface PlaceOptions {
  readonly policy?: string;
  readonly data?: string;
}

export function placeOf(options: PlaceOptions): Place {
  const policyFile = resolve(options.policy ?? 'sallyport.yaml');
  return {
    policyFile,
    dataDirectory: resolve(options.data ?? join(dirname(policyFile), '.sallyport')),
  };
}

export function requirePolicy(place: Place): Place {
  if (!existsSync(place.policyFile)) {
    throw new UsageError(
      `there is no policy at ${place.policyFile}`,
      'run `sallyport init`, or name one with `--policy`',
    );
  }
  return place;
}

/** In the gateway that runs there; when none does, in the store itself, which nobody else writes then. */
export async function operate(
  place: Place,
  name: OperationName,
  input: JsonObject,
): Promise<JsonObject> {
  const answered = await askGateway(place.dataDirectory, name, input);
  if (answered !== null) return answered;
  await using gateway = await openGateway({
    ...requirePolicy(place),
    as: 'command',
    log: quiet,
  });
  return await performOperation(gateway.operated, name, input);
}

/** Of a command that opens the store for a moment, only failures are worth a line. */
function quiet(line: LogLine): void {
  if (line.level === 'error') process.stderr.write(jsonLine(line));
}
