/**
 * Sallyport as a library: the in-process guard.
 *
 *     import * as sallyport from 'sallyport';
 *
 *     const door = await sallyport.open({ policy: 'sallyport.yaml' });
 *     const send = door.tool('gmail.send_email', sendEmail);
 *     await door.run({ agent: 'email_agent', case: { sender: 'ann@customer.example' } }, async () => {
 *       await send({ to: 'ann@customer.example', body: 'Hello' });
 *     });
 */
import { dirname, join, resolve } from 'node:path';
import { type Door, makeDoor } from './edges/guard/door.ts';
import { openGateway } from './gateway.ts';
import type { LogLine } from './runtime/ports.ts';
import { functionsOf } from './upstreams/functions.ts';

export type {
  CallOptions,
  Door,
  DryRun,
  Guarded,
  GuardedRun,
  RunOptions,
} from './edges/guard/door.ts';
export { GuardError, GuardedCallError, RefusedError } from './edges/guard/errors.ts';
export type { FunctionContext, FunctionDefinition } from './upstreams/functions.ts';

export interface OpenOptions {
  /** The policy file. */
  readonly policy: string;
  /** Where everything that happens is kept; `.sallyport` beside the policy by default. One process a directory. */
  readonly directory?: string;
  /** Who calls outside of `door.run`: such calls share one implicit run, untrusted from the start. */
  readonly agent?: string;
  readonly user?: string;
  /** Hears of what operators should know. Standard error, a JSON line each, by default. */
  readonly log?: (line: LogLine) => void;
}

/** @throws {PolicyFileError | StoreError} with everything that is wrong with the policy, or why the store can't be had. */
export async function open(options: OpenOptions): Promise<Door> {
  const policyFile = resolve(options.policy);
  const gateway = await openGateway({
    policyFile,
    dataDirectory: resolve(options.directory ?? join(dirname(policyFile), '.sallyport')),
    startUpstreams: true,
    log: options.log ?? ((line) => void process.stderr.write(`${JSON.stringify(line)}\n`)),
  });
  return makeDoor({
    runtime: gateway.runtime,
    functions: (name) => functionsOf(gateway.upstream(name)),
    definitionOf: (tool) => {
      const pin = gateway.policySource.policy.tools.get(tool)?.pin;
      if (pin == null) return {};
      return {
        inputSchema: pin.inputSchema,
        ...(pin.title === null ? {} : { title: pin.title }),
        ...(pin.description === '' ? {} : { description: pin.description }),
        ...(pin.outputSchema === null ? {} : { outputSchema: pin.outputSchema }),
        ...(pin.annotations === null ? {} : { annotations: pin.annotations }),
      };
    },
    // Twice: a listing that was under way already may not have seen the newest function.
    relist: () => gateway.catalog.refresh().then(() => gateway.catalog.refresh()),
    bare: options.agent === undefined ? null : { agent: options.agent, user: options.user ?? null },
    close: async () => gateway[Symbol.asyncDispose](),
  });
}
