/**
 * The ways around the gateway that a policy tells of: what an agent's host would need to reach an upstream, or to become
 * the operator, by itself. Tried where the agent runs, they show whether Sallyport is the only way.
 */
import { dirname, isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { digestOf } from '../../content/digest.ts';
import { adminSocketOf } from '../../edges/admin/socket.ts';
import { keyFiles } from '../../ledger/key.ts';
import type { Policy, UpstreamDeclaration } from '../../policy/model.ts';
import { storeFiles } from '../../store/sqlite/files.ts';
import type { Place } from '../place.ts';

export type Target = { readonly of: string } & (
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'tcp'; readonly host: string; readonly port: number }
  | { readonly type: 'command'; readonly command: string }
  | { readonly type: 'file'; readonly path: string }
  | { readonly type: 'variable'; readonly name: string }
);

export const targetShape: z.ZodType<Target> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('url'), url: z.url({ protocol: /^https?$/ }), of: z.string() }),
  z.strictObject({
    type: z.literal('tcp'),
    host: z.string().min(1).max(253),
    port: z.number().int().min(1).max(65_535),
    of: z.string(),
  }),
  /** A program that could be started by itself. */
  z.strictObject({ type: z.literal('command'), command: z.string().min(1), of: z.string() }),
  /** Data, a key or a socket that lies on a disk. */
  z.strictObject({ type: z.literal('file'), path: z.string().min(1), of: z.string() }),
  z.strictObject({ type: z.literal('variable'), name: z.string().min(1), of: z.string() }),
]);

export const targetsMax: number = 256;

export interface TargetFile {
  readonly ok: true;
  readonly policy: string;
  readonly digest: string;
  readonly targets: readonly Target[];
}

export const targetFileShape: z.ZodType<TargetFile> = z.strictObject({
  ok: z.literal(true),
  policy: z.string(),
  digest: z.string(),
  targets: z.array(targetShape).max(targetsMax),
});

export function targetsOf(policy: Policy, place: Place): Target[] {
  const own: Target[] = [
    { type: 'file', path: adminSocketOf(place.dataDirectory), of: 'sallyport' },
    { type: 'file', path: keyFiles(place.dataDirectory).secret, of: 'sallyport' },
    { type: 'file', path: storeFiles(place.dataDirectory).database, of: 'sallyport' },
  ];
  const all = [...policy.upstreams.values()].flatMap((upstream) =>
    upstreamTargets(upstream, dirname(place.policyFile)),
  );
  const once = new Map([...own, ...all].map((target) => [JSON.stringify(target), target]));
  return [...once.values()];
}

/** What was tried has to be what there was to try. */
export function targetsDigest(targets: readonly Target[]): string {
  return digestOf(targets.map((target) => ({ ...target })));
}

function upstreamTargets(
  { name, transport, credential }: UpstreamDeclaration,
  directory: string,
): Target[] {
  const secrets = credential === null ? [] : secretTarget(credential.secret.from, name);
  if (transport.type === 'functions') return secrets;
  if (transport.type === 'streamable_http')
    return [{ type: 'url', url: transport.url, of: name }, ...secrets];
  const env = [...transport.env];
  const written = new Map(
    env.flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );
  return [
    { type: 'command', command: programOf(transport.command, directory), of: name },
    ...[...transport.args, ...written.values()].flatMap((word) =>
      wordTargets(word, name, directory),
    ),
    ...hostTargets(written, name),
    ...env.flatMap(([, value]) =>
      typeof value === 'string' ? [] : secretTarget(value.from, name),
    ),
    ...secrets,
  ];
}

function programOf(command: string, directory: string): string {
  return command.includes('/') && !isAbsolute(command) ? join(directory, command) : command;
}

/** Addresses and places among a server's arguments and variables: what it works on, others may reach too. */
function wordTargets(word: string, of: string, directory: string): Target[] {
  const value = /^--?[a-z][a-z0-9-]*=(.+)$/i.exec(word)?.[1] ?? word;
  if (/^https?:\/\//i.test(value))
    return URL.canParse(value) ? [{ type: 'url', url: value, of }] : [];
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value) && URL.canParse(value)) {
    const { hostname, port } = new URL(value);
    return hostname === '' || port === ''
      ? []
      : [{ type: 'tcp', host: hostname, port: Number(port), of }];
  }
  if (value.startsWith('-') || /[\s:@]/.test(value)) return [];
  if (isAbsolute(value)) return [{ type: 'file', path: value, of }];
  // A bare word may be a folder beside the policy as well as a mode; one that isn't there can't be reached.
  return [{ type: 'file', path: join(directory, value), of }];
}

/** `IMAP_HOST` and `IMAP_PORT`: one server. */
function hostTargets(env: ReadonlyMap<string, string>, of: string): Target[] {
  return [...env].flatMap(([key, host]): Target[] => {
    const port = Number(env.get(key.replace(/HOST$/, 'PORT')));
    return /(?:^|_)HOST$/.test(key) && Number.isInteger(port) && port > 0 && port <= 65_535
      ? [{ type: 'tcp', host, port, of }]
      : [];
  });
}

function secretTarget(from: string, of: string): Target[] {
  const [, provider, path = ''] = /^(env|file):([^#]+)/.exec(from) ?? [];
  if (provider === 'env') return [{ type: 'variable', name: path, of }];
  return provider === 'file' ? [{ type: 'file', path, of }] : [];
}
