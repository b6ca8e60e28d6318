import { type Context, holdersOf } from '../context.ts';
import type { Finding } from '../decision.ts';
import { joinableHold } from '../duplicates.ts';
import { deny } from '../findings.ts';
import { rolesOf } from '../parties.ts';

/** Who asks: the agent is known and not suspended, a user is there where one is needed, the run is open. */
export function identity(context: Context): readonly Finding[] {
  return [...openRuns(context, waited(context)), ...parties(context)];
}

/** It was held before, or repeats a call that was. */
function waited({ run, call, reading, facts }: Context): boolean {
  if (run.held.length === 0) return false;
  return (
    run.held.some(({ id, of }) => id === call.id && of === 'call') ||
    (reading?.ok === true && joinableHold(run, reading.read.digest, facts.nowMs) !== null)
  );
}

/** The same of Sallyport's own look at what a call names: whether that call may still be made is asked of the call. */
export function identityOfLookUp(context: Context): readonly Finding[] {
  return [...openRuns(context, true), ...parties(context)];
}

/**
 * Whoever closes a run stops what it started. Closed while people are being asked, it begins nothing new, and does what they
 * then agree to.
 */
function openRuns(context: Context, isWaited: boolean): readonly Finding[] {
  const ended = holdersOf(context).find(
    ({ status }) => status !== 'open' && !(isWaited && status === 'closing'),
  );
  return ended === undefined
    ? []
    : [deny('identity', 'identity.run_closed', { status: ended.status })];
}

function parties(context: Context): readonly Finding[] {
  const { policy, run, facts } = context;
  const findings: Finding[] = [];
  if (facts.suspended) findings.push(deny('identity', 'identity.suspended', { agent: run.agent }));
  // A run above it may be of another agent, for another person: each has to be in order by itself.
  for (const { agent: name, user } of holdersOf(context)) {
    const agent = policy.agents.get(name);
    if (agent === undefined) {
      findings.push(deny('identity', 'identity.unknown_agent', { agent: name }));
      continue;
    }
    if (user === null) {
      if (agent.actsFor.length > 0 && agent.unattendedOwner === null) {
        findings.push(deny('identity', 'identity.user_required', { agent: name }, agent.at));
      }
    } else if (rolesOf(policy, agent, user).length === 0) {
      findings.push(
        deny('identity', 'identity.user_not_permitted', { agent: name, user }, agent.at),
      );
    }
  }
  const pinned = policy.agents.get(run.agent)?.model?.pin ?? null;
  if (pinned !== null && run.model !== null && run.model !== pinned) {
    findings.push(deny('identity', 'identity.model', { pinned, reported: run.model }));
  }
  return findings;
}
