import type { CredentialDeclaration } from '../policy/model.ts';
import { CredentialError } from './errors.ts';

/** Where a credential goes in an HTTP request. The client never sees it: it exists on the upstream's side only. */
export interface HttpCredential {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: { readonly name: string; readonly value: string } | null;
}

export const noHttpCredential: HttpCredential = { headers: {}, query: null };

export function injectHttp(credential: CredentialDeclaration, secret: string): HttpCredential {
  const { as } = credential;
  switch (as.type) {
    case 'bearer':
      return inHeader(credential, 'authorization', `Bearer ${secret}`);
    case 'basic':
      return inHeader(
        credential,
        'authorization',
        `Basic ${Buffer.from(secret, 'utf8').toString('base64')}`,
      );
    case 'header':
      return inHeader(credential, as.name.toLowerCase(), secret);
    case 'query':
      return { headers: {}, query: { name: as.name, value: secret } };
    case 'env':
      throw new CredentialError(
        'credential.unusable',
        `secret \`${credential.secret.from}\`: an HTTP upstream has no environment to put it in`,
        {
          hint: 'use `as: bearer`, `basic`, `{ header: name }` or `{ query: name }`',
        },
      );
  }
}

/** The one variable that a credential becomes for a spawned upstream. */
export function injectEnv(
  credential: CredentialDeclaration,
  secret: string,
): Readonly<Record<string, string>> {
  if (credential.as.type === 'env') return { [credential.as.name]: secret };
  throw new CredentialError(
    'credential.unusable',
    `secret \`${credential.secret.from}\`: a spawned upstream takes its credential from the environment`,
    {
      hint: 'use `as: { env: NAME }`',
    },
  );
}

function inHeader(credential: CredentialDeclaration, name: string, value: string): HttpCredential {
  // A line break in a header would let the secret's file write headers of its own.
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    throw new CredentialError(
      'credential.unusable',
      `secret \`${credential.secret.from}\` has characters that can't stand in an HTTP header`,
    );
  }
  return { headers: { [name]: value }, query: null };
}
