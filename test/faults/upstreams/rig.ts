/** The evil servers behind a real gateway, beside a good one; and what a row says, against what came of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fold } from '../../../src/engine/fold.ts';
import { openSqliteReader } from '../../../src/store/sqlite/open.ts';
import { type CallAnswer, callTool, postRun } from '../../mcp-client.ts';
import { prepareGateway, type RealGateway } from '../../real-gateway.ts';
import type { Transport } from './evil.ts';
import { type EvilRow, rowsOn } from './rows.ts';

/** Far below what a bound that isn't there would cost, far above what a busy collector leaves lying about. */
const grownBytesMax = 400_000_000;
/** A call that waits for nothing ends within this, however busy the machine is; the time-out of a call is twice as long. */
const endsWithinMs = 30_000;

export interface EvilRig extends AsyncDisposable {
  /** @returns what is not as the row says. */
  readonly perform: (row: EvilRow, on: Transport) => Promise<readonly string[]>;
}

export async function openEvilRig(): Promise<EvilRig> {
  await using stack = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), 'sallyport-evil-'));
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  const journal = join(directory, 'journal');
  writeFileSync(journal, '');
  const script = (name: string): string => join(import.meta.dirname, name);
  const web = spawn(process.execPath, [script('evil-web.ts'), journal], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  stack.defer(() => void web.kill('SIGKILL'));
  const [url]: unknown[] = await once(createInterface(web.stdout), 'line');
  const pipeArgs = [script('evil-pipe.ts'), journal];
  const wellArgs = [script('../../fixtures/counting-server.ts'), join(directory, 'well')];
  const stdio = (args: readonly string[]) =>
    ({ type: 'stdio', command: process.execPath, args, env: new Map<string, string>() }) as const;
  const prepared = stack.use(
    await prepareGateway({
      policy: policy(String(url), pipeArgs, wellArgs),
      upstreams: [
        { name: 'web', transport: { type: 'streamable_http', url: String(url) } },
        { name: 'pipe', transport: stdio(pipeArgs) },
        { name: 'well', transport: stdio(wellArgs) },
      ],
    }),
  );
  const gateway = stack.use(await prepared.start());
  const client = await Client.of(gateway);
  const owned = stack.move();
  return {
    async perform(row, on) {
      const memory = watchMemory();
      const wrong: string[] = [];
      const say = (what: string): number => wrong.push(`${on} ${row.how}: ${what}`);
      const lines = (): string[] => readFileSync(journal, 'utf8').split('\n');
      const starts = (): number => lines().filter((line) => line === 'started').length;
      const call = async (way: 'read' | 'write'): Promise<void> => {
        const tool = `${on}.${way}_${row.how}`;
        const startsBefore = starts();
        const [answer, beside] = await Promise.all([
          within(client.call(tool, way), row.long === true ? 2.5 * endsWithinMs : endsWithinMs),
          client.well(),
        ]);
        if (beside !== 'completed') say(`beside it, a good server's call was ${beside}`);
        const came = answer === null ? 'no answer' : outcomeOf(answer);
        if (came !== row[way]) say(`${way} came to ${came}, not to ${row[way]}`);
        if (row.ends === true) await until(() => starts() > startsBefore);
        if (!row.breaks) return;
        let again = outcomeOf(await client.call(tool, `${way} again`));
        // A server that was started anew isn't up before it has listed its tools.
        for (
          let tries = 1;
          row.ends === true && again === 'upstream.down' && tries < 100;
          tries += 1
        ) {
          await new Promise((resolve) => setTimeout(resolve, 100));
          again = outcomeOf(await client.call(tool, `${way} again ${tries}`));
        }
        if (again !== 'limits.breaker_open') say(`${way} left the breaker closed: ${again}`);
      };
      // What waits for a time-out waits together; what ends its server has to be seen to end it, one after the other.
      if (row.long === true && row.ends !== true) await Promise.all([call('read'), call('write')]);
      else {
        await call('read');
        await call('write');
      }
      const grown = memory.peak();
      if (grown > grownBytesMax) say(`the gateway grew by ${Math.round(grown / 1e6)} MB`);
      const times = lines().filter(
        (key) => key === client.keyOf(`${on}.write_${row.how}`, 'write'),
      );
      if (times.length !== 1) say(`its effect happened ${times.length} times`);
      await using store = await openSqliteReader({
        directory: prepared.dataDirectory,
        foldRun: fold,
      });
      const events = (await store.events({ limit: 100_000 })).map(({ event }) => event);
      for (const way of ['read', 'write'] as const) {
        const tool = `${on}.${way}_${row.how}`;
        const ends = events.flatMap((event) =>
          event.type === 'call.finished' && event.tool === tool ? [event.outcome] : [],
        );
        const expected = recordedOf(row[way]);
        if (ends.join() !== expected)
          say(`${way} is recorded as ${ends.join()}, not as ${expected}`);
        const opened = events.some(
          (event) => event.type === 'breaker.opened' && event.tool === tool,
        );
        if (opened !== row.breaks)
          say(`${way}: the breaker ${opened ? 'opened' : 'stayed closed'}`);
      }
      return wrong;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

class Client {
  readonly #gateway: RealGateway;
  readonly #token: string;
  readonly #handle: string;
  #wells = 0;

  constructor(gateway: RealGateway, token: string, handle: string) {
    this.#gateway = gateway;
    this.#token = token;
    this.#handle = handle;
  }

  static async of(gateway: RealGateway): Promise<Client> {
    const token = await gateway.agentToken('clerk');
    const { handle } = await postRun(gateway.url, await gateway.openerToken(), { agent: 'clerk' });
    return new Client(gateway, token, handle);
  }

  keyOf(tool: string, key: string): string {
    return `${tool}:${key}`;
  }

  call(tool: string, key: string): Promise<CallAnswer> {
    return this.#call(tool, { key: this.keyOf(tool, key) });
  }

  async well(): Promise<string> {
    this.#wells += 1;
    return outcomeOf(await this.#call('well.hit', { round: 1, n: this.#wells }));
  }

  #call(tool: string, args: object): Promise<CallAnswer> {
    return callTool(this.#gateway.url, this.#token, tool, args, this.#handle);
  }
}

function outcomeOf({ result, error }: CallAnswer): string {
  if (error !== undefined) return error.message;
  if (result?.isError !== true) return 'completed';
  return result._meta?.['dev.sallyport/decision']?.code ?? 'relayed';
}

function recordedOf(outcome: string): string {
  if (outcome === 'upstream.indeterminate') return 'indeterminate';
  return outcome === 'completed' || outcome === 'outputs.schema' ? 'completed' : 'failed';
}

async function within<T>(work: Promise<T>, ms: number): Promise<T | null> {
  const late = new AbortController();
  const timer = new Promise<null>((resolve) => {
    const handle = setTimeout(() => resolve(null), ms);
    late.signal.addEventListener('abort', () => clearTimeout(handle));
  });
  try {
    return await Promise.race([work, timer]);
  } finally {
    late.abort();
  }
}

/** A server that ended is started again, after a while. */
async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    if (tries === 900) throw new Error('a server that ended was not started again');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The gateway is in this process, the evil is not: what grows here grew for it. */
function watchMemory(): { readonly peak: () => number } {
  const held = (): number => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = held();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, held());
  }, 10);
  return {
    peak: () => {
      clearInterval(timer);
      return peak - before;
    },
  };
}

function policy(url: string, pipe: readonly string[], well: readonly string[]): string {
  const tools = (['web', 'pipe'] as const).flatMap((on) =>
    rowsOn(on).flatMap(({ how }) => [
      `  ${on}.read_${how}: { action: look, tier: read_only, reach: internal, args: { key: identifier } }`,
      `  ${on}.write_${how}: { action: act, tier: reversible, reach: internal, args: { key: identifier } }`,
    ]),
  );
  const command = (args: readonly string[]): string =>
    `{ mcp: { command: ${JSON.stringify(process.execPath)}, args: ${JSON.stringify(args)} } }`;
  const grants =
    '{ web: { look: allow, act: allow }, pipe: { look: allow, act: allow }, well: { hit: allow } }';
  return `sallyport: 1
enforcement: strict
breaker: { failures: 1, reset: 10m }
upstreams:
  web: { mcp: { url: "${url}" } }
  pipe: ${command(pipe)}
  well: ${command(well)}
tools:
${tools.join('\n')}
  well.hit: { action: hit, tier: reversible, reach: internal, args: { round: number, n: number } }
roles: { people: { permissions: ${grants} } }
agents:
  clerk: { acts_for: [people], unattended: { owner: people }, rate: 100000/hour, loops: { same_call: 1000, same_tool: 1000, cycle: 1000 }, permissions: ${grants} }
`;
}
