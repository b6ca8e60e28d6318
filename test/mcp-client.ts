/** The least that speaks to a gateway: one POST a call, no session, and what a program can tell from the answer. */
import { withoutFrame } from '../src/content/frame.ts';

export interface Answered {
  readonly allowed: boolean;
  /** Of a refusal, its first code. */
  readonly code?: string;
}

const headers = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
};

export async function postJson(
  url: string,
  token: string,
  body: unknown,
  more: Record<string, string> = {},
): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, authorization: `Bearer ${token}`, ...more },
    body: JSON.stringify(body),
  });
  return response.json();
}

let nextId = 1;

/** The whole JSON-RPC answer of a `tools/call`. */
export async function callTool(
  url: string,
  token: string,
  name: string,
  args: object,
  handle?: string,
): Promise<CallAnswer> {
  const body = {
    jsonrpc: '2.0',
    id: nextId++,
    method: 'tools/call',
    params: { name, arguments: args },
  };
  return (await postJson(
    `${url}/mcp`,
    token,
    body,
    handle === undefined ? {} : { 'sallyport-run': handle },
  )) as CallAnswer;
}

export interface CallAnswer {
  readonly result?: {
    readonly content: readonly { readonly type: string; readonly text?: string }[];
    readonly structuredContent?: Record<string, unknown>;
    readonly isError?: boolean;
    readonly _meta?: {
      readonly 'dev.sallyport/frame'?: string;
      readonly 'dev.sallyport/decision'?: {
        readonly verdict: string;
        readonly code?: string;
        readonly codes?: readonly string[];
        readonly call: string;
      };
    };
  };
  readonly error?: { readonly code: number; readonly message: string };
}

/** Every text of an answer as its tool wrote it, without the frame that a gateway puts around each. */
export function toolTexts({ result }: CallAnswer): readonly string[] {
  const boundary = result?._meta?.['dev.sallyport/frame'];
  return (result?.content ?? []).map(({ text = '' }) =>
    boundary === undefined ? text : withoutFrame(text, boundary),
  );
}

export async function postCall(
  url: string,
  token: string,
  name: string,
  args: object,
  handle?: string,
): Promise<Answered> {
  const { result, error } = await callTool(url, token, name, args, handle);
  if (error !== undefined) return { allowed: false, code: error.message.split(':')[0] ?? '' };
  if (result?.isError !== true) return { allowed: true };
  return { allowed: false, code: result._meta?.['dev.sallyport/decision']?.code ?? 'upstream' };
}

export async function postRun(
  url: string,
  token: string,
  body: object,
): Promise<{ readonly handle: string; readonly run: string }> {
  const answer = (await postJson(`${url}/v1/runs`, token, body)) as {
    handle: string;
    run: { id: string } | string;
  };
  return {
    handle: answer.handle,
    run: typeof answer.run === 'string' ? answer.run : answer.run.id,
  };
}
