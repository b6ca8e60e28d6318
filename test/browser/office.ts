/** A real gateway with its console in front of a small office: mails that strangers wrote, and letters that wait for two people. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { JsonObject } from '../../src/content/value.ts';
import { prepareGateway, type RealGateway } from '../real-gateway.ts';

export interface Office extends AsyncDisposable {
  readonly real: RealGateway;
  /** The console's origin. */
  readonly console: string;
  /** What a person signs in with. */
  readonly approverToken: (person: string) => Promise<string>;
  /** One call by the clerk, who works for Ann; returns the text that came back. */
  readonly call: (tool: string, args: JsonObject) => Promise<string>;
  /** A call that waits; returns the id of its hold. */
  readonly hold: (tool: string, args: JsonObject) => Promise<string>;
  /** What the office really did, oldest first. */
  readonly done: () => Promise<readonly JsonObject[]>;
}

export interface OfficeWishes {
  /** How long a hold waits. */
  readonly timeout: string;
}

export async function openOffice({ timeout }: OfficeWishes): Promise<Office> {
  const stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-office-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const effects = join(folder, 'effects.jsonl');
  const program = join(import.meta.dirname, '..', 'fixtures', 'office-server.ts');
  const transport = {
    type: 'stdio',
    command: process.execPath,
    args: [program, effects],
    env: new Map<string, never>(),
  } as const;
  const policy = policyFor(transport.command, transport.args, timeout);
  const prepared = stack.use(
    await prepareGateway({ policy, upstreams: [{ name: 'office', transport }] }),
  );
  const real = stack.use(await prepared.start({ console: true }));
  const { gateway } = real;
  const client = new Client({ name: 'clerk', version: '1.0.0' });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${real.url}/mcp`), {
      requestInit: {
        headers: { authorization: `Bearer ${await real.agentToken('clerk', 'ann')}` },
      },
    }),
  );
  stack.defer(() => client.close());
  const call = async (name: string, args: JsonObject): Promise<string> => {
    const { content } = await client.callTool({ name: `office.${name}`, arguments: { ...args } });
    return JSON.stringify(content);
  };
  return {
    real,
    console: real.console,
    approverToken: (person) => real.approverToken(person),
    call,
    async hold(tool, args) {
      const before = new Set(gateway.runtime.holds.open().map(({ id }) => id));
      const said = await call(tool, args);
      for (let tries = 0; tries < 100; tries += 1) {
        const held = gateway.runtime.holds.open().find(({ id }) => !before.has(id));
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

function policyFor(command: string, args: readonly string[], timeout: string): string {
  return `sallyport: 1
enforcement: strict
upstreams:
  office: { mcp: { command: ${JSON.stringify(command)}, args: ${JSON.stringify(args)} } }
tools:
  office.search:
    action: read
    tier: read_only
    reach: internal
    args: { folder: folder }
    returns: { trust: untrusted, classes: [customer_data], items: /mails, each: { /sender: sender, /folder: folder }, subject: [/sender] }
  office.send: { action: send, tier: irreversible, reach: external, args: { to: recipient, body: content } }
  office.erase: { action: erase, tier: irreversible, reach: internal, args: { id: identifier } }
  office.import: { action: import, tier: reversible, reach: internal, args: { rows: number } }
users:
  static:
    ann: { roles: [people] }
    bob: { roles: [leads] }
    eve: { roles: [leads] }
    joe: { roles: [guests] }
roles:
  people: { permissions: { office: { read: allow, send: allow, erase: allow, import: allow } } }
  leads: { permissions: { office: { read: allow } } }
  guests: { permissions: { office: { read: allow } } }
approvals: { default: leads, timeout: ${timeout}, wait: 100ms, remember: never, open: 50 }
flow: { external: hold }
agents:
  clerk:
    acts_for: [people]
    permissions:
      office:
        read: { folders: [support] }
        send: { approval: { by: leads } }
        erase: { approval: { by: leads, quorum: 2 } }
        import: { approval: { by: leads } }
`;
}
