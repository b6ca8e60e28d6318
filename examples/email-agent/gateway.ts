/** Sallyport as an operator runs it: the command line starts it and mints credentials, HTTP opens runs. */
import { join } from 'node:path';
import { z } from 'zod';
import { repository } from './rig/cache.ts';
import { mustRun, type Service, startService } from './rig/process.ts';

export interface Gateway extends AsyncDisposable {
  /** Where MCP clients connect. */
  readonly url: string;
  /** Where people answer what waits for them. */
  readonly console: string;
  /** A credential that is good for this agent's calls and nothing else. */
  agentToken(agent: string): Promise<string>;
  /** What this person of the policy signs in with. */
  approverToken(person: string): Promise<string>;
  /** Opens a run as the trigger does that watches the mailbox: with a credential the agent never has. */
  openRun(agent: string, bound: Readonly<Record<string, string>>): Promise<OpenedRun>;
  usedToolCalls(run: string): Promise<number>;
  closeRun(run: string): Promise<void>;
  /** Ends it as a failure of power would. */
  kill(): Promise<void>;
  /** What it has printed, its newest part: for whoever asks why. */
  log(): string;
}

export interface OpenedRun {
  readonly id: string;
  readonly handle: string;
}

const commandMs = 60_000;
const readyMs = 60_000;
const pollMs = 50;

/** The repository's own sources: the same program as the built package. */
const program = join(repository, 'src', 'cli', 'main.ts');

export interface GatewayOptions {
  /** Beside this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** One that has ended: where it was reached, this one is. */
  readonly after?: Pick<Gateway, 'url' | 'console'>;
}

/** Starts the gateway for the `sallyport.yaml` of a directory, on free ports of loopback. */
export async function startGateway(
  directory: string,
  { env = {}, after }: GatewayOptions = {},
): Promise<Gateway> {
  const [port, consolePort] = [portOf(after?.url), portOf(after?.console)];
  const service = startService(
    process.execPath,
    [program, 'up', '--port', port, '--console-port', consolePort, '--json'],
    { cwd: directory, env: { ...withPrograms(), ...env } },
  );
  try {
    const places = await listening(service);
    const opener = await mint(directory, '--opener', 'mailbox');
    return gateway(directory, places, opener, service);
  } catch (error) {
    await service.stop();
    throw error;
  }
}

const portOf = (url: string | undefined): string => (url === undefined ? '0' : new URL(url).port);

function gateway(
  directory: string,
  { url, console: pages }: Places,
  opener: string,
  service: Service,
): Gateway {
  const ask = async (method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: { authorization: `Bearer ${opener}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(commandMs),
    });
    const answer: unknown = await response.json();
    if (!response.ok)
      throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  };
  return {
    url,
    console: pages,
    agentToken: (agent) => mint(directory, '--agent', agent),
    approverToken: (person) => mint(directory, '--approver', person),
    openRun: async (agent, bound) => {
      const { handle, run } = openedShape.parse(
        await ask('POST', '/v1/runs', { agent, case: bound }),
      );
      return { id: run.id, handle };
    },
    usedToolCalls: async (run) =>
      runShape.parse(await ask('GET', `/v1/runs/${run}`)).run.used.tool_calls,
    closeRun: async (run) => {
      await ask('POST', `/v1/runs/${run}/close`, { as: 'success' });
    },
    kill: () => service.kill(),
    log: () => service.output(),
    [Symbol.asyncDispose]: () => service.stop(),
  };
}

const openedShape = z.object({ handle: z.string(), run: z.object({ id: z.string() }) });
const runShape = z.object({ run: z.object({ used: z.object({ tool_calls: z.number() }) }) });

async function mint(directory: string, ...scope: readonly string[]): Promise<string> {
  const printed = await runSallyport(directory, 'token', ...scope, '--json');
  return z.object({ token: z.string() }).parse(JSON.parse(printed)).token;
}

type Places = Pick<Gateway, 'url' | 'console'>;

async function listening(service: Service): Promise<Places> {
  const ended = service.ended.then(() => true);
  for (let waitedMs = 0; waitedMs < readyMs; waitedMs += pollMs) {
    const [, url, pages] =
      /"url":\s*"([^"]+\/mcp)"[\s\S]*"console":\s*"([^"]+)"/.exec(service.output()) ?? [];
    if (url !== undefined && pages !== undefined) return { url, console: pages };
    const stopped = await Promise.race([
      ended,
      new Promise<false>((resolve) => setTimeout(() => resolve(false), pollMs)),
    ]);
    if (stopped) break;
  }
  throw new Error(`the gateway did not come up\n${service.output().slice(-4_000)}`);
}

/** Runs one command of Sallyport in a directory with a `sallyport.yaml`. */
export function runSallyport(directory: string, ...args: readonly string[]): Promise<string> {
  return mustRun(process.execPath, [program, ...args], {
    cwd: directory,
    env: withPrograms(),
    timeoutMs: commandMs,
  });
}

/** The MCP servers that this repository installs are found by name. */
function withPrograms(): NodeJS.ProcessEnv {
  const programs = join(repository, 'node_modules', '.bin');
  return { ...process.env, PATH: `${programs}:${process.env['PATH'] ?? ''}` };
}
