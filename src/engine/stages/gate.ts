import type { Context } from '../context.ts';
import type { Finding } from '../decision.ts';
import { chosenFindings, judgedSides } from '../pairing.ts';

/** Who has to agree: what the chosen alternatives ask for. */
export function gate(context: Context): readonly Finding[] {
  return chosenFindings(judgedSides(context), 'gate');
}
