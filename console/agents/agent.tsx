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
  /** Empty: nobody; null: whoever comes first. */
  const [chosen, setChosen] = useState<string | null>(null);
  const agents = useLoaded<readonly AgentRow[]>('/api/agents');
  const policy = useLoaded<PolicyView>('/api/policy');
  const agent = agents.value?.find((one) => one.name === name) ?? null;
  const people = policy.value?.users.filter(({ roles }) =>
    roles.some((role) => agent?.actsFor.includes(role)),
  );
  const user = chosen ?? people?.[0]?.name ?? '';
  const path = `/api/agents/${encodeURIComponent(name)}/permissions${queryOf({ user })}`;
  const known = policy.value !== null && agents.value !== null;
  const permissions = useLoaded<PermissionsView>(known ? path : null);
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
        <select value={user} onChange={(event) => setChosen(event.currentTarget.value)}>
          <option value="">nobody (unattended)</option>
          {people?.map((one) => (
            <option key={one.name} value={one.name}>
              {one.name}
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
