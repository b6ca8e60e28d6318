import type { Family } from '../evidence.ts';
import type { Wording } from '../phrase.ts';

interface Manner {
  readonly isOrder?: boolean;
  readonly isDeniable?: boolean;
  readonly isUnspaced?: boolean;
}

export function wordings(
  family: Family,
  weight: number,
  phrases: readonly string[],
  { isOrder = false, isDeniable = false, isUnspaced = false }: Manner = {},
): readonly Wording[] {
  return phrases.map((phrase) => ({
    family,
    weight,
    phrase,
    isOrder,
    isDeniable,
    isUnspaced,
  }));
}
