import type { Unparsable } from '../kind.ts';

/** @param reason - a fixed phrase that follows "the value": it is shown to agents, so it quotes nothing. */
export function unparsable(reason: string): Unparsable {
  return { type: 'unparsable', reason };
}
