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

const fileShape = z.looseObject({ mcpServers: z.record(z.string().min(1), serverShape) });

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
    readonly as: 'bearer' | { readonly header: string };
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
      `${source} is no \`mcpServers\` file: ${z.prettifyError(parsed.error)}`,
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
    if (server.url !== undefined)
      return {
        name,
        transport: { type: 'streamable_http', url: server.url },
        credential: credentialOf(name, server.headers ?? {}),
      };
    const env = Object.fromEntries(
      Object.entries(server.env ?? {}).map(([variable, value]) => [
        variable,
        envValue(name, variable, value),
      ]),
    );
    return {
      name,
      transport: { type: 'stdio', command: server.command ?? '', args: server.args ?? [], env },
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

function credentialOf(
  server: string,
  headers: Readonly<Record<string, string>>,
): ImportedServer['credential'] {
  const [first, ...others] = Object.entries(headers);
  if (first === undefined) return null;
  if (others.length > 0)
    throw new UsageError(
      `server \`${server}\` sends several headers, and an upstream has one credential`,
      'keep the one that authenticates',
    );
  const [header, value] = first;
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

/** By its name, or because nothing but a generated value looks like it. In doubt it is one: a file too many harms nobody. */
function looksSecret(variable: string, value: string): boolean {
  if (value === '') return false;
  if (/(?:KEY|TOKEN|SECRET|PASSW|CREDENTIAL|AUTH|DSN|PRIVATE)/i.test(variable)) return true;
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/\s]*:[^/\s]*@/i.test(value)) return true;
  return (
    value.length >= 20 && !/[\s/\\.:]/.test(value) && /[0-9]/.test(value) && /[A-Za-z]/.test(value)
  );
}
