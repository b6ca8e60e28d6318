/** C2SP signed notes with Ed25519: text that is worth nothing until a signature of a known key on it was verified. */
import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import { LedgerError } from './errors.ts';

/** Room for a checkpoint and a few dozen cosignatures of witnesses. */
export const noteBytesMax: number = 256 * 1024;

const ed25519 = 0x01;
const nameForm = /^[^\s+\p{Cc}]{1,200}$/u;

export interface Verifier {
  readonly name: string;
  /** Four bytes of hash: they find the key, they don't prove it. */
  readonly keyId: Buffer;
  readonly publicKey: KeyObject;
}

export interface Signer extends Verifier {
  readonly privateKey: KeyObject;
}

export function verifierOf(name: string, publicKey: KeyObject): Verifier {
  if (!nameForm.test(name))
    throw new LedgerError('ledger.format', 'a key name has no spaces and no `+`');
  return { name, keyId: keyIdOf(name, rawPublic(publicKey)), publicKey };
}

/** `<name>+<key id, hex>+<type and public key, base64>` */
export function formatVkey({ name, keyId, publicKey }: Verifier): string {
  const key = Buffer.concat([Buffer.from([ed25519]), rawPublic(publicKey)]);
  return `${name}+${keyId.toString('hex')}+${key.toString('base64')}`;
}

export function parseVkey(vkey: string): Verifier {
  const [, name = '', id = '', encoded = ''] =
    /^([^+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey.trim()) ?? [];
  const key = fromBase64(encoded);
  if (key?.length !== 33 || key[0] !== ed25519) {
    throw new LedgerError('ledger.format', 'this is not the verifier key of an Ed25519 note', {
      hint: 'it reads `name+hex+base64`, on one line',
    });
  }
  const x = key.subarray(1).toString('base64url');
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const verifier = verifierOf(name, publicKey);
  if (verifier.keyId.toString('hex') !== id) {
    throw new LedgerError(
      'ledger.format',
      'the verifier key was altered: its id is not that of its key',
    );
  }
  return verifier;
}

/** @param text ends in a newline. */
export function signNote(text: string, signer: Signer): string {
  const signature = sign(null, Buffer.from(text, 'utf8'), signer.privateKey);
  return `${text}\n— ${signer.name} ${Buffer.concat([signer.keyId, signature]).toString('base64')}\n`;
}

/**
 * The text of a note that the verifier's key signed. Signatures of other keys are passed over.
 *
 * @throws {LedgerError} `ledger.format` or `ledger.signature`.
 */
export function openNote(note: string, verifier: Verifier): string {
  const { text, signatures } = splitNote(note);
  const message = Buffer.from(text, 'utf8');
  let signed = false;
  for (const { name, bytes } of signatures) {
    if (name !== verifier.name || !verifier.keyId.equals(bytes.subarray(0, 4))) continue;
    // One bad signature in a known key's name spoils the note, whatever else is on it.
    if (!verify(null, message, verifier.publicKey, bytes.subarray(4))) {
      throw new LedgerError('ledger.signature', `the signature of ${name} is not over this text`);
    }
    signed = true;
  }
  if (!signed)
    throw new LedgerError('ledger.signature', `the note is not signed by ${formatVkey(verifier)}`);
  return text;
}

function splitNote(note: string): { text: string; signatures: { name: string; bytes: Buffer }[] } {
  const bad = (why: string) => new LedgerError('ledger.format', `not a signed note: ${why}`);
  if (note.length > noteBytesMax) throw bad('too long');
  if (hasControls(note) || !note.isWellFormed()) throw bad('control characters');
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) throw bad('no signatures');
  const lines = note.slice(split + 2, -1).split('\n');
  const signatures = lines.map((line) => {
    const [, name = '', encoded = ''] = /^— (\S+) (\S+)$/.exec(line) ?? [];
    const bytes = fromBase64(encoded);
    if (!nameForm.test(name) || bytes === null || bytes.length < 5)
      throw bad('a broken signature line');
    return { name, bytes };
  });
  return { text: note.slice(0, split + 1), signatures };
}

/** Notes that follow one another in a text, with empty lines between them or without: each ends with its signatures. */
export function splitNotes(text: string): readonly string[] {
  return text.match(/(?:[^\n—][^\n]*\n)+\n(?:— [^\n]*\n)+/g) ?? [];
}

function hasControls(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 && code !== 0x0a) return true;
  }
  return false;
}

/** Null unless it is exactly how we would write it: two spellings of one proof would be two receipts. */
export function fromBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return text !== '' && bytes.toString('base64') === text ? bytes : null;
}

function rawPublic(publicKey: KeyObject): Buffer {
  return Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
}

function keyIdOf(name: string, raw: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(`${name}\n`, 'utf8'), Buffer.from([ed25519]), raw]);
  return hash('sha256', named, 'buffer').subarray(0, 4);
}
