import { type Disguise, disguisesIn } from '../../src/content/disguises.ts';
import { tokensOf } from '../text/tokens.ts';

/** What a field of a form shows as something else than it is, or not at all; null: it shows all of it. */
export function disguisesOfField(text: string): readonly Disguise[] | null {
  const disguises = disguisesIn(text);
  const isAllSeen = tokensOf(text, true).every(({ type }) => type === 'text');
  return disguises.length === 0 && isAllSeen ? null : disguises;
}
