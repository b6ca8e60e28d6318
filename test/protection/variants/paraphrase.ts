/** V6: the content is disguised; where it goes stays. */
import { isContent, rewritten } from '../places.ts';
import type { Tools } from '../policy.ts';
import { disguises } from './disguise.ts';
import type { Variation } from './variant.ts';

/** Of an attack whose destination is already chosen. */
export function paraphrased(variation: Variation, tools: Tools): readonly Variation[] {
  return Object.entries(disguises).flatMap(([form, disguise]) => {
    let changes = 0;
    const steps = variation.steps.map((step) => {
      const tool = tools.get(step.tool);
      if (!step.attackCritical || tool === undefined) return step;
      const args = rewritten(tool, step.args, (place) => {
        const isReworded = form === 'reworded' && place.kind === 'title';
        if (!isContent(place) && !isReworded) return place.text;
        const written = disguise(place.text);
        if (written !== place.text) changes += 1;
        return written;
      });
      return { ...step, args };
    });
    return changes === 0 ? [] : [{ form, steps }];
  });
}
