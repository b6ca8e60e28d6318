import type { CredentialDeclaration, SecretReference, UpstreamDeclaration } from '../model.ts';
import type { Report } from '../report.ts';
import type { Named } from '../shape/collection.ts';
import type { CredentialSyntax, McpSyntax, UpstreamSyntax } from '../shape/upstream.ts';
import { checkCommand } from './upstream-command.ts';
import { compileUrl } from './url.ts';

export function compileUpstream(
  entry: Named<UpstreamSyntax>,
  report: Report,
): UpstreamDeclaration | null {
  const syntax = entry.value;
  if (syntax === undefined) return null;
  const [first, second] = syntax.ways;
  if (first === undefined) {
    report.error('policy.missing', entry.at, `\`${entry.name}\` doesn't say how it is reached`, {
      expected: '`mcp` or `functions`',
    });
    return null;
  }
  if (second !== undefined) {
    report.error(
      'policy.conflict',
      entry.at,
      `\`${entry.name}\` is both \`${first}\` and \`${second}\``,
      {
        mend: 'make two upstreams of it',
      },
    );
    return null;
  }
  const transport =
    syntax.functions === undefined
      ? compileMcp(syntax.mcp, report)
      : ({ type: 'functions' } as const);
  if (transport === null) return null;
  const credential = compileCredential(syntax.credential, transport, report);
  return { name: entry.name, at: entry.at, transport, credential };
}

type Transport = UpstreamDeclaration['transport'];

function compileMcp(mcp: McpSyntax | undefined, report: Report): Transport | null {
  if (mcp === undefined) return null;
  const { url, command } = mcp;
  if (url !== undefined && command !== undefined) {
    report.error(
      'policy.conflict',
      command.at,
      'a server is started by `command` or reached at `url`, not both',
      {
        mend: 'keep one',
      },
    );
    return null;
  }
  if (command !== undefined) {
    const args = mcp.args?.value ?? [];
    checkCommand(command, args, report);
    return {
      type: 'stdio',
      command: command.value,
      args: args.map((arg) => arg.value),
      env: compileEnv(mcp, report),
    };
  }
  if (url === undefined) {
    if (mcp.hasPlace) return null;
    report.error('policy.missing', mcp.at, 'neither `command` nor `url` says where the server is');
    return null;
  }
  if (mcp.args !== undefined || mcp.env !== undefined) {
    report.error(
      'policy.conflict',
      mcp.at,
      '`args` and `env` are for a server that is started here',
      {
        mend: 'remove them, or write `command`',
      },
    );
  }
  const checked = compileUrl(url, 'credential', report);
  return checked === null ? null : { type: 'streamable_http', url: checked };
}

const secretLooking = /(pass(word|wd)?|secret|token|api_?key|private_?key|credential)s?$/i;

function compileEnv(mcp: McpSyntax, report: Report): ReadonlyMap<string, string | SecretReference> {
  const env = new Map<string, string | SecretReference>();
  for (const { name, value } of mcp.env?.value ?? []) {
    if (value?.type === 'secret' && value.secret.from !== undefined) {
      env.set(name, { from: value.secret.from.value });
    } else if (value?.type === 'literal') {
      if (secretLooking.test(name)) {
        report.warning(
          'policy.secret',
          value.value.at,
          `\`${name}\` looks like a secret that is written here`,
          {
            mend: `name it: \`{ from: env:${name} }\``,
          },
        );
      }
      env.set(name, value.value.value);
    }
  }
  return env;
}

function compileCredential(
  credential: CredentialSyntax | undefined,
  transport: Transport,
  report: Report,
): CredentialDeclaration | null {
  if (credential?.from === undefined || credential.as === undefined) return null;
  const { as } = credential;
  const fits =
    transport.type === 'stdio'
      ? as.type === 'env'
      : transport.type === 'streamable_http' && as.type !== 'env';
  if (!fits) {
    const mends = {
      stdio: 'write `as: { env: NAME }`, or put it into `mcp.env`',
      streamable_http: 'write `as: bearer`, `basic`, `{ header: name }` or `{ query: name }`',
      functions: 'remove it: functions get no credential from Sallyport',
    };
    report.error(
      'policy.conflict',
      as.at,
      `a credential can't be presented as \`${as.type}\` to this upstream`,
      {
        mend: mends[transport.type],
      },
    );
    return null;
  }
  const secret = { from: credential.from.value };
  return 'name' in as
    ? { secret, as: { type: as.type, name: as.name.value } }
    : { secret, as: { type: as.type } };
}
