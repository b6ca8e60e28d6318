/** Run where the agent runs: does the gateway answer there, and is there a way around it? */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { z } from 'zod';
import { type Target, targetShape } from './targets.ts';

const tryMs = 3_000;
const gatewayMs = 10_000;

export interface GatewayAnswer {
  /** The gateway answered this token with the tools that it may use. */
  readonly answers: boolean;
  readonly tools: number;
  readonly found: string;
}

/** What `--from-agent` prints and `--record` reads. */
export interface Attempt {
  readonly ok: boolean;
  readonly gateway: GatewayAnswer;
  /** Null when nothing was tried, because no targets were given. */
  readonly tried: {
    readonly policy: string;
    readonly digest: string;
    readonly count: number;
    readonly reachable: readonly { readonly target: Target; readonly found: string }[];
  } | null;
  readonly at: string;
}

export const attemptShape: z.ZodType<Attempt> = z.strictObject({
  ok: z.boolean(),
  gateway: z.strictObject({ answers: z.boolean(), tools: z.number().int(), found: z.string() }),
  tried: z
    .strictObject({
      policy: z.string(),
      digest: z.string(),
      count: z.number().int(),
      reachable: z.array(z.strictObject({ target: targetShape, found: z.string() })),
    })
    .nullable(),
  at: z.iso.datetime(),
});

export async function askAsAgent(url: string, token: string): Promise<GatewayAnswer> {
  const answerShape = z.object({ result: z.object({ tools: z.array(z.unknown()) }) });
  try {
    const { fetch } = await import('undici');
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'error',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
      signal: AbortSignal.timeout(gatewayMs),
    });
    const text = await response.text();
    if (response.status !== 200)
      return { answers: false, tools: 0, found: `it answered HTTP ${response.status}` };
    const read = answerShape.safeParse(JSON.parse(text));
    if (!read.success) return { answers: false, tools: 0, found: 'its answer is no list of tools' };
    const tools = read.data.result.tools.length;
    return { answers: true, tools, found: `it answers, with ${tools} tools` };
  } catch (error) {
    return { answers: false, tools: 0, found: `it can't be reached: ${reasonOf(error)}` };
  }
}

/** @returns how the target was reached; null when it was not. */
export async function tryTarget(target: Target): Promise<string | null> {
  switch (target.type) {
    case 'url':
      return reachUrl(target.url);
    case 'tcp':
      return (await connects(target.host, target.port)) ? 'a connection was accepted' : null;
    case 'command': {
      const program = findProgram(target.command);
      return program === null ? null : `${program} can be started`;
    }
    case 'file':
      return reachFile(target.path);
    case 'variable':
      return process.env[target.name] === undefined ? null : 'it is set';
  }
}

async function reachUrl(url: string): Promise<string | null> {
  const { hostname, port, protocol } = new URL(url);
  const number = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  if (await connects(hostname.replace(/^\[|\]$/g, ''), number)) return 'a connection was accepted';
  return (await answersThroughProxy(url))
    ? 'it answers through the proxy of the environment'
    : null;
}

function connects(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: tryMs });
    const end = (reached: boolean) => () => {
      socket.destroy();
      resolve(reached);
    };
    socket.once('connect', end(true));
    socket.once('timeout', end(false));
    socket.once('error', end(false));
  });
}

/** Closed egress with an open proxy beside it is open egress. Any answer counts, a refusal by the server too. */
async function answersThroughProxy(url: string): Promise<boolean> {
  const proxies = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'];
  if (!proxies.some((name) => process.env[name])) return false;
  try {
    const { EnvHttpProxyAgent, fetch } = await import('undici');
    const response = await fetch(url, {
      dispatcher: new EnvHttpProxyAgent(),
      redirect: 'manual',
      signal: AbortSignal.timeout(tryMs),
    });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

function reachFile(path: string): string | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  const mode = stats.isSocket() ? constants.W_OK : constants.R_OK;
  return may(path, mode) ? `it can be ${stats.isSocket() ? 'connected to' : 'read'}` : null;
}

function findProgram(command: string): string | null {
  const candidates = command.includes('/')
    ? [command]
    : (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, command));
  return candidates.find((file) => existsSync(file) && may(file, constants.X_OK)) ?? null;
}

function may(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : 'unknown';
}
