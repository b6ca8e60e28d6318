import { piiTypes } from '../../../content/detection/pii/find-pii.ts';
import type { JsonObject } from '../../../content/value.ts';
import type { CelFindings, OutboundReview } from '../../../policy/model.ts';
import { bindingsOf } from '../../bindings.ts';
import type { Finding } from '../../decision.ts';
import { deny, hold } from '../../findings.ts';
import { rolesOf } from '../../parties.ts';
import { sightedShownMax } from '../../sighted.ts';
import { type Examined, everywhere } from './examined.ts';
import { type Leaving, leavingWith } from './leaving.ts';
import { personalData } from './pii.ts';

/**
 * The review of what is about to leave: the last look at what an agent says outside, so it doubts. What couldn't be read to
 * its end, a model that gave no answer and a rule that has no value are reasons to stop, not to go on.
 */
export function outbound(examined: Examined): readonly Finding[] {
  const { content, tool } = examined;
  const review = content.outbound;
  if (review === null || tool.reach !== 'external') return [];
  const leaving = leavingWith(examined, review);
  const { factors } = leaving;
  const rules = review.rules.length === 0 ? [] : broken(examined, review, leaving);
  if (factors.length + rules.length === 0) return [];
  const stops = [
    ...(factors.length > 0 ? [review.response] : []),
    ...rules.map(({ response }) => response),
  ];
  const details: JsonObject = {
    score: factors.reduce((most, { score }) => Math.max(most, score), 0),
    factors: factors.slice(0, sightedShownMax).map((factor) => factor.details),
    ...(factors.length > sightedShownMax ? { more: factors.length - sightedShownMax } : {}),
    ...(rules.length > 0 ? { rules: rules.map((rule) => rule.details) } : {}),
  };
  // Nothing was found where a model that should have looked said nothing: to leave something out wouldn't mend that.
  const isUnscoredAlone =
    rules.length === 0 && factors.every((factor) => factor.details['type'] === 'unscored');
  const code = isUnscoredAlone ? 'inputs.detector' : 'inputs.outbound';
  return stops.includes('deny')
    ? [deny('inputs', code, details, review.position)]
    : [hold('inputs', code, details, review.position, null)];
}

interface BrokenRule {
  readonly response: 'hold' | 'deny';
  readonly details: JsonObject;
}

/** The operator's own rules that are true of this call, and those that have no value: a person can look at what they couldn't. */
function broken(
  examined: Examined,
  { rules }: OutboundReview,
  leaving: Leaving,
): readonly BrokenRule[] {
  const { context, read } = examined;
  const { run, policy } = context;
  const agent = policy.agents.get(run.agent);
  if (agent === undefined) return [];
  const roles = rolesOf(policy, agent, run.user);
  const party = { agent, user: run.user, roles, case: run.case };
  const bindings = {
    ...bindingsOf({ context, party, read }),
    content: findingsOf(examined, leaving),
  };
  return rules.flatMap(({ program, response }): readonly BrokenRule[] => {
    const result = program.evaluate(bindings);
    if (!result.ok)
      return [{ response: 'hold', details: { if: program.source, error: result.error } }];
    return result.value ? [{ response, details: { if: program.source } }] : [];
  });
}

function findingsOf(examined: Examined, { phrases, attachments }: Leaving): CelFindings {
  const personal = new Set(personalData(examined).map(({ sighting }) => sighting.type));
  const secrets = everywhere(examined, (scan) => scan.secrets ?? []);
  const models = examined.telling.flatMap(({ scan: { model } }) => model ?? []);
  return {
    injection: examined.telling.reduce(
      (most, { scan }) => Math.max(most, scan.injection?.score ?? 0),
      0,
    ),
    pii: piiTypes.filter((type) => personal.has(type)),
    secrets: [...new Set(secrets.map(({ sighting }) => sighting.type))],
    markers: phrases.markers,
    tone: phrases.tone,
    attachments,
    model: models.reduce(
      (most, one) => (one.type === 'scored' ? Math.max(most, one.score) : most),
      0,
    ),
    modelFailed: models.some(({ type }) => type === 'failed'),
  };
}
