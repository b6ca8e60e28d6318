/** Both revisions, direct and through the gateway. */
import { compare, type Row, readRefusedOnPurpose, unknownScenarios } from './comparison.ts';
import { type Revision, revisions, runSuite } from './suite.ts';
import { startTargets } from './through.ts';

/** The fixture speaks the revision's own era on the gateway's other side too. */
const eras = { '2025-11-25': 'legacy', '2026-07-28': 'modern' } as const;

export interface Report {
  readonly rows: readonly Row[];
  /** Listed as refused, and not run by any suite. */
  readonly unknown: readonly string[];
}

export async function conformanceReport(): Promise<Report> {
  const refused = await readRefusedOnPurpose();
  const rows: Row[] = [];
  for (const revision of revisions) rows.push(...(await rowsOf(revision)));
  return { rows, unknown: unknownScenarios(rows, refused) };

  async function rowsOf(revision: Revision): Promise<readonly Row[]> {
    await using targets = await startTargets(eras[revision]);
    const direct = await runSuite(revision, targets.direct);
    return compare(revision, direct, await runSuite(revision, targets.gateway), refused);
  }
}
