/**
 * Which blocks of neighbouring events hold one of an agent's, or of a type: a hint of one row a block where an index
 * would be written with every event. A reader looks through those blocks alone.
 */
export const blockEvents = 256;

export function blockOf(seq: number): number {
  return Math.floor(seq / blockEvents);
}
