/** One HTTP request on the pool, reported so that its caller knows whether it can have had an effect. */
import type { Dispatcher, Pool } from 'undici';

export interface HttpRequest {
  readonly method: 'POST' | 'GET' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Null: a stream that stays open. */
  readonly timeoutMs: number | null;
  readonly signal?: AbortSignal;
}

export interface HttpHead {
  readonly status: number;
  header(name: string): string | null;
}

/** What a reader of the body says to each chunk. `enough`: the answer is complete, whatever may still come. */
export type Take = 'more' | 'enough' | 'too_large';

export type HttpEnd =
  | { readonly type: 'complete' }
  | {
      readonly type: 'failed';
      readonly reason: 'down' | 'timeout' | 'connection_lost' | 'too_large';
      /** Bytes of it may have reached the upstream. */
      readonly started: boolean;
      readonly detail: string;
    };

/** Chooses, by its head, who reads the body of an answer. */
export type OnHead = (head: HttpHead) => (chunk: Uint8Array) => Take;

/** Interim answers (1xx) to one request: a server that works for long says so now and then. */
const interimMax = 100;

/** For the rest of a stream that has said what we wanted: long enough to end by itself and leave the socket usable. */
const lingerMs = 1_000;

/** Total. */
export function send(pool: Pool, request: HttpRequest, onHead: OnHead): Promise<HttpEnd> {
  return new Promise((resolve) => {
    const { method, path, headers, body } = request;
    pool.dispatch(
      { method, path, headers, body, headersTimeout: 0, bodyTimeout: 0 },
      new Sending(request, onHead, resolve),
    );
  });
}

/** A request under way, as the pool's handler of it: one object, where a closure an event would be a dozen. */
class Sending implements Dispatcher.DispatchHandler {
  readonly #onHead: OnHead;
  readonly #resolve: (end: HttpEnd) => void;
  readonly #timer: NodeJS.Timeout | null;
  readonly #signal: AbortSignal | null;
  readonly #onAbort = (): void => this.#abandon('connection_lost', 'abandoned');
  /** Null until a socket is there, before the first byte is written: until then it certainly had no effect. */
  #controller: Dispatcher.DispatchController | null = null;
  #take: (chunk: Uint8Array) => Take = () => 'more';
  #over = false;
  #interim = 0;

  constructor({ timeoutMs, signal }: HttpRequest, onHead: OnHead, resolve: (end: HttpEnd) => void) {
    this.#onHead = onHead;
    this.#resolve = resolve;
    this.#timer =
      timeoutMs === null
        ? null
        : setTimeout(() => this.#abandon('timeout', `no answer within ${timeoutMs} ms`), timeoutMs);
    this.#signal = signal ?? null;
    this.#signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#over) controller.abort(new Error('nobody waits any more'));
    else this.#controller = controller;
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (this.#over) return;
    if (status < 200) {
      this.#interim += 1;
      if (this.#interim > interimMax)
        this.#abandon('connection_lost', 'it answers without ever answering');
      return;
    }
    this.#take = this.#onHead({ status, header: (name) => single(headers[name]) });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#over) return;
    const took = this.#take(chunk);
    if (took === 'too_large')
      this.#abandon('too_large', 'the answer is larger than Sallyport takes');
    if (took !== 'enough') return;
    this.#finish({ type: 'complete' });
    setTimeout(() => controller.abort(new Error('the answer was complete')), lingerMs).unref();
  }

  onResponseEnd(): void {
    this.#finish({ type: 'complete' });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    const started = this.#controller !== null;
    this.#finish({
      type: 'failed',
      reason: started ? 'connection_lost' : 'down',
      started,
      detail: describe(error),
    });
  }

  #finish(end: HttpEnd): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#resolve(end);
  }

  #abandon(reason: 'timeout' | 'connection_lost' | 'too_large', detail: string): void {
    this.#finish({ type: 'failed', reason, started: this.#controller !== null, detail });
    this.#controller?.abort(new Error(detail));
  }
}

function single(value: string | string[] | undefined): string | null {
  return typeof value === 'string' ? value : (value?.[0] ?? null);
}

/** The code alone: messages of sockets and TLS may quote the URL, and a URL may hold a credential. */
function describe(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return `the connection failed (${code})`;
}
