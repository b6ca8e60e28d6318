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
import { printableJson } from './content/escape.ts';
import { type Door, makeDoor, type WhenHeld } from './edges/guard/door.ts';
import { GuardError } from './edges/guard/errors.ts';
import { pinDefinitions } from './edges/guard/pin.ts';
import { openGateway } from './gateway.ts';
import type { LogLine } from './runtime/ports.ts';
import { type Functions, functionsOf } from './upstreams/functions.ts';

export type {
  CallOptions,
  Door,
  DryRun,
  Guarded,
  GuardedRun,
  WhenHeld,
} from './edges/guard/door.ts';
export { GuardError, GuardedCallError, HeldError, RefusedError } from './edges/guard/errors.ts';
export type { Plain } from './edges/guard/plain-json.ts';
export type { RunOptions } from './edges/guard/run-options.ts';
export type { FunctionContext, FunctionDefinition } from './upstreams/functions.ts';

export interface OpenOptions {
  /** The policy file. */
  readonly policy: string;
  /** Where everything that happens is kept; `.sallyport` beside the policy by default. One process a directory. */
  readonly directory?: string;
  /** Who calls outside of `door.run`: such calls share one implicit run, untrusted from the start. */
  readonly agent?: string;
  readonly user?: string;
  /**
   * What a call does while a person is asked, unless it says otherwise itself. `wait` by default: a program that fails
   * meanwhile takes its question back, since a run that fails withdraws what it holds.
   */
  readonly held?: WhenHeld;
  /** Hears of what operators should know. Standard error, a JSON line each, by default. */
  readonly log?: (line: LogLine) => void;
}

/** @throws {PolicyFileError | StoreError} with everything that is wrong with the policy, or why the store can't be had. */
export async function open(options: OpenOptions): Promise<Door> {
  if (options.user !== undefined && options.agent === undefined)
    throw new GuardError('guard.no_agent', '`user` says for whom; `agent` has to say who works');
  const policyFile = resolve(options.policy);
  const log =
    options.log ??
    ((line) => void process.stderr.write(`${printableJson(JSON.stringify(line))}\n`));
  const gateway = await openGateway({
    policyFile,
    dataDirectory: resolve(options.directory ?? join(dirname(policyFile), '.sallyport')),
    // This program calls functions and nothing else: servers are for those who come over the network.
    as: 'library',
    log,
  });
  const { policySource } = gateway;
  const functions = (name: string): Functions | undefined => functionsOf(gateway.upstream(name));
  return makeDoor({
    runtime: gateway.runtime,
    functions,
    standing: (name) => {
      const tool = policySource.policy.tools.get(name);
      if (tool === undefined)
        return { event: 'guard.unclassified', hint: 'the policy says nothing of it below `tools`' };
      const state = functions(tool.upstream)?.state(tool.operation, tool.pin?.digest ?? '');
      return state?.type === 'changed'
        ? { event: 'guard.not_accepted', hint: 'accept its definition with `door.pin()`' }
        : null;
    },
    pin: () => {
      const declared = [...policySource.policy.upstreams.keys()].map(functions);
      return pinDefinitions(
        policySource,
        declared.filter((one) => one !== undefined),
      );
    },
    bare: options.agent === undefined ? null : { agent: options.agent, user: options.user ?? null },
    held: options.held ?? 'wait',
    log,
    close: async () => gateway[Symbol.asyncDispose](),
  });
}
