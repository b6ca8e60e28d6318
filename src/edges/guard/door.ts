/**
 * The in-process guard: a function wrapped by `door.tool` *is* the way through the checkpoint. Nobody can forget an
 * `if`, because there is none: the unguarded function need not be in reach of the agent's code at all.
 *
 * Mediation is `cooperative`: code in this process could call the function by other ways, and records say so.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { SallyportError } from '../../content/errors.ts';
import { frameKey } from '../../content/frame.ts';
import { readJson, StrictJsonError } from '../../content/json.ts';
import { isJsonObject } from '../../content/value.ts';
import { unframedBlocks } from '../../engine/outputs/unframed.ts';
import type { Run } from '../../engine/run.ts';
import { editedKey } from '../../runtime/endings.ts';
import { RuntimeError } from '../../runtime/errors.ts';
import type {
  AgentPrincipal,
  CallAnswer,
  OpenedRun,
  OpenerPrincipal,
  Runtime,
  Usage,
} from '../../runtime/port.ts';
import type { LogLine } from '../../runtime/ports.ts';
import {
  type FunctionContext,
  type FunctionDefinition,
  type Functions,
  jsonValueMark,
} from '../../upstreams/functions.ts';
import type { ToolResult } from '../../upstreams/port.ts';
import { errorOf, GuardError, GuardedCallError, HeldError } from './errors.ts';
import { neverAborted, waitForPeople } from './hold-wait.ts';
import { type Plain, plainArguments } from './plain-json.ts';
import { openRunOf, type RunOptions, reasonIn, usageOf } from './run-options.ts';

/** Who calls from this process: there is no token to steal, and none to show. */
const credential = 'in-process';

export interface GuardedRun {
  readonly id: string;
  /** What detectors said of its request and case; null: there was no text to look at. */
  readonly risk: OpenedRun['risk'];
  /** Adds to what the model is reported to have spent. */
  usage(usage: Partial<Usage>): Promise<Run>;
  state(): Promise<Run>;
}

export interface CallOptions {
  /**
   * Says that the caller has gone: it waits for no person any more. A call that was started runs to its end all the same.
   */
  readonly signal?: AbortSignal;
  readonly step?: number;
  /** Why this call is made, at most 1,000 characters: whoever is asked sees it, as the program's own words. */
  readonly reason?: string;
  /** What happens while a person is asked; as `open` was told, without it. */
  readonly held?: WhenHeld;
}

/** `wait`: the call waits until it is answered, or nobody has answered in time. `throw`: at once, a `HeldError`. */
export type WhenHeld = 'wait' | 'throw';

export interface Guarded<Args extends object, Result> {
  /**
   * Goes through the checkpoint: decided, recorded, performed, inspected. What comes back is JSON, as the inspection
   * left it: a policy that filters items or fields gives back fewer of them. In a dry run it is the sentence that says so.
   *
   * @throws {RefusedError} when the policy or a person refuses; the function was not called.
   * @throws {HeldError} when a person is asked, and nobody waits for them; the function was not called.
   * @throws {GuardedCallError} when it was called, and there is no result.
   * @throws {GuardError} when the arguments are no plain JSON, or there is no run to call in.
   */
  (args: Args, options?: CallOptions): Promise<Plain<Result>>;
  /** Decides and records, performs nothing. A refusal is an answer here, and isn't thrown. */
  dryRun(args: Args, options?: CallOptions): Promise<DryRun>;
}

export interface DryRun {
  /** What would happen: where the policy only observes, `allow` whatever it found. */
  readonly effect: 'allow' | 'hold' | 'deny';
  /** Every reason against it, the deciding one first; also those that the policy only observes. */
  readonly codes: readonly string[];
  /** What a model would be told; null when it would be allowed. */
  readonly refusal: string | null;
}

