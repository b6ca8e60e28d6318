import { suspensions } from '../../runtime/suspensions.ts';
import type { ConsolePorts } from './ports.ts';
import { notFound } from './refusal.ts';
import type { AgentRow } from './views.ts';

export async function agentRows({
  store,
  policySource,
}: Pick<ConsolePorts, 'store' | 'policySource'>): Promise<readonly AgentRow[]> {
  const { policy } = policySource;
  const suspended = new Map(
    (await suspensions(store)).map(({ agent, by, reason }) => [agent, { by, reason }]),
  );
  return [...policy.agents.values()].map(({ name, actsFor, enforcement }) => ({
    name,
    actsFor,
    suspended: suspended.get(name) ?? null,
    enforcement: enforcement ?? policy.enforcement,
  }));
}

export async function agentRow(
  ports: Pick<ConsolePorts, 'store' | 'policySource'>,
  name: string,
): Promise<AgentRow> {
  const row = (await agentRows(ports)).find((agent) => agent.name === name);
  if (row === undefined) throw notFound('agent');
  return row;
}
