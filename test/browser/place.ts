/** A real gateway with its console in front of one MCP server, and an agent that calls it: what office and shop are made of. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { JsonObject } from '../../src/content/value.ts';
import { callTool } from '../mcp-client.ts';
import { prepareGateway, type RealGateway } from '../real-gateway.ts';

export interface Place extends AsyncDisposable {
  readonly real: RealGateway;
  /** The console's origin. */
  readonly console: string;
  /** What a person signs in with. */
  readonly approverToken: (person: string) => Promise<string>;
  /** One call by the agent; returns the texts that came back. */
  readonly call: (tool: string, args: JsonObject, by?: Caller) => Promise<string>;
  /** A call that waits; returns the id of its hold. */
  readonly hold: (tool: string, args: JsonObject, by?: Caller) => Promise<string>;
  /** What the server was really told to do, oldest first. */
  readonly done: () => Promise<readonly JsonObject[]>;
}

/** Whose call it is, where it isn't the place's own agent. */
export interface Caller {
  readonly token: string;
  /** Of the run that somebody opened for it. */
  readonly handle?: string;
}

export interface PlaceWishes {
  readonly upstream: string;
  /** Of `test/fixtures`: gets the effects' file, and that of `meanwhile`. */
  readonly program: string;
  /** @param server - what the policy's upstream is. */
  readonly policy: (server: string) => string;
  readonly agent: string;
  readonly user: string;
  /** After the tools were accepted, and before the gateway starts. @param file - what the program got besides. */
  readonly meanwhile?: (file: string, dataDirectory: string) => Promise<void>;
}

export async function openPlace(wishes: PlaceWishes): Promise<Place> {
  const { upstream, program, policy, agent, user, meanwhile } = wishes;
  const stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), `sallyport-${upstream}-`));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const effects = join(folder, 'effects.jsonl');
  const other = join(folder, 'meanwhile');
  const command = process.execPath;
  const args = [join(import.meta.dirname, '..', 'fixtures', program), effects, other];
  const prepared = stack.use(
    await prepareGateway({
      policy: policy(
        `{ mcp: { command: ${JSON.stringify(command)}, args: ${JSON.stringify(args)} } }`,
      ),
      upstreams: [{ name: upstream, transport: { type: 'stdio', command, args, env: new Map() } }],
    }),
  );
  await meanwhile?.(other, prepared.dataDirectory);
  const real = stack.use(await prepared.start({ console: true }));
  const own = { token: await real.agentToken(agent, user) };
  const call: Place['call'] = async (name, values, { token, handle } = own) => {
    const tool = `${upstream}.${name}`;
    const { result, error } = await callTool(real.url, token, tool, values, handle);
    return JSON.stringify(result?.content ?? error);
  };
  const { holds } = real.gateway.runtime;
  return {
    real,
    console: real.console,
    approverToken: (person) => real.approverToken(person),
    call,
    async hold(tool, values, by) {
      const before = new Set(holds.open().map(({ id }) => id));
      const said = await call(tool, values, by);
      for (let tries = 0; tries < 100; tries += 1) {
        const held = holds.open().find(({ id }) => !before.has(id));
        if (held !== undefined) return held.id;
        await setTimeout(20);
      }
      throw new Error(`nothing waits: ${said}`);
    },
    async done() {
      const text = await readFile(effects, 'utf8').catch(() => '');
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
