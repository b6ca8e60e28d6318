/** C2SP tlog checkpoints: the tree's size and root, signed. Whoever keeps one can tell whether the past was changed. */
import { LedgerError } from './errors.ts';
import { hashBytes } from './leaf.ts';
import { fromBase64, openNote, type Signer, signNote, type Verifier } from './note.ts';

export interface Checkpoint {
  /** Names the log; the same as its key. */
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

export function signCheckpoint(
  tree: { readonly size: number; readonly root: Uint8Array },
  signer: Signer,
): string {
  const root = Buffer.from(tree.root).toString('base64');
  return signNote(`${signer.name}\n${tree.size}\n${root}\n`, signer);
}

/** @throws {LedgerError} unless it is a checkpoint of this log, signed by its key. */
export function openCheckpoint(note: string, verifier: Verifier): Checkpoint {
  const checkpoint = parseCheckpoint(openNote(note, verifier));
  if (checkpoint.origin !== verifier.name) {
    throw new LedgerError(
      'ledger.signature',
      `the checkpoint is of another log, ${checkpoint.origin}`,
    );
  }
  return checkpoint;
}

function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', size = '', encoded = '', ...extensions] = text.slice(0, -1).split('\n');
  const root = fromBase64(encoded);
  const fits =
    origin !== '' &&
    /^(0|[1-9]\d{0,15})$/.test(size) &&
    Number.isSafeInteger(Number(size)) &&
    root?.length === hashBytes &&
    !extensions.includes('');
  if (!fits || root === null)
    throw new LedgerError('ledger.format', 'the note holds no checkpoint');
  return { origin, size: Number(size), root };
}
