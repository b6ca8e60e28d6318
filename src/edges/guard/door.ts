/**
 * The in-process guard: a function wrapped by `door.tool` *is* the way through the checkpoint. Nobody can forget an
 * `if`, because there is none: the unguarded function need not be in reach of the agent's code at all.
 *
 * Mediation is `cooperative`: code in this process could call the function by other ways, and records say so.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { readJson } from '../../content/json.ts';
import { isJsonObject, type JsonObject } from '../../content/value.ts';
import type { Decision } from '../../engine/decision.ts';
import type { CaseValues, Run, RunBudget } from '../../engine/run.ts';
import type { AgentPrincipal, OpenerPrincipal, Runtime, Usage } from '../../runtime/port.ts';
import {
  type FunctionContext,
  type FunctionDefinition,
  type Functions,
  jsonValueMark,
} from '../../upstreams/functions.ts';
import type { ToolResult } from '../../upstreams/port.ts';
import { GuardError, GuardedCallError, RefusedError } from './errors.ts';

/** Who calls from this process: there is no token to steal, and none to show. */
const credential = 'in-process';

export interface RunOptions {
  readonly agent: string;
  readonly user?: string;
  /** Every name that the policy declares for this agent, and no other. */
  readonly case?: CaseValues;
  /** What was asked for; `requestTrusted` where the user wrote it, and nobody else. */
  readonly request?: string;
  readonly requestTrusted?: boolean;
  readonly only?: readonly string[];
  readonly budget?: RunBudget;
  readonly dryRun?: boolean;
  /** What the model has besides these tools: such a run is untrusted from its first call. */
  readonly outside?: readonly string[];
}

export interface GuardedRun {
  readonly id: string;
  /** Adds to what the model is reported to have spent. */
  usage(usage: Partial<Usage>): Promise<Run>;
  state(): Promise<Run>;
}

export interface CallOptions {
  /** Says that the caller has gone. A call that was started runs to its end all the same. */
  readonly signal?: AbortSignal;
  readonly step?: number;
}

export interface Guarded<Args, Result> {
  /**
   * Goes through the checkpoint: decided, recorded, performed, inspected. What comes back is JSON, as the inspection
   * left it: a policy that filters items or fields gives back fewer of them.
   *
   * @throws {RefusedError} when the policy refuses; nothing happened.
   * @throws {GuardedCallError} when the function failed.
   */
  (args: Args, options?: CallOptions): Promise<Result>;
  /** Decides and records, performs nothing. A refusal is a decision here, and isn't thrown. */
  dryRun(args: Args, options?: CallOptions): Promise<DryRun>;
}

export interface DryRun {
  readonly verdict: 'allow' | 'hold' | 'deny';
  /** Stable codes, the deciding one first; empty when allowed. */
  readonly codes: readonly string[];
  readonly decision: Decision | null;
}

export interface Door extends AsyncDisposable {
  /** @param name - `upstream.operation`, of an upstream that the policy declares with `functions: true`. */
  tool<Args extends object, Result>(
    name: string,
    perform: (args: Args, context: FunctionContext) => Result | Promise<Result>,
    definition?: FunctionDefinition,
  ): Guarded<Args, Result>;
  /** Opens a run around `body`, and closes it: as a success when it returns, as a failure when it throws. */
  run<T>(options: RunOptions, body: (run: GuardedRun) => Promise<T>): Promise<T>;
}

export interface DoorParts {
  readonly runtime: Runtime;
  readonly functions: (upstream: string) => Functions | undefined;
  /** What the policy accepts for a function that brings no definition of its own. */
  readonly definitionOf: (tool: string) => FunctionDefinition;
  /** Reads anew which functions there are; a call waits for it. */
  readonly relist: () => Promise<void>;
  /** Who calls outside of a run: its calls share one implicit run. Null: a call needs a run. */
  readonly bare: { readonly agent: string; readonly user: string | null } | null;
  readonly close: () => Promise<void>;
}

interface Carried {
  readonly agent: string;
  readonly user: string | null;
  readonly handles: readonly string[];
}

