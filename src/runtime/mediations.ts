/** How far Sallyport stands between an agent and an upstream: never better than what was proven, for the policy it was proven with. */
import { isJsonObject, type JsonValue } from '../content/value.ts';
import type { Mediation } from '../engine/events.ts';
import type { Policy } from '../policy/model.ts';
import type { Store } from '../store/port.ts';

const statePrefix = 'mediation:';

export interface Mediations {
  readonly of: (policy: Policy, agent: string, upstream: string) => Mediation;
  /** What trying from the agent's side showed of other ways out. */
  readonly record: (policy: Policy, agent: string, proven: boolean) => Promise<void>;
}

export async function openMediations(store: Store): Promise<Mediations> {
  const proofs = new Map<string, JsonValue>();
  for (const { key, value } of await store.listState(statePrefix))
    proofs.set(key.slice(statePrefix.length), value);
  return {
    of(policy, agent, upstream) {
      if (policy.upstreams.get(upstream)?.transport.type === 'functions') return 'cooperative';
      const proof = proofs.get(agent);
      return isJsonObject(proof) && proof['policy'] === policy.hash ? 'enforced' : 'brokered';
    },
    async record(policy, agent, proven) {
      const atMs = store.nowMs();
      const proof = proven ? { policy: policy.hash, atMs } : null;
      await store.commitGateway({
        events: [{ v: 1, type: 'mediation.recorded', atMs, agent, proven, policy: policy.hash }],
        writes: [{ key: statePrefix + agent, value: proof }],
      });
      if (proof === null) proofs.delete(agent);
      else proofs.set(agent, proof);
    },
  };
}
