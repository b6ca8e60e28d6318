import type { Context } from '../context.ts';
import type { Finding } from '../decision.ts';
import { deny } from '../findings.ts';
import { examine } from './inputs/examined.ts';
import { holdNext } from './inputs/hold-next.ts';
import { injection } from './inputs/injection.ts';
import { outbound } from './inputs/outbound.ts';
import { pii } from './inputs/pii.ts';
import { secrets } from './inputs/secrets.ts';
import { sql } from './inputs/sql.ts';

/**
 * What the arguments carry: no credential, nothing that may not leave, nothing that a person has to see first. Detectors
 * only tighten. That they saw nothing allows nothing, and that they didn't look refuses.
 */
export function inputs(context: Context): readonly Finding[] {
  const examined = examine(context);
  if (examined === null) return [];
  const { unscanned, tool } = examined;
  return [
    ...(unscanned === 0 ? [] : [deny('inputs', 'inputs.unscanned', { texts: unscanned }, tool.at)]),
    ...holdNext(examined),
    ...secrets(examined),
    ...pii(examined),
    ...injection(examined),
    ...outbound(examined),
    ...sql(context),
  ];
}
