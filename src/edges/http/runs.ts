/** `/v1/runs`: opening, reading, reporting to and closing runs. Errors are `{ ok: false, error: { code, message, hint } }`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import { SallyportError } from '../../content/errors.ts';
import { readJson } from '../../content/json.ts';
import type { JsonObject } from '../../content/value.ts';
import type { Principal } from '../../identity/principal.ts';
import { RuntimeError, type RuntimeErrorCode } from '../../runtime/errors.ts';
import type { OpenerPrincipal, Runtime } from '../../runtime/port.ts';
import { StoreError } from '../../store/errors.ts';
import { checkJsonBody } from './body.ts';
import {
  type Credential,
  type CredentialRefusal,
  CredentialRefused,
  readBodyOf,
  wrongScope,
} from './credentials.ts';
import { HttpRefusal } from './refusal.ts';
import { sendJson } from './respond.ts';
import { closeShape, openRunShape, usageShape } from './run-requests.ts';
import { runView } from './run-view.ts';

const routes = /^\/v1\/runs(?:\/([^/]{1,256})(?:\/(usage|close))?)?$/;

export function isRunsPath(path: string): boolean {
  return routes.test(path);
}

export async function answerRuns(
  runtime: Runtime,
  principal: Principal,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  credential: { readonly check: () => Credential; readonly note: (code: string) => void },
): Promise<void> {
  const [, encoded, operation] = routes.exec(path) ?? [];
  try {
    if (encoded === undefined) {
      allowOnly(request, 'POST');
      const { run, handle, risk } = await runtime.openRun(
        openerOf(principal),
        await readShape(request, openRunShape, credential.check),
      );
      await sendJson(response, 201, { ok: true, handle, risk, run: runView(run) });
      return;
    }
    const id = runIdOf(encoded);
    if (operation === undefined) {
      allowOnly(request, 'GET');
      await sendJson(response, 200, {
        ok: true,
        run: runView(await runtime.getRun(principal, id)),
      });
      return;
    }
    allowOnly(request, 'POST');
    if (operation === 'usage') {
      const usage = await readShape(request, usageShape, credential.check);
      await sendJson(response, 200, {
        ok: true,
        run: runView(await runtime.reportUsage(principal, id, usage)),
      });
      return;
    }
    const opener = openerOf(principal);
    const { as, reason } = await readShape(request, closeShape, credential.check);
    await sendJson(response, 200, {
      ok: true,
      run: runView(await runtime.closeRun(opener, id, as, reason)),
    });
  } catch (error) {
    if (error instanceof CredentialRefused) {
      credential.note(error.code);
      await sendRefusal(response, error.refusal);
    } else if (error instanceof RuntimeError) {
      credential.note(error.code);
      await sendJson(response, runtimeStatus[error.code], failure(error));
    } else if (error instanceof HttpRefusal) {
      credential.note(error.code);
      await sendJson(response, error.status, failure(error), error.headers);
    } else if (error instanceof StoreError) await sendJson(response, 503, failure(error));
    else throw error;
  }
}

export async function sendRefusal(
  response: ServerResponse,
  refusal: CredentialRefusal,
): Promise<void> {
  await sendJson(response, refusal.status, failure(refusal), refusal.headers);
}

export function failure(error: {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}): JsonObject {
  const { code, message, hint } = error;
  return { ok: false, error: { code, message, ...(hint === undefined ? {} : { hint }) } };
}

const runtimeStatus: Readonly<Record<RuntimeErrorCode, number>> = {
  'run.not_found': 404,
  'run.closed': 409,
  'run.bad_request': 422,
  'identity.scope': 403,
};

/** An agent that could open or close runs could shed what its run has seen. */
function openerOf(principal: Principal): OpenerPrincipal {
  if (principal.type === 'opener') return principal;
  throw new CredentialRefused(wrongScope('runs are opened and closed with an opener’s credential'));
}

function allowOnly(request: IncomingMessage, method: 'GET' | 'POST'): void {
  if (request.method === method) return;
  throw new HttpRefusal(405, 'http.method', `use ${method} here`, { headers: { allow: method } });
}

function runIdOf(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new RuntimeError('run.not_found', 'there is no such run');
  }
}

async function readShape<Shape extends z.ZodType>(
  request: IncomingMessage,
  shape: Shape,
  check: () => Credential,
): Promise<z.output<Shape>> {
  checkJsonBody(request);
  const parsed = shape.safeParse(readStrictly(await readBodyOf(request, check)));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = issue === undefined || issue.path.length === 0 ? '' : `\`${issue.path.join('.')}\`: `;
  throw new HttpRefusal(400, 'http.body', `${at}${issue?.message ?? 'not what is expected here'}`);
}

function readStrictly(body: Uint8Array): unknown {
  try {
    return readJson(body);
  } catch (error) {
    if (error instanceof SallyportError) throw new HttpRefusal(400, 'http.body', error.message);
    throw error;
  }
}
