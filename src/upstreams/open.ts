import type { SecretsHeld } from '../credentials/held.ts';
import { type HttpCredential, injectEnv, injectHttp } from '../credentials/inject.ts';
import type { SecretReference, UpstreamDeclaration } from '../policy/model.ts';
import { functionsUpstream } from './functions.ts';
import type { Dial } from './mcp/connection.ts';
import { HttpChannel } from './mcp/http/channel.ts';
import type { ClientInfo } from './mcp/protocol.ts';
import { StdioChannel } from './mcp/stdio/channel.ts';
import { childEnvironment } from './mcp/stdio/environment.ts';
import { McpUpstream } from './mcp/upstream.ts';
import type { Upstream } from './port.ts';

export interface OpenUpstreamOptions {
  readonly readSecret: (reference: SecretReference) => Promise<string>;
  /** Every secret that is read here is held there, and redacted by value from whatever the upstream says. */
  readonly secrets: SecretsHeld;
  /** What upstreams are told that they talk to. */
  readonly clientInfo: ClientInfo;
  /**
   * Where spawned servers run: the policy's own folder, absolute. Relative paths in the policy must not mean something
   * else when the gateway is started from somewhere else.
   */
  readonly directory: string;
  /** For operators; already redacted and printable. */
  readonly log: (upstream: string, message: string) => void;
  readonly clock?: () => number;
}

/** Opened at once and connected in the background: a server that doesn't start holds nobody up but its own callers. */
export function openUpstream(
  declaration: UpstreamDeclaration,
  options: OpenUpstreamOptions,
): Upstream {
  const { name, transport } = declaration;
  if (transport.type === 'functions') return functionsUpstream(name, options.secrets);
  const dial =
    transport.type === 'stdio'
      ? dialStdio(declaration, transport, options)
      : dialHttp(declaration, transport, options);
  return new McpUpstream(name, dial, {
    clientInfo: options.clientInfo,
    secrets: options.secrets,
    clock: options.clock ?? Date.now,
    log: (message) => options.log(name, message),
  });
}

type Transport<Type> = Extract<UpstreamDeclaration['transport'], { readonly type: Type }>;

function dialStdio(
  { credential }: UpstreamDeclaration,
  transport: Transport<'stdio'>,
  options: OpenUpstreamOptions,
): Dial {
  return {
    onDemand: false,
    mirrorsArguments: false,
    open: async () => {
      const named: Record<string, string> = {};
      for (const [variable, value] of transport.env)
        named[variable] = typeof value === 'string' ? value : await readHeld(value, options);
      if (credential !== null)
        Object.assign(named, injectEnv(credential, await readHeld(credential.secret, options)));
      const command = {
        command: transport.command,
        args: transport.args,
        env: childEnvironment(process.env, named),
        directory: options.directory,
      };
      return new StdioChannel(command, options.clientInfo, (text) =>
        options.secrets.redactText(text),
      );
    },
  };
}

function dialHttp(
  { credential }: UpstreamDeclaration,
  transport: Transport<'streamable_http'>,
  options: OpenUpstreamOptions,
): Dial {
  const readCredential =
    credential === null
      ? null
      : async (): Promise<HttpCredential> => {
          const secret = await readHeld(credential.secret, options);
          // Of `user:password` the password alone is as secret as the pair.
          if (credential.as.type === 'basic')
            options.secrets.hold(secret.slice(secret.indexOf(':') + 1));
          return injectHttp(credential, secret);
        };
  return {
    onDemand: true,
    mirrorsArguments: true,
    open: () =>
      Promise.resolve(
        new HttpChannel({
          url: new URL(transport.url),
          clientInfo: options.clientInfo,
          readCredential,
        }),
      ),
  };
}

async function readHeld(
  reference: SecretReference,
  { readSecret, secrets }: OpenUpstreamOptions,
): Promise<string> {
  const secret = await readSecret(reference);
  secrets.hold(secret);
  return secret;
}
