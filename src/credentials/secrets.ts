/**
 * Reads a secret where the policy says that it is. Secrets are named, never written: `env:NAME`, `file:/path`, and
 * with `#field` one field of a JSON object or of `KEY=value` lines. Read when used, so that a rotated file is picked up.
 */
import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { readJson } from '../content/json.ts';
import { isJsonObject } from '../content/value.ts';
import type { SecretReference } from '../policy/model.ts';
import { CredentialError } from './errors.ts';

const secretBytesMax = 64 * 1024;

/** Shorter values can't be redacted by value without tearing every result apart, so they aren't held as secrets. */
const secretCharactersMin = 4;

export async function readSecret(reference: SecretReference): Promise<string> {
  const { provider, path, field } = parseReference(reference.from);
  const written =
    provider === 'env'
      ? readVariable(reference.from, path)
      : await readSecretFile(reference.from, path);
  const value = field === null ? written : readField(reference.from, written, field);
  if (value.length < secretCharactersMin) {
    throw new CredentialError(
      'credential.unusable',
      `secret \`${reference.from}\` is shorter than ${secretCharactersMin} characters`,
      {
        hint: 'it could not be kept out of results; write it as a plain value if it is not secret',
      },
    );
  }
  return value;
}

interface ParsedReference {
  readonly provider: 'env' | 'file';
  readonly path: string;
  readonly field: string | null;
}

function parseReference(from: string): ParsedReference {
  const match = /^(env|file):([^#]+)(?:#([^#]+))?$/.exec(from);
  const [, provider, path, field] = match ?? [];
  if ((provider !== 'env' && provider !== 'file') || path === undefined) {
    throw new CredentialError(
      'credential.reference',
      `secret reference \`${from}\` can't be read`,
      {
        hint: 'write `env:NAME` or `file:/path`, with `#field` for one field of it',
      },
    );
  }
  if (provider === 'file' && !isAbsolute(path)) {
    throw new CredentialError(
      'credential.reference',
      `secret reference \`${from}\` has a relative path`,
      {
        hint: 'write the whole path: what a relative one means depends on where Sallyport was started',
      },
    );
  }
  return { provider, path, field: field ?? null };
}

function readVariable(from: string, name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new CredentialError('credential.missing', `secret \`${from}\` is not set`, {
      hint: `set the environment variable ${name} where Sallyport runs`,
    });
  }
  return value;
}

async function readSecretFile(from: string, path: string): Promise<string> {
  await checkLink(from, path);
  // Not blocking: a named pipe put in the file's place must not stop the gateway.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      throw new CredentialError('credential.missing', `secret \`${from}\` can't be opened`, {
        hint: 'check that the file exists and that Sallyport may read it',
        cause: error,
      });
    },
  );
  try {
    // What was opened is what is checked: a path could have been exchanged in between.
    const stats = await file.stat();
    if (!stats.isFile())
      throw new CredentialError('credential.unusable', `secret \`${from}\` is not a regular file`);
    if (!isOurs(stats.uid)) {
      throw new CredentialError(
        'credential.unsafe_file',
        `secret \`${from}\` belongs to another user`,
        { hint: 'its owner has to be the user that runs Sallyport, or root' },
      );
    }
    if ((stats.mode & 0o077) !== 0) {
      throw new CredentialError(
        'credential.unsafe_file',
        `secret \`${from}\` can be reached by other users`,
        { hint: `run: chmod 600 ${path}` },
      );
    }
    if (stats.size > secretBytesMax)
      throw new CredentialError(
        'credential.unusable',
        `secret \`${from}\` is larger than ${secretBytesMax} bytes`,
      );
    const text = await file.readFile('utf8');
    return text.replace(/\r?\n$/, '');
  } finally {
    await file.close();
  }
}

/** A link is followed only if we or root made it: whoever can lay a link chooses which of our secrets is sent. */
async function checkLink(from: string, path: string): Promise<void> {
  const stats = await lstat(path).catch(() => null);
  if (stats?.isSymbolicLink() === true && !isOurs(stats.uid)) {
    throw new CredentialError(
      'credential.unsafe_file',
      `secret \`${from}\` is a link made by another user`,
    );
  }
}

function isOurs(uid: number): boolean {
  return uid === 0 || process.getuid === undefined || uid === process.getuid();
}

function readField(from: string, text: string, field: string): string {
  const value = text.trimStart().startsWith('{')
    ? jsonField(from, text, field)
    : lineField(text, field);
  if (value === undefined)
    throw new CredentialError(
      'credential.missing',
      `secret \`${from}\`: there is no field \`${field}\``,
    );
  return value;
}

function jsonField(from: string, text: string, field: string): string | undefined {
  let value: ReturnType<typeof readJson>;
  try {
    value = readJson(text);
  } catch {
    // Without the cause: the reader's message may quote what it met.
    throw new CredentialError('credential.unusable', `secret \`${from}\` is not valid JSON`);
  }
  const found = isJsonObject(value) && Object.hasOwn(value, field) ? value[field] : undefined;
  if (found === undefined || typeof found === 'string') return found;
  throw new CredentialError('credential.unusable', `secret \`${from}\`: the field is not a string`);
}

function lineField(text: string, field: string): string | undefined {
  for (const line of text.split(/\r?\n/)) {
    const [, name, written] =
      /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== field || written === undefined) continue;
    return /^(["'])(.*)\1$/.exec(written)?.[2] ?? written;
  }
  return undefined;
}
