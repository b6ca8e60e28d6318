import { useState } from 'preact/hooks';
import type { AgentRow, PermissionsView, PolicyView } from '../../src/edges/console/views.ts';
import { post, problemOf } from '../api/client.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { queryOf } from '../ledger/filters.ts';
import { Page } from '../parts/page.tsx';
import { Problem, Shown } from '../parts/parts.tsx';
import { useSession } from '../session/session.ts';
import { Text } from '../text/text.tsx';
import { Explain } from './explain.tsx';
import { Permissions } from './permissions.tsx';

export function AgentPage({ name }: { readonly name: string }) {
  const [user, setUser] = useState('');
  const agents = useLoaded<readonly AgentRow[]>('/api/agents');
  const policy = useLoaded<PolicyView>('/api/policy');
  const path = `/api/agents/${encodeURIComponent(name)}/permissions`;
  const permissions = useLoaded<PermissionsView>(`${path}${queryOf({ user })}`);
  const agent = agents.value?.find((one) => one.name === name) ?? null;
  return (
    <Page
      title="Agent"
      heading={
        <>
          Agent <Text text={name} />
        </>
      }
    >
      {agent !== null && <Suspension agent={agent} reload={agents.reload} />}
      <label class="for">
        For
        <select value={user} onChange={(event) => setUser(event.currentTarget.value)}>
          <option value="">nobody (unattended)</option>
          {policy.value?.users.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </label>
      <section aria-labelledby="may">
        <h2 id="may">What it may do</h2>
        <Shown loaded={permissions} missing="The policy names no such agent, or no such person.">
          {(view) => <Permissions view={view} />}
        </Shown>
      </section>
      <section aria-labelledby="explain">
        <h2 id="explain">What would be decided</h2>
        <Explain agent={name} user={user === '' ? null : user} />
      </section>
    </Page>
  );
}

function Suspension({ agent, reload }: { readonly agent: AgentRow; readonly reload: () => void }) {
  const { operates } = useSession();
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const { suspended } = agent;
  const change = async (event: SubmitEvent) => {
    event.preventDefault();
    try {
      const what = suspended === null ? 'suspend' : 'resume';
      await post(`/api/agents/${encodeURIComponent(agent.name)}/${what}`, {
        reason: reason.trim() === '' ? null : reason.trim(),
      });
      setReason('');
      setProblem(null);
    } catch (error) {
      setProblem(problemOf(error));
    }
    reload();
  };
  return (
    <details class={suspended === null ? '' : 'suspended'} open={suspended !== null}>
      <summary>
        {suspended === null ? (
          'Suspend this agent'
        ) : (
          <>
            Suspended by <Text text={suspended.by} />
            {suspended.reason !== null && (
              <>
                : <Text text={suspended.reason} />
              </>
            )}
          </>
        )}
      </summary>
      {suspended !== null && !operates ? (
        <p class="hint">Whoever has the policy’s default approver role may lift it.</p>
      ) : (
        <form class="with-reason" onSubmit={(event) => void change(event)}>
          <label>
            Why <span class="dim">(kept in the record; may stay empty)</span>
            <input
              type="text"
              autocomplete="off"
              maxLength={1_000}
              value={reason}
              onInput={(event) => setReason(event.currentTarget.value)}
            />
          </label>
          <Problem problem={problem} />
          <div class="buttons">
            <button type="submit" class={suspended === null ? 'danger' : ''}>
              {suspended === null ? 'Suspend' : 'Resume'}
            </button>
          </div>
        </form>
      )}
    </details>
  );
}