export interface Door extends AsyncDisposable {
  /**
   * @param name - `upstream.operation`, of an upstream that the policy declares with `functions: true`.
   * @param definition - what a model is told of the function. A function that brings one is refused until that very
   *   definition was accepted, by `pin`; without one it is what the policy says of its arguments.
   */
  tool<Args extends object, Result>(
    name: string,
    perform: (args: Args, context: FunctionContext) => Result | Promise<Result>,
    definition?: FunctionDefinition,
  ): Guarded<Args, Result>;
  /** Opens a run around `body`, and closes it: as a success when it returns, as a failure when it throws. */
  run<T>(options: RunOptions, body: (run: GuardedRun) => Promise<T>): Promise<T>;
  /**
   * Accepts the definitions that functions bring, as they are registered now, into the lock beside the policy: a
   * developer's act, whose diff is reviewed; nothing that a program does each time it starts.
   *
   * @returns the names of those that are new or changed.
   */
  pin(): Promise<readonly string[]>;
}

export interface DoorParts {
  readonly runtime: Runtime;
  readonly functions: (upstream: string) => Functions | undefined;
  /** Why every call of it would be refused as things are; null: nothing is known against it. The next reload may mend it. */
  readonly standing: (tool: string) => { readonly event: string; readonly hint: string } | null;
  readonly pin: () => Promise<readonly string[]>;
  /** Who calls outside of a run: its calls share one implicit run. Null: a call needs a run. */
  readonly bare: { readonly agent: string; readonly user: string | null } | null;
  readonly held: WhenHeld;
  readonly log: (line: LogLine) => void;
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
  const opener: OpenerPrincipal = { type: 'opener', credential, name: credential, agents: null };
  const registered = new Set<string>();
  let closed = false;

  function checkOpen(): void {
    if (closed) throw new GuardError('guard.closed', 'the door was disposed of');
  }

  /** Waits for nothing itself: those who call it do, and what it throws is theirs to throw. */
  function propose(
    tool: string,
    args: object,
    dryRun: boolean,
    options: CallOptions,
  ): Promise<CallAnswer> {
    checkOpen();
    const carried =
      current.getStore() ?? (parts.bare === null ? null : { ...parts.bare, handles: [] });
    if (carried === null) {
      throw new GuardError('guard.no_agent', 'a guarded function was called outside of a run', {
        hint: 'call it inside `door.run({ agent }, async () => …)`, or name an `agent` in `open`',
      });
    }
    const { agent, user, handles } = carried;
    const principal: AgentPrincipal = { type: 'agent', credential, agent, user };
    const proposal = {
      tool,
      args: plainArguments(args),
      handles,
      step: options.step ?? null,
      dryRun,
      ...reasonIn(options.reason),
    };
    const { signal } = options;
    if ((options.held ?? parts.held) === 'throw')
      return runtime.call(principal, proposal, signal ?? neverAborted, undefined, () => 0);
    return waitForPeople(signal, (heard, patienceMs) =>
      runtime.call(principal, proposal, heard, undefined, patienceMs),
    );
  }

  async function closeRun(run: string, as: 'success' | 'failure', reason: string | null) {
    try {
      await runtime.closeRun(opener, run, as, reason);
    } catch (error) {
      // An operator closed it, or its time was over: it has its end, and the record says which.
      if (!(error instanceof RuntimeError && error.code === 'run.closed')) throw error;
    }
  }

