import type { Stretch } from './edits.ts';

/** What is further off belongs to another thought. */
const restUnitsMax = 256;
const stop = /[.!?。！？…](?=["'”’»)\]]*(?:\s|$))["'”’»)\]]*|[。！？]|(?=[\r\n])|$/;

/**
 * The stretch on to the end of its sentence or line. Detectors see where an order begins to be one; what it asks for stands
 * behind that, and half an address in a mark is worse than none.
 */
export function toSentenceEnd(text: string, { start, end }: Stretch): Stretch {
  // From its last character on: it may end with the sentence.
  const from = Math.max(start, end - 1);
  const near = text.slice(from, from + restUnitsMax);
  const found = stop.exec(near);
  if (found === null) return { start, end };
  const isCut = found.index === near.length && from + near.length < text.length;
  // No end of a sentence near: then that of the last whole word, if there is one.
  const rest = isCut ? near.search(/\s\S*$/) : found.index + found[0].length;
  return { start, end: Math.max(end, from + rest) };
}
