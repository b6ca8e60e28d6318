/** The console's own server. A failure is an `ApiError` whose message a person can read. */

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | null;

  constructor(status: number, code: string, message: string, hint: string | null) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

/** The server answers on loopback or in the same house: what takes longer has failed. */
const answerMs = 30_000;

let signedOut = () => {};

/** @param then - called whenever the server doesn't know our session any more. */
export function onSignedOut(then: () => void): void {
  signedOut = then;
}

export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return request('GET', path, undefined, signal);
}

export function post<T>(path: string, body: unknown): Promise<T> {
  return request('POST', path, body);
}

/** Whatever comes of it, this browser acts as nobody from now on. */
export async function signOut(): Promise<void> {
  try {
    await send('DELETE', '/api/session', undefined);
  } finally {
    signedOut();
  }
}

async function request<T>(
  method: string,
  path: string,
  body: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const response = await send(method, path, body, signal);
  return response.json();
}

async function send(
  method: string,
  path: string,
  body: unknown,
  signal?: AbortSignal,
): Promise<Response> {
  const limit = AbortSignal.timeout(answerMs);
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      redirect: 'error',
      headers: {
        Accept: 'application/json',
        // Another origin's page can't send it without asking first, and is told no.
        'Sallyport-Console': '1',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiError(0, 'console.unreachable', 'the gateway can’t be reached', null);
  }
  if (!response.ok) throw await errorOf(response, path);
  return response;
}

async function errorOf(response: Response, path: string): Promise<ApiError> {
  // Asking who we are is answered with it, too: there it is no end of anything.
  if (response.status === 401 && path !== '/api/session') signedOut();
  let said: { error?: { code?: string; message?: string; hint?: string } } = {};
  try {
    said = await response.json();
  } catch {
    // A proxy's page, or nothing at all.
  }
  const {
    code = 'console.failed',
    message = `the server answered ${response.status}`,
    hint,
  } = said.error ?? {};
  return new ApiError(response.status, code, message, hint ?? null);
}

export function problemOf(error: unknown): string {
  if (error instanceof ApiError)
    return error.hint === null ? error.message : `${error.message}: ${error.hint}`;
  return error instanceof Error ? error.message : 'it failed, and didn’t say why';
}
