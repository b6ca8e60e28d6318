import type { Context } from '../context.ts';
import type { Finding } from '../decision.ts';
import { judgedSides } from '../pairing.ts';

/** Who has to agree: what the chosen alternatives ask for. */
export function gate(context: Context): readonly Finding[] {
  return judgedSides(context).flatMap(
    ({ chosen }) => chosen?.findings.filter((finding) => finding.stage === 'gate') ?? [],
  );
}
