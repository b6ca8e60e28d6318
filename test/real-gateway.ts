/** The gateway itself in this process: a policy's text in, a listening gateway with credentials out. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretsHeld } from '../src/credentials/held.ts';
import { readSecret } from '../src/credentials/secrets.ts';
import { type Gateway, openGateway } from '../src/gateway.ts';
import type { Lock, LockedTool } from '../src/policy/lock.ts';
import { definitionDigest, formatLock } from '../src/policy/lock-file.ts';
import type { UpstreamDeclaration } from '../src/policy/model.ts';
import { openUpstream } from '../src/upstreams/open.ts';

export interface RealGateway extends AsyncDisposable {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** Where its console is; empty unless one was asked for. */
  readonly console: string;
  readonly gateway: Gateway;
  readonly policyFile: string;
  readonly approverToken: (person: string, livesMs?: number) => Promise<string>;
  readonly agentToken: (agent: string, user?: string) => Promise<string>;
  readonly openerToken: () => Promise<string>;
}

export interface RealGatewayOptions {
  readonly policy: string;
  /** Whatever these list is accepted as it is. */
  readonly upstreams: readonly Pick<UpstreamDeclaration, 'name' | 'transport'>[];
}

const listTimeoutMs = 20_000;

/** A policy with its lock and data in a directory of their own, for one gateway after the other. */
export interface PreparedGateway extends AsyncDisposable {
  /** `port`: 0, or that of one before. */
  readonly start: (listening?: {
    readonly port?: number;
    readonly console?: boolean;
  }) => Promise<RealGateway>;
  readonly dataDirectory: string;
  readonly policyFile: string;
}

export async function startRealGateway(options: RealGatewayOptions): Promise<RealGateway> {
  const stack = new AsyncDisposableStack();
  const prepared = stack.use(await prepareGateway(options));
  const real = stack.use(await prepared.start());
  return { ...real, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

export async function prepareGateway({
  policy,
  upstreams,
}: RealGatewayOptions): Promise<PreparedGateway> {
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-gateway-'));
  const policyFile = join(directory, 'sallyport.yaml');
  await writeFile(policyFile, policy);
  await writeFile(join(directory, 'sallyport.lock'), formatLock(await acceptAll(upstreams)));
  const dataDirectory = join(directory, 'data');
  return {
    dataDirectory,
    policyFile,
    async start({ port = 0, console: people = false } = {}) {
      const gateway = await openGateway({
        policyFile,
        dataDirectory,
        as: 'gateway',
        log: () => undefined,
      });
      for (const { name } of upstreams) {
        await gateway.upstream(name)?.listTools(AbortSignal.timeout(listTimeoutMs));
      }
      const host = '127.0.0.1';
      const { url, console: listening } = await gateway.listen({
        host,
        port,
        console: people ? { host, port: 0, url: null } : null,
      });
      return {
        url,
        console: listening?.url ?? '',
        gateway,
        policyFile,
        async approverToken(name, livesMs) {
          const expiresAtMs = livesMs === undefined ? null : gateway.store.nowMs() + livesMs;
          const { token } = await gateway.tokens.mint({ holder: 'approver', name, expiresAtMs });
          return token;
        },
        async agentToken(name, user) {
          const { token } = await gateway.tokens.mint({
            holder: 'agent',
            name,
            user: user ?? null,
            expiresAtMs: null,
          });
          return token;
        },
        async openerToken() {
          const { token } = await gateway.tokens.mint({
            holder: 'opener',
            name: 'workflow',
            agents: null,
            expiresAtMs: null,
          });
          return token;
        },
        [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
      };
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

async function acceptAll(upstreams: RealGatewayOptions['upstreams']): Promise<Lock> {
  const locked: Record<string, { tools: Record<string, LockedTool> }> = {};
  for (const { name, transport } of upstreams) {
    await using upstream = openUpstream(
      { name, transport, credential: null, at: { file: 'test', line: 1, column: 1 } },
      {
        readSecret,
        secrets: new SecretsHeld(),
        clientInfo: { name: 'sallyport', version: '0.0.0-test' },
        directory: tmpdir(),
        log: () => undefined,
      },
    );
    const listed = await upstream.listTools(AbortSignal.timeout(listTimeoutMs));
    locked[name] = {
      tools: Object.fromEntries(
        listed.map(({ operation, definition }) => [
          operation,
          { digest: definitionDigest(definition), definition, pinnedAt: '2026-01-01T00:00:00Z' },
        ]),
      ),
    };
  }
  return { lockVersion: 1, upstreams: locked };
}
