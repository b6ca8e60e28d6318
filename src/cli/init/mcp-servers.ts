/**
 * Reads an `mcpServers` file, as agent hosts write it, into upstream declarations. Secrets in it are moved into files of
 * their own, which only their owner reads: the policy names them, and is safe to commit.
 */
import { z } from 'zod';
import { readJson, StrictJsonError } from '../../content/json.ts';
import { UsageError } from '../output.ts';

const serverShape = z.looseObject({
  command: z.string().min(1).optional(),
  args: z.array(z.string()).optional(),
  env: z.record(z.string(), z.string()).optional(),
  url: z.url({ protocol: /^https?$/ }).optional(),
  headers: z.record(z.string(), z.string()).optional(),
});

const serversShape = z.record(z.string().min(1), serverShape);

/** Most hosts say `mcpServers`, VS Code says `servers`. */
const fileShape = z.union([
  z.looseObject({ mcpServers: serversShape }),
  z.looseObject({ servers: serversShape }).transform(({ servers }) => ({ mcpServers: servers })),
]);

export interface ImportedServer {
  /** As the policy names it. */
  readonly name: string;
  readonly transport:
    | {
        readonly type: 'stdio';
        readonly command: string;
        readonly args: readonly string[];
        readonly env: Readonly<Record<string, EnvValue>>;
      }
    | { readonly type: 'streamable_http'; readonly url: string };
  readonly credential: {
    readonly secret: MovedSecret;
    readonly as: 'bearer' | { readonly header: string } | { readonly query: string };
  } | null;
}

export type EnvValue = { readonly text: string } | { readonly secret: MovedSecret };

export interface MovedSecret {
  /** The file's name below the data directory's `secrets`. */
  readonly file: string;
  readonly value: string;
}

/** @throws {UsageError} naming the server and what can't be taken over. */
export function readMcpServers(source: string, text: string): ImportedServer[] {
  const parsed = fileShape.safeParse(parse(source, text));
  if (!parsed.success) {
    throw new UsageError(
      `${source} is no \`mcpServers\` file`,
      'it reads { "mcpServers": { "files": { "command": "…", "args": [] } } }',
    );
  }
  const names = new Set<string>();
  return Object.entries(parsed.data.mcpServers).map(([written, server]) => {
    const name = upstreamName(written);
    if (names.has(name))
      throw new UsageError(
        `two servers of ${source} would be called \`${name}\``,
        'rename one of them',
      );
    names.add(name);
    if ((server.command === undefined) === (server.url === undefined)) {
      throw new UsageError(
        `server \`${written}\` of ${source} needs either a \`command\` or a \`url\``,
      );
    }
    if (server.url !== undefined) return remote(name, server.url, server.headers ?? {});
    const args = server.args ?? [];
    checkArguments(written, source, args);
    const env = Object.fromEntries(
      Object.entries(server.env ?? {}).map(([variable, value]) => [
        variable,
        envValue(name, variable, value),
      ]),
    );
    return {
      name,
      transport: { type: 'stdio', command: server.command ?? '', args, env },
      credential: null,
    };
  });
}

function parse(source: string, text: string): unknown {
  try {
    return readJson(text);
  } catch (error) {
    if (error instanceof StrictJsonError)
      throw new UsageError(`${source} is no JSON: ${error.message}`);
    throw error;
  }
}

/** Names on the wire are `upstream.tool`: a dot in the first half would make two readings of it. */
function upstreamName(written: string): string {
  const name = written
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 48);
  return /^[a-z]/.test(name) ? name : `server_${name}`;
}

function remote(
  name: string,
  written: string,
  headers: Readonly<Record<string, string>>,
): ImportedServer {
  const url = new URL(written);
  const credentials = Object.entries(headers).map(([header, value]) =>
    headerCredential(name, header, value),
  );
  for (const [parameter, value] of [...url.searchParams]) {
    if (!looksSecret(parameter, value)) continue;
    url.searchParams.delete(parameter);
    credentials.push({
      secret: { file: `${name}.${parameter}`, value },
      as: { query: parameter },
    });
  }
  const [credential = null, ...others] = credentials;
  if (others.length > 0)
    throw new UsageError(
      `server \`${name}\` sends several headers or keys, and an upstream has one credential`,
      'keep the one that authenticates',
    );
  const isAsWritten =
    credential === null || !(typeof credential.as === 'object' && 'query' in credential.as);
  return {
    name,
    transport: { type: 'streamable_http', url: isAsWritten ? written : url.href },
    credential,
  };
}

/** A server's arguments stand in the policy, and in the machine's list of processes: no place for a secret. */
function checkArguments(server: string, source: string, args: readonly string[]): void {
  if (!args.some((argument, index) => isSecretArgument(argument, args[index + 1] ?? ''))) return;
  throw new UsageError(
    `server \`${server}\` of ${source} has what looks like a secret in its arguments`,
    'give it in `env`, from where it is moved into a private file; or leave the server out, and write it into the policy yourself',
  );
}

const secretFlag =
  /^--?(?:[\w-]*[-_])?(?:api-?key|key|token|secret|pass|password|credentials?|dsn)$/i;

function isSecretArgument(argument: string, next: string): boolean {
  if (hasPassword(argument) || /^(?:authorization|x-api-key)\s*:\s*[^$\s]/i.test(argument))
    return true;
  const [, flag = argument, given = next] = /^(-[^=]+)=(.*)$/s.exec(argument) ?? [];
  return hasPassword(given) || (secretFlag.test(flag) && given !== '' && !given.startsWith('-'));
}

function headerCredential(
  server: string,
  header: string,
  value: string,
): NonNullable<ImportedServer['credential']> {
  const [, token] = /^bearer\s+(\S.*)$/i.exec(value) ?? [];
  return header.toLowerCase() === 'authorization' && token !== undefined
    ? { secret: { file: `${server}.token`, value: token }, as: 'bearer' }
    : { secret: { file: `${server}.${header.toLowerCase()}`, value }, as: { header } };
}

function envValue(server: string, variable: string, value: string): EnvValue {
  return looksSecret(variable, value)
    ? { secret: { file: `${server}.${variable}`, value } }
    : { text: value };
}

const secretName = /(?:KEY|TOKEN|SECRET|PASSW|CREDENTIAL|AUTH|DSN|PRIVATE)/i;

/** By its name, or because nothing but a generated value looks like it. In doubt it is one: a file too many harms nobody. */
function looksSecret(name: string, value: string): boolean {
  if (value === '') return false;
  if (secretName.test(name) || hasPassword(value)) return true;
  return (
    value.length >= 20 && !/[\s/\\.:]/.test(value) && /[0-9]/.test(value) && /[A-Za-z]/.test(value)
  );
}

/** `postgres://user:password@host/…` */
function hasPassword(value: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/\s]*:[^/\s]*@/i.test(value);
}
