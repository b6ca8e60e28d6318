/** The ledger against what was signed: every checkpoint that was ever copied away, and its own. */
import { openCheckpoint } from '../../src/ledger/checkpoint.ts';
import { leafHash, sameHash } from '../../src/ledger/leaf.ts';
import { parseVkey } from '../../src/ledger/note.ts';
import { Frontier } from '../../src/ledger/tree.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import type { Violation, World } from './world.ts';

const rowsAtOnce = 256;

export async function ledgerViolations(
  world: Pick<World, 'store' | 'vkey' | 'checkpoints' | 'state'>,
): Promise<Violation[]> {
  const violations: Violation[] = [];
  const { store, vkey } = world;
  const report = await verifyLedger({ reader: store, vkey, keptCheckpoint: null });
  for (const { code, seq, detail } of report.problems)
    violations.push({ invariant: 'acknowledged', detail: `${code} at ${seq}: ${detail}` });
  if (world.state === 'stopped' && report.sealed < report.events) {
    violations.push({
      invariant: 'acknowledged',
      detail: `${report.sealed} of ${report.events} events are sealed`,
    });
  }
  for (const detail of await contradicted(world))
    violations.push({ invariant: 'checkpoint', detail });
  return violations;
}

/** The roots of the tree as it is now, at each size that was ever signed. */
async function contradicted({
  store,
  vkey,
  checkpoints,
}: Pick<World, 'store' | 'vkey' | 'checkpoints'>): Promise<string[]> {
  const verifier = parseVkey(vkey);
  const signed = checkpoints
    .map((note) => openCheckpoint(note, verifier))
    .toSorted((a, b) => a.size - b.size);
  const frontier = new Frontier();
  const wrong: string[] = [];
  for (const { size, root } of signed) {
    while (frontier.size < size) {
      const rows = await store.eventRows(frontier.size, Math.min(rowsAtOnce, size - frontier.size));
      if (rows.length === 0) break;
      for (const { leaf } of rows) frontier.add(leafHash(leaf));
    }
    if (frontier.size < size) wrong.push(`${size} events were sealed, ${frontier.size} are there`);
    else if (!sameHash(frontier.root(), root)) wrong.push(`the first ${size} events were changed`);
  }
  return wrong;
}
