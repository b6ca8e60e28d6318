/**
 * The doctor's own proof: a built-in policy of one tool, and the very runtime, store and ledger that a gateway uses. It
 * needs one call that is allowed and performed, one that is refused and not performed, and a receipt that verifies and
 * stops verifying when a byte of it is changed.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SallyportError } from '../../content/errors.ts';
import type { Event } from '../../engine/events.ts';
import { fold } from '../../engine/fold.ts';
import { open } from '../../index.ts';
import { loadVerifier } from '../../ledger/key.ts';
import { formatVkey } from '../../ledger/note.ts';
import { makeReceipt, verifyReceipt } from '../../ledger/receipt.ts';
import { openSqliteReader } from '../../store/sqlite/open.ts';
import { bad, type CheckResult, good } from './check.ts';

const policy = `sallyport: 1
enforcement: strict
upstreams:
  doctor: { functions: true }
tools:
  doctor.touch: { action: touch, tier: reversible, reach: internal, args: { where: identifier } }
roles:
  people:
    permissions:
      doctor: { touch: allow }
agents:
  patient:
    acts_for: [people]
    unattended: { owner: people }
    permissions:
      doctor: { touch: { where: { where: here } } }
`;

/** @param dataDirectory - the project's: the proof is made on the same disk. Nothing of it stays. */
export async function selfTest(dataDirectory: string): Promise<CheckResult[]> {
  const parent = existsSync(dataDirectory) ? dataDirectory : tmpdir();
  const directory = mkdtempSync(join(parent, 'doctor-'));
  try {
    const touched = await call(directory);
    return [
      touched.allowed === null
        ? good('allows', 'a granted call was performed')
        : bad('allows', `a granted call was not performed: ${touched.allowed}`),
      touched.refused === null
        ? good('refuses', 'a call outside of its grant was refused, and not performed')
        : bad('refuses', `a call outside of its grant: ${touched.refused}`),
      touched.allowed === null && touched.refused === null
        ? await proof(directory)
        : bad('proves', 'there is nothing to prove'),
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Null: as it has to be; else what was wrong. */
interface Touched {
  readonly allowed: string | null;
  readonly refused: string | null;
}

async function call(directory: string): Promise<Touched> {
  const policyFile = join(directory, 'sallyport.yaml');
  writeFileSync(policyFile, policy, { mode: 0o600 });
  await using door = await open({ policy: policyFile, directory, log: () => undefined });
  const touched: string[] = [];
  const touch = door.tool('doctor.touch', ({ where }: { readonly where: string }) => {
    touched.push(where);
    return where;
  });
  const attempt = (where: string): Promise<string> =>
    touch({ where }).then(
      () => (touched.includes(where) ? 'performed' : 'never performed'),
      (error: unknown) => (error instanceof SallyportError ? error.code : String(error)),
    );
  return await door.run({ agent: 'patient' }, async () => {
    const here = await attempt('here');
    const elsewhere = await attempt('elsewhere');
    return {
      allowed: here === 'performed' ? null : here,
      refused: elsewhere === 'authorize.where' && !touched.includes('elsewhere') ? null : elsewhere,
    };
  });
}

async function proof(directory: string): Promise<CheckResult> {
  await using reader = await openSqliteReader({ directory, foldRun: fold });
  const events = await reader.events({ limit: 100 });
  const seqOf = (type: Event['type']): number =>
    events.find(({ event }) => event.type === type)?.seq ?? -1;
  const vkey = formatVkey(loadVerifier(directory));
  for (const type of ['call.finished', 'call.denied'] as const) {
    const receipt = await makeReceipt(reader, seqOf(type));
    const report = verifyReceipt(receipt, vkey);
    if (!report.ok)
      return bad('proves', `the receipt of ${type} doesn't verify: ${report.problem}`);
    if (verifyReceipt(otherIndex(receipt), vkey).ok)
      return bad('proves', 'a receipt that was changed verifies too');
  }
  return good('proves', 'a receipt of each verified; changed ones did not');
}

function otherIndex(receipt: string): string {
  return receipt.replace(/^index (\d+)$/m, (_, index: string) => `index ${Number(index) + 1}`);
}
