import type { TextScan } from '../../../content/detection/sighting.ts';
import type { JsonObject } from '../../../content/value.ts';
import type { Finding } from '../../decision.ts';
import { note } from '../../findings.ts';
import { type Examined, everywhere, foundDetails, type ScannedText } from './examined.ts';

/**
 * Orders in what an agent passes on are no reason to refuse it: they are a risk that a person is told of, and that the
 * review of what leaves counts.
 */
export function injection(examined: Examined): readonly Finding[] {
  const { content, telling, tool } = examined;
  const orders = telling.filter(({ scan }) => scoreOf(scan) >= content.injection.at);
  const findings: Finding[] = [];
  if (orders.length > 0) {
    const isOrder = new Set(orders.map(({ scan }) => scan));
    const found = everywhere(examined, (scan) =>
      isOrder.has(scan) ? (scan.injection?.sightings ?? []) : [],
    );
    findings.push(
      note(
        'inputs',
        'inputs.injection',
        { ...scores(orders), ...foundDetails('injection', found) },
        tool.at,
      ),
    );
  }
  const reasons = new Set(
    telling.flatMap(({ scan: { model } }) => (model?.type === 'failed' ? [model.reason] : [])),
  );
  if (reasons.size > 0)
    findings.push(
      note('inputs', 'inputs.detector', { reasons: [...reasons].slice(0, reasonsMax) }, tool.at),
    );
  return findings;
}

const reasonsMax = 3;

/** The worst that the screen or a model said of a text. */
export function scoreOf({ injection: screened, model }: TextScan): number {
  const modelled = model?.type === 'scored' ? model.score : 0;
  return Math.max(screened?.score ?? 0, modelled);
}

function scores(orders: readonly ScannedText[]): JsonObject {
  let score = 0;
  let model: number | null = null;
  for (const { scan } of orders) {
    score = Math.max(score, scan.injection?.score ?? 0);
    if (scan.model?.type === 'scored') model = Math.max(model ?? 0, scan.model.score);
  }
  return { score, ...(model === null ? {} : { model }) };
}
