/** Direct and through the gateway, side by side, against the list of what is refused on purpose. */
import { readFile } from 'node:fs/promises';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import type { Revision, Scenario } from './suite.ts';

const listShape = z.record(
  z.enum(['2025-11-25', '2026-07-28']),
  z.record(
    z.string(),
    z.strictObject({ because: z.string().min(20), checks: z.array(z.string()).min(1) }),
  ),
);

export type RefusedOnPurpose = z.infer<typeof listShape>;

export interface Row {
  readonly revision: Revision;
  readonly scenario: string;
  readonly direct: 'passed' | 'failed';
  /** `refused`: fails in exactly the checks that are listed, for the reason that is listed. */
  readonly gateway: 'passed' | 'refused' | 'failed';
  readonly note: string;
}

export async function readRefusedOnPurpose(): Promise<RefusedOnPurpose> {
  return listShape.parse(
    parseYaml(await readFile(new URL('refused-on-purpose.yaml', import.meta.url), 'utf8')),
  );
}

export function compare(
  revision: Revision,
  direct: readonly Scenario[],
  gateway: readonly Scenario[],
  refused: RefusedOnPurpose,
): readonly Row[] {
  const names = [...new Set([...direct, ...gateway].map(({ name }) => name))].sort();
  return names.map((scenario) => {
    const listed = refused[revision][scenario];
    const through = failuresOf(gateway, scenario);
    const unexpected = [...through].filter(([id]) => listed?.checks.includes(id) !== true);
    const stale = (listed?.checks ?? []).filter((id) => !through.has(id));
    const notes = [
      ...unexpected.map(([id, message]) => `${id}: ${message}`),
      ...stale.map((id) => `${id} passes, and is listed as refused`),
    ];
    return {
      revision,
      scenario,
      direct: failuresOf(direct, scenario).size === 0 ? 'passed' : 'failed',
      gateway: notes.length > 0 ? 'failed' : listed === undefined ? 'passed' : 'refused',
      note: notes.length > 0 ? notes.join('; ') : (listed?.because ?? ''),
    };
  });
}

/** Scenarios that are listed and that no suite runs: a list that outlived its suite would hide what comes after. */
export function unknownScenarios(
  rows: readonly Row[],
  refused: RefusedOnPurpose,
): readonly string[] {
  return Object.entries(refused).flatMap(([revision, scenarios]) =>
    Object.keys(scenarios)
      .filter(
        (scenario) => !rows.some((row) => row.revision === revision && row.scenario === scenario),
      )
      .map((scenario) => `${revision} ${scenario}`),
  );
}

export function formatRows(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ scenario }) => scenario.length));
  return rows
    .map(({ revision, scenario, direct, gateway, note }) =>
      `${revision}  ${scenario.padEnd(width)}  ${direct.padEnd(6)}  ${gateway.padEnd(7)}  ${note}`.trimEnd(),
    )
    .join('\n');
}

function failuresOf(scenarios: readonly Scenario[], name: string): ReadonlyMap<string, string> {
  const checks = scenarios.find((scenario) => scenario.name === name)?.checks;
  if (checks === undefined) return new Map([['not-run', 'the scenario was not run']]);
  return new Map(
    checks.filter(({ status }) => status === 'FAILURE').map(({ id, message }) => [id, message]),
  );
}
