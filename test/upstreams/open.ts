/** Opens upstreams as the gateway would, for tests. */
import { fileURLToPath } from 'node:url';
import { SecretsHeld } from '../../src/credentials/held.ts';
import type { CredentialDeclaration, UpstreamDeclaration } from '../../src/policy/model.ts';
import { openUpstream } from '../../src/upstreams/open.ts';
import type { Upstream, UpstreamCall } from '../../src/upstreams/port.ts';

export const stdioServerPath: string = fileURLToPath(new URL('./stdio-server.ts', import.meta.url));

export interface Opened {
  readonly upstream: Upstream;
  readonly log: string[];
  readonly secrets: SecretsHeld;
  readonly call: (
    operation: string,
    args?: UpstreamCall['args'],
    more?: Partial<UpstreamCall>,
  ) => ReturnType<Upstream['call']>;
}

export interface Opening {
  readonly credential?: CredentialDeclaration;
  /** By reference. */
  readonly readSecret?: (from: string) => string;
  readonly clock?: () => number;
}

export function openStdio(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string | { readonly from: string }>> = {},
  opening: Opening = {},
): Opened {
  return open({ type: 'stdio', command, args, env: new Map(Object.entries(env)) }, opening);
}

export function openFixture(
  options: readonly string[] = [],
  env: Readonly<Record<string, string | { readonly from: string }>> = {},
  opening: Opening = {},
): Opened {
  return openStdio(process.execPath, [stdioServerPath, ...options], env, opening);
}

export function openHttp(url: string, opening: Opening = {}): Opened {
  return open({ type: 'streamable_http', url }, opening);
}

function open(transport: UpstreamDeclaration['transport'], opening: Opening): Opened {
  const log: string[] = [];
  const secrets = new SecretsHeld();
  const upstream = openUpstream(
    {
      name: 'fixture',
      at: { file: 'policy.yaml', line: 1, column: 1 },
      transport,
      credential: opening.credential ?? null,
    },
    {
      readSecret: (reference) => Promise.resolve(opening.readSecret?.(reference.from) ?? ''),
      secrets,
      clientInfo: { name: 'sallyport', version: '0.0.0' },
      directory: process.cwd(),
      log: (_, message) => log.push(message),
      ...(opening.clock === undefined ? {} : { clock: opening.clock }),
    },
  );
  return {
    upstream,
    log,
    secrets,
    call: (operation, args = {}, more = {}) =>
      upstream.call({
        surface: 'tool',
        operation,
        args,
        callId: 'call-1',
        timeoutMs: 20_000,
        ...more,
      }),
  };
}

/** The text that a call came back with; fails the test for any other outcome. */
export async function textOf(outcome: ReturnType<Upstream['call']>): Promise<string> {
  const settled = await outcome;
  if (settled.type !== 'result')
    throw new Error(`expected a result, got ${JSON.stringify(settled)}`);
  return settled.result.content.map(({ text }) => (typeof text === 'string' ? text : '')).join('');
}
