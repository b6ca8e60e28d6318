import { conclude, refuse } from './conclude.ts';
import type { Context, Stage } from './context.ts';
import type { Decision, Finding } from './decision.ts';
import { fault } from './findings.ts';
import { judgedSides } from './pairing.ts';
import { authorize } from './stages/authorize.ts';
import { catalog } from './stages/catalog.ts';
import { flow } from './stages/flow.ts';
import { gate } from './stages/gate.ts';
import { identity } from './stages/identity.ts';
import { inputs } from './stages/inputs.ts';
import { limits } from './stages/limits.ts';
import { references } from './stages/references.ts';
import { schema } from './stages/schema.ts';

/** What the call is: nothing later makes sense for a call that fails here. */
const establish: readonly Stage[] = [identity, catalog, schema];

/** Whether anything later may look at the call: what fails here is worth no look at what it names. */
export function isEstablished(context: Context): boolean {
  return establish.every((stage) => !stage(context).some(({ verdict }) => verdict === 'deny'));
}

/** Whether it may happen: all of them run, so that the record shows every reason at once. */
const judge: readonly Stage[] = [authorize, limits, references, inputs, flow, gate];

/**
 * Decides one call.
 *
 * Pure and total: equal arguments give equal decisions, and it never throws. A stage that does throw is a bug of ours
 * and a refusal of the call: an error must never mean allow.
 */
export function decide(context: Context): Decision {
  const findings: Finding[] = [];
  try {
    for (const stage of establish) {
      findings.push(...stage(context));
      if (findings.some((finding) => finding.verdict === 'deny'))
        return conclude(context, findings, []);
    }
    for (const stage of judge) findings.push(...stage(context));
    return conclude(context, findings, judgedSides(context));
  } catch (error) {
    return refuse([...findings, fault(error)]);
  }
}
