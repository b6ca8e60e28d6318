import { useState } from 'preact/hooks';
import type { RunRow } from '../../src/edges/console/views.ts';
import { useKeysetList } from '../list/use-keyset-list.ts';
import { VirtualList } from '../list/virtual-list.tsx';
import { Page } from '../parts/page.tsx';
import { Badge } from '../parts/parts.tsx';
import { runPath } from '../router/routes.ts';
import { Text } from '../text/text.tsx';
import { When } from '../time/time.tsx';

const statuses = ['open', 'closing', 'closed', 'abandoned'] as const;
const keyOf = ({ id }: RunRow) => id;

export function RunsPage() {
  const [agent, setAgent] = useState('');
  const [status, setStatus] = useState('');
  const list = useKeysetList<RunRow>('/api/runs', { agent, status }, 'before', keyOf);
  return (
    <Page title="Runs">
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <label>
          Agent
          <input
            type="search"
            autocomplete="off"
            value={agent}
            onChange={(event) => setAgent(event.currentTarget.value.trim())}
          />
        </label>
        <label>
          Status
          <select value={status} onChange={(event) => setStatus(event.currentTarget.value)}>
            <option value="">any</option>
            {statuses.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
      </form>
      <VirtualList
        list={list}
        lines={list.rows}
        label="Runs, newest first"
        empty="No run yet. An agent’s first call opens one; so does POST /v1/runs."
        row={(run) => (
          <a data-row href={runPath(run.id)} class="row run-row">
            <span class="at">
              <When atMs={run.openedAtMs} />
            </span>
            <span>
              <Badge word={run.status} />
            </span>
            <b>
              <Text text={run.agent} />
            </b>
            <span>
              {run.user === null ? <span class="dim">unattended</span> : <Text text={run.user} />}
            </span>
            <span class="dim">{run.events.toLocaleString()} events</span>
            <span class="dim">{run.implicit && 'implicit'}</span>
          </a>
        )}
      />
    </Page>
  );
}
