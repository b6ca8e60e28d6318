/**
 * What whoever opens a run passes in is screened like anything else that its agent will read, vouched for or not: a
 * trusted request quotes a mail, and a value of the case is taken from one.
 */
import type { Scans } from '../content/detection/sighting.ts';
import type { Policy } from '../policy/model.ts';
import type { OpenerRisk } from './events.ts';
import type { CaseValues } from './run.ts';

const reasonsMax = 20;

/** The texts that are screened, each once. */
export function textsOfOpener({
  request,
  case: values,
}: {
  readonly request: string | null;
  readonly case: CaseValues;
}): readonly string[] {
  const texts = new Set<string>();
  for (const text of [request, ...Object.values(values)])
    if (typeof text === 'string' && text !== '') texts.add(text);
  return [...texts];
}

/** @param scans - of these texts. */
export function openerRisk(
  { content }: Policy,
  texts: readonly string[],
  scans: Scans,
): OpenerRisk | null {
  if (texts.length === 0) return null;
  const { at, response } = content.injection;
  const reasons = new Set<string>();
  let score = 0;
  let unknown = false;
  for (const text of texts) {
    const scan = scans.get(text);
    const screening = scan?.injection ?? null;
    if (screening === null) {
      unknown = true;
      reasons.add('unscanned');
    } else {
      score = Math.max(score, screening.score);
      for (const { type } of screening.sightings) reasons.add(type);
    }
    const model = scan?.model ?? null;
    if (model?.type === 'scored') {
      score = Math.max(score, model.score);
      if (model.score >= at) reasons.add('model');
    } else if (model !== null) {
      unknown = true;
      reasons.add('model_failed');
    }
  }
  // What nobody could look at is no better than what was found out.
  const holds = (response === 'hold_next' || response === 'withhold') && (unknown || score >= at);
  return { score, reasons: [...reasons].slice(0, reasonsMax), holds };
}
