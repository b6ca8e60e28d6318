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
  readonly gateway: Gateway;
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  readonly directory: string;
  readonly agentToken: (agent: string, user?: string) => Promise<string>;
  readonly openerToken: () => Promise<string>;
}

export interface RealGatewayOptions {
  readonly policy: string;
  /** Whatever these list is accepted as it is. */
  readonly upstreams: readonly Pick<UpstreamDeclaration, 'name' | 'transport'>[];
}

const listTimeoutMs = 20_000;

export async function startRealGateway({
  policy,
  upstreams,
}: RealGatewayOptions): Promise<RealGateway> {
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-gateway-'));
  const stack = new AsyncDisposableStack();
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  try {
    const policyFile = join(directory, 'sallyport.yaml');
    await writeFile(policyFile, policy);
    await writeFile(join(directory, 'sallyport.lock'), formatLock(await acceptAll(upstreams)));
    const gateway = stack.use(
      await openGateway({
        policyFile,
        dataDirectory: join(directory, 'data'),
        startUpstreams: true,
        log: () => undefined,
      }),
    );
    await Promise.all(
      upstreams.map(({ name }) =>
        gateway.upstream(name)?.listTools(AbortSignal.timeout(listTimeoutMs)),
      ),
    );
    const server = await gateway.listen({ host: '127.0.0.1', port: 0 });
    return {
      gateway,
      url: server.url,
      directory,
      async agentToken(name, user) {
        return (
          await gateway.tokens.mint({
            holder: 'agent',
            name,
            user: user ?? null,
            expiresAtMs: null,
          })
        ).token;
      },
      async openerToken() {
        return (
          await gateway.tokens.mint({
            holder: 'opener',
            name: 'workflow',
            agents: null,
            expiresAtMs: null,
          })
        ).token;
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
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
