/** C2SP signed notes with Ed25519, and the checkpoints that are written as such. Whatever doesn't fit is null. */
import { type Bytes, fromBase64, hexOf, joined, sha256, utf8 } from './bytes.ts';
import type { Tree } from './tree.ts';

const ed25519 = 1;
const noteCharactersMax = 256 * 1024;

export interface Verifier {
  /** The log's name, and its key's. */
  readonly name: string;
  readonly keyId: string;
  readonly key: Bytes;
}

/** `<name>+<key id, hex>+<type and public key, base64>`; null also where the id is another key's. */
export async function parseVerifier(vkey: string): Promise<Verifier | null> {
  const [, name = '', keyId = '', encoded = ''] =
    /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey.trim()) ?? [];
  const key = fromBase64(encoded);
  if (key?.length !== 33 || key[0] !== ed25519) return null;
  const hash = await sha256(joined(utf8(`${name}\n`), key));
  return hexOf(hash.subarray(0, 4)) === keyId ? { name, keyId, key: key.slice(1) } : null;
}

export interface Checkpoint extends Tree {
  readonly origin: string;
}

/** The checkpoint, if the verifier's key signed it and every signature in its name is good. */
export async function openCheckpoint(note: string, verifier: Verifier): Promise<Checkpoint | null> {
  const text = await signedText(note, verifier);
  if (text === null) return null;
  const [origin = '', size = '', encoded = '', ...extensions] = text.slice(0, -1).split('\n');
  const root = fromBase64(encoded);
  const fits =
    origin === verifier.name &&
    /^(0|[1-9]\d{0,15})$/.test(size) &&
    Number.isSafeInteger(Number(size)) &&
    !extensions.includes('');
  return fits && root?.length === 32 ? { origin, size: Number(size), root } : null;
}

async function signedText(note: string, { name, keyId, key }: Verifier): Promise<string | null> {
  if (note.length > noteCharactersMax || !note.isWellFormed()) return null;
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note) || !note.endsWith('\n')) return null;
  const split = note.lastIndexOf('\n\n');
  if (split < 0) return null;
  const text = note.slice(0, split + 1);
  const signatures: Bytes[] = [];
  for (const line of note.slice(split + 2, -1).split('\n')) {
    const [, signer = '', encoded = ''] = /^— (\S+) (\S+)$/.exec(line) ?? [];
    const bytes = fromBase64(encoded);
    if (signer === '' || bytes === null || bytes.length < 5) return null;
    if (signer === name && hexOf(bytes.subarray(0, 4)) === keyId) signatures.push(bytes.slice(4));
  }
  const publicKey = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
  const good = await Promise.all(
    signatures.map((bytes) => crypto.subtle.verify('Ed25519', publicKey, bytes, utf8(text))),
  );
  return good.length > 0 && good.every(Boolean) ? text : null;
}
