import type { Alternative } from '../policy/model.ts';
import { autonomyKey, autonomyOf } from './autonomy.ts';
import type { Proposed } from './context.ts';
import { agentRateKey, noveltyKeys, onceKeys, rateKey, totalKey } from './counters.ts';
import type { FactsRequest } from './facts.ts';
import { sidesOf } from './parties.ts';
import { scanOf } from './scans.ts';
import { needsHistory } from './stages/flow/inquire.ts';

/**
 * Names every fact that a decision about this call may read: the shell fetches exactly these. One that `decide` asks for
 * and doesn't find refuses the call, so what is forgotten here fails closed.
 */
export function gather(proposed: Proposed): FactsRequest {
  const { policy, run, call, tool, reading } = proposed;
  const windows: { key: string; windowMs: number | null }[] = [];
  const once: string[] = [];
  const used: string[] = [];
  let history = needsHistory(proposed) || (tool !== null && tool.resolve.size > 0);
  const agent = policy.agents.get(run.agent);
  if (agent?.rate != null)
    windows.push({ key: agentRateKey(agent), windowMs: agent.rate.windowMs });
  if (tool !== null && reading?.ok === true) {
    const { read } = reading;
    for (const { party, options } of sidesOf(proposed, tool)) {
      for (const option of options) {
        history ||= looksBack(option.alternative);
        const autonomy = autonomyOf(policy, tool, option, party);
        if (autonomy !== null)
          for (const answered of ['approved', 'rejected'] as const)
            windows.push({ key: autonomyKey(autonomy, answered), windowMs: null });
        for (const constraint of option.alternative.constraints) {
          if (constraint.type === 'rate') {
            windows.push({ key: rateKey(option, party), windowMs: constraint.rate.windowMs });
          } else if (constraint.type === 'max_total') {
            const key = totalKey(constraint, option, party);
            if (key !== null) windows.push({ key, windowMs: constraint.windowMs });
          } else if (constraint.type === 'once_per') {
            const keys = onceKeys(constraint, option, read);
            if (typeof keys !== 'string') once.push(...keys);
          } else if (constraint.type === 'novelty') {
            used.push(...noveltyKeys(party.agent, constraint.of, read));
          }
        }
      }
    }
  }
  return {
    agent: run.agent,
    upstream: tool?.upstream ?? '',
    tool: call.tool,
    windows,
    once,
    used,
    history,
    scan: tool !== null && reading?.ok === true ? scanOf(policy, reading.read) : null,
  };
}

/** Whether a rule asks what the run has done, or what it was shown of the things that a call names. */
function looksBack({ constraints, approval }: Alternative): boolean {
  if (approval.type === 'by' && (approval.if?.refs.size ?? 0) > 0) return true;
  return constraints.some((constraint) => {
    switch (constraint.type) {
      case 'where':
        return constraint.test.type === 'record' || constraint.test.type === 'provided';
      case 'after':
      case 'not_after':
        return constraint.same.length > 0;
      case 'when':
        return constraint.program.refs.size > 0;
      default:
        return false;
    }
  });
}