  return {
    tool<Args extends object, Result>(
      name: string,
      perform: (args: Args, context: FunctionContext) => Result | Promise<Result>,
      definition?: FunctionDefinition,
    ): Guarded<Args, Result> {
      checkOpen();
      const dot = name.indexOf('.');
      const upstream = name.slice(0, Math.max(0, dot));
      const functions = parts.functions(upstream);
      if (functions === undefined || name.length === dot + 1) {
        throw new GuardError(
          'guard.not_functions',
          `\`${name}\` is no function of an upstream that the policy declares`,
          {
            hint: `name it \`upstream.operation\`, and write \`upstreams: { ${upstream || 'upstream'}: { functions: true } }\` in the policy`,
          },
        );
      }
      if (registered.has(name))
        throw new GuardError('guard.registered_twice', `\`${name}\` is registered already`);
      functions.register(name.slice(dot + 1), definition ?? null, perform);
      registered.add(name);
      const standing = parts.standing(name);
      if (standing !== null) parts.log({ level: 'warn', tool: name, ...standing });

      const send = async (args: Args, options: CallOptions = {}): Promise<Plain<Result>> => {
        const answer = await propose(name, args, false, options);
        if (answer.type === 'held') throw new HeldError(answer.hold, answer.refusal);
        if (answer.type === 'refused') throw errorOf(answer.refusal);
        await answer.released(options.signal?.aborted !== true);
        if (isJsonObject(answer.result['_meta']) && editedKey in answer.result['_meta'])
          parts.log({ level: 'info', event: 'guard.call_edited', tool: name, call: answer.call });
        return valueIn<Plain<Result>>(answer.result);
      };
      const dryRun = async (args: Args, options: CallOptions = {}): Promise<DryRun> => {
        const answer = await propose(name, args, true, options);
        if (answer.type === 'result') {
          await answer.released(true);
          const findings = answer.decision?.findings ?? [];
          const against = findings.filter(({ verdict }) => verdict !== 'note');
          return {
            effect: 'allow',
            codes: [...new Set(against.map(({ code }) => code))],
            refusal: null,
          };
        }
        const { code, text, machine } = answer.refusal;
        const { verdict, codes } = machine;
        return {
          effect: verdict === 'hold' ? 'hold' : 'deny',
          codes: Array.isArray(codes) ? codes.map(String) : [code],
          refusal: text,
        };
      };
      return Object.assign(send, { dryRun });
    },

    async run<T>(options: RunOptions, body: (run: GuardedRun) => Promise<T>): Promise<T> {
      checkOpen();
      const { run, handle, risk } = await runtime.openRun(opener, openRunOf(options));
      const guarded: GuardedRun = {
        id: run.id,
        risk,
        usage: async (usage) => runtime.reportUsage(opener, run.id, usageOf(usage)),
        state: () => runtime.getRun(opener, run.id),
      };
      const carried = { agent: run.agent, user: run.user, handles: [handle] };
      let value: T;
      try {
        value = await current.run(carried, () => body(guarded));
      } catch (error) {
        // What went wrong in the body is what the caller has to hear of, whatever becomes of the run.
        await closeRun(run.id, 'failure', reasonOf(error)).catch((fault: unknown) =>
          parts.log({
            level: 'error',
            event: 'guard.run_not_closed',
            run: run.id,
            error: reasonOf(fault),
          }),
        );
        throw error;
      }
      await closeRun(run.id, 'success', null);
      return value;
    },

    pin: async () => {
      checkOpen();
      return parts.pin();
    },

    async [Symbol.asyncDispose]() {
      closed = true;
      await parts.close();
    },
  };
}

/** For the record: a code or a class, never a message, which may quote what the run was about. */
function reasonOf(error: unknown): string {
  if (error instanceof SallyportError) return error.code;
  return error instanceof Error ? error.name.slice(0, 64) : 'unknown';
}

/**
 * The function's value as the inspection released it. `Result` is the function's own word, taken across JSON and the
 * policy's filters, as a typed HTTP client takes its server's.
 */
function valueIn<Result>(result: ToolResult): Result {
  const meta = isJsonObject(result['_meta']) ? result['_meta'] : {};
  const boundary = meta[frameKey];
  // The frame is for whoever reads the text among others; a program gets the value, with what gives orders marked in it.
  // What a person changed is told to a model, in a text before all others; a program gets the function's value.
  const content = meta[editedKey] === undefined ? result.content : result.content.slice(1);
  const blocks = typeof boundary === 'string' ? unframedBlocks(content, boundary) : content;
  const texts = blocks.map((block) =>
    isJsonObject(block) && block['type'] === 'text' ? String(block['text']) : '',
  );
  if (result.isError === true) throw new GuardedCallError('guard.call_failed', texts.join('\n'));
  if (result.structuredContent !== undefined) return result.structuredContent as Result;
  if (texts.length === 0) return undefined as Result;
  const isJson = meta[jsonValueMark] === true;
  return (isJson ? jsonIn(texts[0] ?? '') : texts.join('\n')) as Result;
}

/** A long list is cut to a shorter one, with a note behind it; one of which nothing could be kept is no value any more. */
function jsonIn(text: string): unknown {
  try {
    return readJson(text, { bytesMax: Number.POSITIVE_INFINITY, depthMax: 128 });
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error;
    throw new GuardedCallError('guard.result_cut', 'the result is too long to be given back');
  }
}
