/** Functions of the program that Sallyport is part of, as an upstream: no wire, the same checks. */
import { readJson } from '../content/json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../content/value.ts';
import { SecretsHeld } from '../credentials/held.ts';
import { definitionDigest } from '../policy/lock-file.ts';
import { UpstreamError } from './errors.ts';
import { upstreamLimits } from './limits.ts';
import type {
  ListedTool,
  ToolResult,
  Upstream,
  UpstreamCall,
  UpstreamOutcome,
  UpstreamStatus,
} from './port.ts';

export interface FunctionContext {
  /** Aborted when the time is over: nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** The call's random id, the same for a repeat of the same call. */
  readonly callId: string;
}

export interface FunctionDefinition {
  readonly title?: string;
  readonly description?: string;
  /** JSON Schema of the one object that the function takes; any object when left out. */
  readonly inputSchema?: JsonObject;
  readonly outputSchema?: JsonObject;
  readonly annotations?: JsonObject;
}

export interface Functions extends Upstream {
  /** Those that bring a definition: of the others there is nothing to accept. Nobody is asked, so nothing is waited for. */
  listTools(): Promise<readonly ListedTool[]>;
  /**
   * @param definition - null: the function is whatever the policy says that it is.
   * @throws {UpstreamError} `upstream.registration` when the operation is there already, or its definition is no JSON.
   */
  register<Args, Result>(
    operation: string,
    definition: FunctionDefinition | null,
    perform: (args: Args, context: FunctionContext) => Result | Promise<Result>,
  ): void;
  /** Against the digest of what was accepted. Known at once: nobody has to be asked. */
  state(operation: string, accepted: string): FunctionState;
}

/** `digest`: of the definition that the function brings; null where it brings none. */
export type FunctionState =
  | { readonly type: 'pinned' | 'changed'; readonly digest: string | null }
  | { readonly type: 'missing' };

export function functionsUpstream(
  name: string,
  secrets: SecretsHeld = new SecretsHeld(),
): Functions {
  return new RegisteredFunctions(name, secrets);
}

/** The functions behind an upstream; undefined when it is a server's. */
export function functionsOf(upstream: Upstream | undefined): Functions | undefined {
  return upstream instanceof RegisteredFunctions ? upstream : undefined;
}

/** Marks text that is JSON, so that the guard gives back `5` for a number and `"5"` for a string. */
export const jsonValueMark = 'dev.sallyport/json';

interface Brought {
  readonly definition: JsonObject;
  readonly digest: string;
}

interface Registered {
  readonly brought: Brought | null;
  readonly perform: (args: JsonObject, context: FunctionContext) => unknown;
}

class RegisteredFunctions implements Functions {
  readonly name: string;
  readonly #secrets: SecretsHeld;
  readonly #registered = new Map<string, Registered>();
  readonly #listeners = new Set<() => void>();

  constructor(name: string, secrets: SecretsHeld) {
    this.name = name;
    this.#secrets = secrets;
  }

