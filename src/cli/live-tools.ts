/** What the servers of a policy list right now, asked by the command line itself. */
import { SecretsHeld } from '../credentials/held.ts';
import { readSecret } from '../credentials/secrets.ts';
import type { UpstreamDeclaration } from '../policy/model.ts';
import { openUpstream } from '../upstreams/open.ts';
import type { ListedTool } from '../upstreams/port.ts';
import { version } from '../version.ts';

const listTimeoutMs = 30_000;

export type Live =
  | {
      readonly upstream: string;
      readonly listed: readonly ListedTool[];
      readonly serverName: string | null;
    }
  | { readonly upstream: string; readonly reason: string };

/** @param directory - the policy's own, where the gateway would start them. */
export async function listLive(
  declarations: Iterable<UpstreamDeclaration>,
  directory: string,
): Promise<Live[]> {
  const servers = [...declarations].filter(({ transport }) => transport.type !== 'functions');
  return Promise.all(servers.map((server) => listOne(server, directory)));
}

async function listOne(declaration: UpstreamDeclaration, directory: string): Promise<Live> {
  const { name } = declaration;
  await using upstream = openUpstream(declaration, {
    readSecret,
    secrets: new SecretsHeld(),
    clientInfo: { name: 'sallyport', version },
    directory,
    log: () => undefined,
  });
  try {
    const listed = await upstream.listTools(AbortSignal.timeout(listTimeoutMs));
    const serverName = upstream.status().serverInfo?.['name'];
    return {
      upstream: name,
      listed,
      serverName: typeof serverName === 'string' ? serverName : null,
    };
  } catch (error) {
    return {
      upstream: name,
      reason:
        upstream.status().reason ?? (error instanceof Error ? error.message : 'it did not answer'),
    };
  }
}
