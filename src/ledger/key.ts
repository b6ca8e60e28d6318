/**
 * The key that signs checkpoints. Whoever has it can rewrite the ledger so that it verifies again, save for those who
 * kept a checkpoint: so it lies in a file for its owner alone, and one that lies open is refused.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { LedgerError } from './errors.ts';
import { formatVkey, parseVkey, type Signer, type Verifier, verifierOf } from './note.ts';

export function keyFiles(directory: string): { readonly secret: string; readonly vkey: string } {
  return { secret: join(directory, 'ledger.key.pem'), vkey: join(directory, 'ledger.vkey') };
}

/** Makes the key of a new ledger; the directory too when it is missing. Never replaces a key. */
export function createLedgerKey(directory: string): Signer {
  const files = keyFiles(directory);
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const name = `sallyport.local/${randomBytes(6).toString('hex')}`;
  const signer = { ...verifierOf(name, publicKey), privateKey };
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    // The public half first: a crash in between leaves no key that lacks its name.
    writeNew(files.vkey, `${formatVkey(signer)}\n`, 0o644);
    writeNew(files.secret, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600);
  } catch (error) {
    throw new LedgerError('ledger.key', `the ledger's key can't be written in ${directory}`, {
      hint: 'a ledger keeps its key for life: start a new ledger in an empty directory',
      cause: error,
    });
  }
  return signer;
}

/** Null when there is no key. */
export function loadLedgerKey(directory: string): Signer | null {
  const { secret } = keyFiles(directory);
  const pem = readPrivate(secret);
  if (pem === null) return null;
  const privateKey = parseKey(pem, secret);
  const { name } = loadVerifier(directory);
  const signer = { ...verifierOf(name, createPublicKey(privateKey)), privateKey };
  if (formatVkey(signer) !== formatVkey(loadVerifier(directory))) {
    throw new LedgerError('ledger.key', `${secret} is not the key of the ledger in ${directory}`);
  }
  return signer;
}

/** The public half: what checkpoints and receipts are verified with. */
export function loadVerifier(directory: string): Verifier {
  const { vkey } = keyFiles(directory);
  try {
    return parseVkey(readFileSync(vkey, 'utf8'));
  } catch (error) {
    if (error instanceof LedgerError) throw error;
    throw new LedgerError('ledger.key', `there is no readable ${vkey}`, {
      hint: '`sallyport init` makes it; `--key` gives another',
      cause: error,
    });
  }
}

function readPrivate(file: string): string | null {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new LedgerError('ledger.key', `${file} can't be read`, { cause: error });
  }
  try {
    if (process.platform !== 'win32' && (fstatSync(fd).mode & 0o077) !== 0) {
      throw new LedgerError('ledger.key', `${file} is open to others`, {
        hint: `chmod 600 ${file}; if others could read it, start a new ledger`,
      });
    }
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

function parseKey(pem: string, file: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Its message may quote the key.
  }
  throw new LedgerError('ledger.key', `${file} holds no Ed25519 key`);
}

function writeNew(file: string, text: string, mode: number): void {
  const fd = openSync(file, 'wx', mode);
  try {
    writeFileSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
