/** The upstreams of the policy in force: opened, replaced and stopped as it says, without dropping a call under way. */
import type { Policy, UpstreamDeclaration } from '../policy/model.ts';
import type { Catalog } from './catalog.ts';
import { type Functions, functionsOf } from './functions.ts';
import { type OpenUpstreamOptions, openUpstream } from './open.ts';
import type { Upstream } from './port.ts';

export interface DeclaredUpstreamsOptions extends OpenUpstreamOptions {
  /** False: only functions, which nobody has to start. */
  readonly servers: boolean;
  readonly onFault: (error: unknown) => void;
}

interface Opened {
  /** What it was opened for: a declaration that says the same keeps it. */
  readonly declared: string;
  readonly upstream: Upstream;
}

export class DeclaredUpstreams implements AsyncDisposable {
  readonly #options: DeclaredUpstreamsOptions;
  readonly #open = new Map<string, Opened>();
  /** The program's own: they outlive a policy that leaves them out for a while. */
  readonly #functions = new Map<string, Functions>();
  /** Replaced or left out by a reload, and gone as soon as their last call has ended. */
  readonly #retiring = new Set<Promise<void>>();
  #closed = false;

  constructor(options: DeclaredUpstreamsOptions) {
    this.#options = options;
  }

  get(name: string): Upstream | undefined {
    return this.#open.get(name)?.upstream;
  }

  /**
   * Synchronous: two reloads in quick succession can't overtake each other, and no call finds an upstream between its
   * old and its new self.
   *
   * @param settled - when the calls that an old upstream may still be serving have ended.
   */
  follow(policy: Policy, catalog: Catalog, settled: () => Promise<void>): void {
    // A reload that was under way when the gateway stopped must start nothing any more.
    if (this.#closed) return;
    for (const [name, { declared, upstream }] of this.#open) {
      const declaration = policy.upstreams.get(name);
      if (declaration !== undefined && formOf(declaration) === declared) continue;
      this.#open.delete(name);
      this.#retire(name, upstream, catalog, settled);
    }
    for (const [name, declaration] of policy.upstreams) {
      const isFunctions = declaration.transport.type === 'functions';
      if (this.#open.has(name) || !(isFunctions || this.#options.servers)) continue;
      const kept = isFunctions ? this.#functions.get(name) : undefined;
      const upstream = kept ?? this.#begin(declaration);
      this.#open.set(name, { declared: formOf(declaration), upstream });
      if (!isFunctions) catalog.watch(upstream);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#retiring);
    const open = [...this.#open.values()];
    await Promise.all(open.map(({ upstream }) => this.#end(upstream)));
  }

  #begin(declaration: UpstreamDeclaration): Upstream {
    const upstream = openUpstream(declaration, this.#options);
    const functions = functionsOf(upstream);
    if (functions !== undefined) this.#functions.set(declaration.name, functions);
    return upstream;
  }

  #retire(name: string, upstream: Upstream, catalog: Catalog, settled: () => Promise<void>): void {
    if (functionsOf(upstream) !== undefined) return;
    const retired = Promise.all([catalog.unwatch(name), settled()])
      .then(() => this.#end(upstream))
      .catch(this.#options.onFault)
      .finally(() => this.#retiring.delete(retired));
    this.#retiring.add(retired);
  }

  /** One that can't be stopped cleanly must not keep the others running. */
  async #end(upstream: Upstream): Promise<void> {
    try {
      await upstream[Symbol.asyncDispose]();
    } catch (error) {
      this.#options.onFault(error);
    }
  }
}

/** What an upstream is, wherever in the file it is written. */
function formOf({ transport, credential }: UpstreamDeclaration): string {
  const env =
    transport.type === 'stdio'
      ? [...transport.env].map(([name, value]) => [
          name,
          typeof value === 'string' ? value : { ...value },
        ])
      : [];
  return JSON.stringify([transport, env, credential]);
}
