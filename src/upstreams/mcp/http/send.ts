/** One HTTP request on the pool, reported so that its caller knows whether it can have had an effect. */
import type { Dispatcher, Pool } from 'undici';

export interface HttpRequest {
  readonly method: 'POST' | 'GET' | 'DELETE';
  readonly path: string;
  readonly headers: Record<string, string>;
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

/** Interim answers (1xx) to one request: a server that works for long says so now and then. */
const interimMax = 100;

/** For the rest of a stream that has said what we wanted: long enough to end by itself and leave the socket usable. */
const lingerMs = 1_000;

/** Total. `onHead` chooses who reads the body. */
export function send(
  pool: Pool,
  request: HttpRequest,
  onHead: (head: HttpHead) => (chunk: Uint8Array) => Take,
): Promise<HttpEnd> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | null = null;
    let take: (chunk: Uint8Array) => Take = () => 'more';
    let over = false;
    let interim = 0;
    let timer: NodeJS.Timeout | undefined;

    const finish = (end: HttpEnd): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', onAbort);
      resolve(end);
    };
    const abandon = (reason: 'timeout' | 'connection_lost' | 'too_large', detail: string): void => {
      finish({ type: 'failed', reason, started: controller !== null, detail });
      controller?.abort(new Error(detail));
    };
    const onAbort = (): void => abandon('connection_lost', 'abandoned');
    if (request.timeoutMs !== null)
      timer = setTimeout(
        () => abandon('timeout', `no answer within ${request.timeoutMs} ms`),
        request.timeoutMs,
      );
    request.signal?.addEventListener('abort', onAbort, { once: true });

    pool.dispatch(
      {
        method: request.method,
        path: request.path,
        headers: request.headers,
        body: request.body,
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      {
        // Called when a socket is there, before the first byte is written: until then it certainly had no effect.
        onRequestStart: (started) => {
          if (over) started.abort(new Error('nobody waits any more'));
          else controller = started;
        },
        onResponseStart: (_, status, headers) => {
          if (over) return;
          if (status < 200) {
            interim += 1;
            if (interim > interimMax)
              abandon('connection_lost', 'it answers without ever answering');
            return;
          }
          take = onHead({ status, header: (name) => single(headers[name]) });
        },
        onResponseData: (current, chunk) => {
          if (over) return;
          const took = take(chunk);
          if (took === 'too_large')
            abandon('too_large', 'the answer is larger than Sallyport takes');
          if (took !== 'enough') return;
          finish({ type: 'complete' });
          setTimeout(() => current.abort(new Error('the answer was complete')), lingerMs).unref();
        },
        onResponseEnd: () => finish({ type: 'complete' }),
        onResponseError: (_, error) => {
          const started = controller !== null;
          finish({
            type: 'failed',
            reason: started ? 'connection_lost' : 'down',
            started,
            detail: describe(error),
          });
        },
      },
    );
  });
}

function single(value: string | string[] | undefined): string | null {
  return typeof value === 'string' ? value : (value?.[0] ?? null);
}

/** The code alone: messages of sockets and TLS may quote the URL, and a URL may hold a credential. */
function describe(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return `the connection failed (${code})`;
}
