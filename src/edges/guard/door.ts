/**
 * The in-process guard: a function wrapped by `door.tool` *is* the way through the checkpoint. Nobody can forget an
 * `if`, because there is none: the unguarded function need not be in reach of the agent's code at all.
 *
 * Mediation is `cooperative`: code in this process could call the function by other ways, and records say so.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { JsonObject, JsonValue } from '../../content/value.ts';
import type { Decision } from '../../engine/decision.ts';
import type { CaseValues, Run, RunBudget } from '../../engine/run.ts';
import type { AgentPrincipal, OpenerPrincipal, Proposal, Runtime, Usage } from '../../runtime/port.ts';
import type { Functions } from '../../upstreams/functions.ts';
import { GuardError, GuardedCallError, RefusedError } from './errors.ts';
import { valueOf } from './value.ts';

const credential = 'in-process';

export interface RunOptions {
  readonly agent: string;
  readonly user?: string;
  /** Every name that the policy declares for this agent, and no other. */
  readonly case?: CaseValues;
  /** What the user asked for; `requestTrusted` where it came from the user and nobody else. */
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

export interface CallContext {
  /** The call's random id, and the value of its idempotency key. */
  readonly callId: string;
  readonly signal: AbortSignal;
}

export interface Definition {
  readonly description?: string;
  /** JSON Schema of the one object that the function takes; made from the policy's `args` when left out. */
  readonly inputSchema?: JsonObject;
  readonly outputSchema?: JsonObject;
}

export interface Guarded<Args, Result> {
  /**
   * Goes through the checkpoint: decided, recorded, performed, inspected.
   *
   * @throws {RefusedError} when the policy refuses; nothing happened.
   * @throws {GuardedCallError} when the function failed.
   */
  (args: Args, options?: { readonly signal?: AbortSignal; readonly step?: number }): Promise<Result>;
  /** Decides and records, performs nothing. */
  dryRun(args: Args): Promise<Decision>;
}

export interface Door extends AsyncDisposable {
  /** @param name `upstream.operation`, of an upstream that the policy declares with `functions: true`. */
  tool<Args extends object, Result>(name: string, perform: (args: Args, context: CallContext) => Result | Promise<Result>, definition?: Definition): Guarded<Args, Result>;
  /** Opens a run around `body`, and closes it: as a success when it returns, as a failure when it throws. */
  run<T>(options: RunOptions, body: (run: GuardedRun) => Promise<T>): Promise<T>;
  readonly runtime: Runtime;
}

interface Carried {
  readonly agent: string;
  readonly user: string | null;
  readonly handles: readonly string[];
}

export interface DoorParts {
  readonly runtime: Runtime;
  readonly functions: (upstream: string) => Functions | undefined;
  /** Who calls outside of a run: its calls share one implicit run. Null: a call needs a run. */
  readonly bare: { readonly agent: string; readonly user: string | null } | null;
  readonly close: () => Promise<void>;
}

export function makeDoor(parts: DoorParts): Door {
  const { runtime } = parts;
  const current = new AsyncLocalStorage<Carried>();
  const opener: OpenerPrincipal = { type: 'opener', credential, name: credential, agents: null };

  function caller(): Carried {
    const carried = current.getStore() ?? (parts.bare === null ? null : { ...parts.bare, handles: [] });
    if (carried === null) {
      throw new GuardError('guard.no_agent', 'a guarded function was called outside of a run', {
        hint: 'call it inside `door.run({ agent }, async () => …)`, or name an `agent` in `open`',
      });
    }
    return carried;
  }

  function principalOf(carried: Carried): AgentPrincipal {
    return { type: 'agent', credential, agent: carried.agent, user: carried.user };
  }

  return {
    runtime,

    tool<Args extends object, Result>(name: string, perform: (args: Args, context: CallContext) => Result | Promise<Result>, definition: Definition = {}): Guarded<Args, Result> {
      const [upstream = '', ...rest] = name.split('.');
      const operation = rest.join('.');
      const functions = parts.functions(upstream);
      if (functions === undefined) {
        throw new GuardError('guard.not_functions', `the policy declares no functions upstream \`${upstream}\``, {
          hint: `write \`upstreams: { ${upstream}: { functions: true } }\``,
        });
      }
      functions.register<Args, Result>(operation, definition, perform);

      async function propose(args: Args, dryRun: boolean, step: number | null, signal: AbortSignal): Promise<unknown> {
        const carried = caller();
        const proposal: Proposal = { tool: name, args: asJson(args), handles: carried.handles, step, dryRun };
        const answer = await runtime.call(principalOf(carried), proposal, signal);
        if (answer.type === 'refused') throw new RefusedError(answer.refusal);
        await answer.released(!signal.aborted);
        return dryRun ? answer.decision : valueOf(answer.result);
      }
    },
  };
}