  register<Args, Result>(
    operation: string,
    definition: FunctionDefinition | null,
    perform: (args: Args, context: FunctionContext) => Result | Promise<Result>,
  ): void {
    if (this.#registered.has(operation)) {
      throw new UpstreamError(
        'upstream.registration',
        `function \`${operation}\` is registered twice on \`${this.name}\``,
      );
    }
    this.#registered.set(operation, {
      brought: definition === null ? null : this.#read(operation, definition),
      // A copy: what was decided and recorded must not change under the function's hands.
      perform: (args, context) => perform(JSON.parse(JSON.stringify(args)), context),
    });
    for (const listener of this.#listeners) listener();
  }

  state(operation: string, accepted: string): FunctionState {
    const registered = this.#registered.get(operation);
    if (registered === undefined) return { type: 'missing' };
    const digest = registered.brought?.digest ?? null;
    return { type: digest === null || digest === accepted ? 'pinned' : 'changed', digest };
  }

  status(): UpstreamStatus {
    return { state: 'up', reason: null, serverInfo: null, protocolVersion: null };
  }

  listTools(): Promise<readonly ListedTool[]> {
    return Promise.resolve(
      [...this.#registered].flatMap(([operation, { brought }]) =>
        brought === null ? [] : [{ operation, definition: brought.definition }],
      ),
    );
  }

  onCatalogChanged(listener: () => void): void {
    this.#listeners.add(listener);
  }

  async call(request: UpstreamCall): Promise<UpstreamOutcome> {
    const registered =
      request.surface === 'tool' ? this.#registered.get(request.operation) : undefined;
    if (registered === undefined)
      return {
        type: 'error',
        code: -32601,
        message: 'no function of this name is registered',
        refused: true,
      };
    const deadline = new AbortController();
    const { promise, resolve, reject } = Promise.withResolvers<UpstreamOutcome>();
    const timer = setTimeout(() => {
      resolve({ type: 'unknown', reason: 'timeout' });
      deadline.abort();
    }, request.timeoutMs);
    this.#run(registered, request, deadline.signal).then(resolve, reject);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  /** A copy, read as strictly as a server's: the digest and the lock are made of it. */
  #read(
    operation: string,
    { title, description, inputSchema, outputSchema, annotations }: FunctionDefinition,
  ): Brought {
    const written = JSON.stringify({
      name: operation,
      title,
      description,
      inputSchema: inputSchema ?? { type: 'object' },
      outputSchema,
      annotations,
    });
    try {
      const definition = readJson(written, { depthMax: upstreamLimits.messageDepthMax });
      if (!isJsonObject(definition)) throw new TypeError('no object');
      return { definition, digest: definitionDigest(definition) };
    } catch (cause) {
      throw new UpstreamError(
        'upstream.registration',
        `the definition of function \`${operation}\` of \`${this.name}\` can't be read as JSON`,
        { cause },
      );
    }
  }

  async #run(
    { perform }: Registered,
    request: UpstreamCall,
    signal: AbortSignal,
  ): Promise<UpstreamOutcome> {
    let value: unknown;
    try {
      value = await perform(request.args, { signal, callId: request.callId });
    } catch (error) {
      // It answered: that it failed. What it had done until then is its own to say, as with any tool's `isError`.
      const message =
        error instanceof Error && error.message !== '' ? error.message : 'the function failed';
      return {
        type: 'result',
        result: {
          content: [
            {
              type: 'text',
              text: this.#secrets.redactText(
                message.slice(0, upstreamLimits.errorCharactersMax).toWellFormed(),
              ),
            },
          ],
          isError: true,
        },
      };
    }
    const result = readValue(value, this.#secrets);
    return result === null ? { type: 'unknown', reason: 'bad_answer' } : { type: 'result', result };
  }
}

/** A function's value as a tool's result: text as it is, anything else as JSON, objects also as structured content. */
function readValue(value: unknown, secrets: SecretsHeld): ToolResult | null {
  if (value === undefined) return { content: [] };
  if (typeof value === 'string') {
    return value.length > upstreamLimits.messageBytesMax
      ? null
      : { content: [{ type: 'text', text: secrets.redactText(value.toWellFormed()) }] };
  }
  let json: JsonValue;
  try {
    // Read back strictly: what JSON can't say (a cycle, a bigint, a lone surrogate) is found here and not in the ledger.
    const limits = {
      bytesMax: upstreamLimits.messageBytesMax,
      depthMax: upstreamLimits.messageDepthMax,
    };
    json = secrets.redact(readJson(JSON.stringify(value) ?? '', limits));
  } catch {
    return null;
  }
  const content = [{ type: 'text', text: JSON.stringify(json) }];
  return isJsonObject(json)
    ? { content, structuredContent: json }
    : { content, _meta: { [jsonValueMark]: true } };
}