export function makeDoor(parts: DoorParts): Door {
  const { runtime } = parts;
  const current = new AsyncLocalStorage<Carried>();
  let listed: Promise<void> = Promise.resolve();
  const opener: OpenerPrincipal = { type: 'opener', credential, name: credential, agents: null };

  async function propose(tool: string, args: object, dryRun: boolean, options: CallOptions) {
    const carried =
      current.getStore() ?? (parts.bare === null ? null : { ...parts.bare, handles: [] });
    if (carried === null) {
      throw new GuardError('guard.no_agent', 'a guarded function was called outside of a run', {
        hint: 'call it inside `door.run({ agent }, async () => …)`, or name an `agent` in `open`',
      });
    }
    await listed;
    const principal: AgentPrincipal = {
      type: 'agent',
      credential,
      agent: carried.agent,
      user: carried.user,
    };
    const proposal = {
      tool,
      args: asJson(args),
      handles: carried.handles,
      step: options.step ?? null,
      dryRun,
    };
    return runtime.call(principal, proposal, options.signal ?? new AbortController().signal);
  }

  return {
    tool<Args extends object, Result>(
      name: string,
      perform: (args: Args, context: FunctionContext) => Result | Promise<Result>,
      definition?: FunctionDefinition,
    ): Guarded<Args, Result> {
      const [upstream = ''] = name.split('.', 1);
      const functions = parts.functions(upstream);
      if (functions === undefined) {
        throw new GuardError(
          'guard.not_functions',
          `the policy declares no functions upstream \`${upstream}\``,
          {
            hint: `write \`upstreams: { ${upstream}: { functions: true } }\` in the policy`,
          },
        );
      }
      functions.register(
        name.slice(upstream.length + 1),
        definition ?? parts.definitionOf(name),
        perform,
      );

      listed = parts.relist();

      const send = async (args: Args, options: CallOptions = {}): Promise<Result> => {
        const answer = await propose(name, args, false, options);
        if (answer.type === 'refused') throw new RefusedError(answer.refusal);
        await answer.released(options.signal?.aborted !== true);
        return valueIn<Result>(answer.result);
      };
      const dryRun = async (args: Args, options: CallOptions = {}): Promise<DryRun> => {
        const answer = await propose(name, args, true, options);
        if (answer.type === 'result') {
          await answer.released(true);
          return { verdict: 'allow', codes: [], decision: answer.decision };
        }
        const { verdict, codes } = answer.refusal.machine;
        return {
          verdict: verdict === 'hold' ? 'hold' : 'deny',
          codes: Array.isArray(codes) ? codes.map(String) : [answer.refusal.code],
          decision: null,
        };
      };
      return Object.assign(send, { dryRun });
    },

    async run<T>(options: RunOptions, body: (run: GuardedRun) => Promise<T>): Promise<T> {
      const { run, handle } = await runtime.openRun(opener, {
        agent: options.agent,
        user: options.user ?? null,
        case: options.case ?? {},
        request: options.request ?? null,
        requestTrusted: options.requestTrusted ?? false,
        only: options.only ?? null,
        budget: options.budget ?? {},
        outside: options.outside ?? [],
        dryRun: options.dryRun ?? false,
        parent: null,
      });
      const guarded: GuardedRun = {
        id: run.id,
        usage: (usage) =>
          runtime.reportUsage(opener, run.id, {
            steps: 0,
            tokens: 0,
            costMicroUsd: 0,
            model: null,
            ...usage,
          }),
        state: () => runtime.getRun(opener, run.id),
      };
      try {
        const value = await current.run(
          { agent: run.agent, user: run.user, handles: [handle] },
          () => body(guarded),
        );
        await runtime.closeRun(opener, run.id, 'success', null);
        return value;
      } catch (error) {
        await runtime.closeRun(
          opener,
          run.id,
          'failure',
          error instanceof Error ? error.name : null,
        );
        throw error;
      }
    },

    [Symbol.asyncDispose]: parts.close,
  };
}

/** What JSON can't say (a date, a function, a cycle) is refused or gone here, before anything is decided about it. */
function asJson(args: object): JsonObject {
  const value = readJson(JSON.stringify(args));
  if (!isJsonObject(value))
    throw new GuardError('guard.no_object', 'a guarded function takes one object');
  return value;
}

/**
 * The function's value as the inspection released it. `Result` is the function's own word, taken across JSON and the
 * policy's filters, as a typed HTTP client takes its server's.
 */
function valueIn<Result>(result: ToolResult): Result {
  const text = result.content
    .map((block) => (block['type'] === 'text' ? String(block['text']) : ''))
    .join('\n');
  if (result.isError === true) throw new GuardedCallError('guard.call_failed', text);
  if (result.structuredContent !== undefined) return result.structuredContent as Result;
  if (result.content.length === 0) return undefined as Result;
  const meta = result['_meta'];
  const isJson = isJsonObject(meta) && meta[jsonValueMark] === true;
  return (isJson ? readJson(text) : text) as Result;
}
