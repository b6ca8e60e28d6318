import type { Screening, Sighting } from '../sighting.ts';
import { weigh } from './evidence.ts';
import { gather } from './gather.ts';

export const injectionVersion = 1;

/** A person reads no more; the score is of all of them. */
const sightingsMax = 100;

/** One word of ASCII this short says no two things, and one alone is no instruction: most arguments are names, ids and paths. */
const plainMax = 24;
const plain = /^[\w.@:/+-]*$/;
const nothing: Screening = { score: 0, sightings: [], complete: true };

/**
 * How much a text speaks like an instruction to whoever reads it for somebody else.
 *
 * What it looks for is how such texts are made: they take back what the model was told, speak to it, imitate the frame
 * of its conversation, ask for what only a program with tools can do, and hide. Each alone is what people write; the
 * score is of what stands together. Whoever knows these rules can write around them.
 */
export function screenText(text: string, toolNames: readonly string[]): Screening {
  if (text.length <= plainMax && plain.test(text)) return nothing;
  const { evidence, complete } = gather(text, toolNames);
  const { score, clusters } = weigh(evidence);
  const sightings: Sighting[] = [
    ...clusters.map((cluster) => ({ type: 'instructions', ...cluster })),
    ...evidence.map(({ family, weight, start, end }) => ({
      type: family,
      start,
      end,
      score: weight,
    })),
  ];
  return { score, sightings: sightings.slice(0, sightingsMax), complete };
}
