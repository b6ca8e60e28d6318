import { useRef } from 'preact/hooks';
import type { AgentRow } from '../../src/edges/console/views.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { useListKeys } from '../keys/list-keys.ts';
import { Page } from '../parts/page.tsx';
import { Empty, Shown } from '../parts/parts.tsx';
import { agentPath } from '../router/routes.ts';
import { Text } from '../text/text.tsx';

export function AgentsPage() {
  const loaded = useLoaded<readonly AgentRow[]>('/api/agents');
  const list = useRef<HTMLUListElement>(null);
  useListKeys(list);
  return (
    <Page title="Agents">
      <Shown loaded={loaded}>
        {(agents) =>
          agents.length === 0 ? (
            <Empty>
              The policy names no agent. Add one under <code>agents</code>.
            </Empty>
          ) : (
            <ul class="rows" ref={list}>
              {agents.map((agent) => (
                <li key={agent.name}>
                  <a data-row href={agentPath(agent.name)} class="row">
                    <b>
                      <Text text={agent.name} />
                    </b>
                    <span>
                      {agent.actsFor.length === 0 ? (
                        <span class="dim">unattended</span>
                      ) : (
                        <>
                          acts for <Text text={agent.actsFor.join(', ')} />
                        </>
                      )}
                    </span>
                    {agent.enforcement !== 'strict' && (
                      <span class="label untrusted">{agent.enforcement}</span>
                    )}
                    {agent.suspended !== null && (
                      <span class="label untrusted">
                        suspended by <Text text={agent.suspended.by} />
                      </span>
                    )}
                  </a>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </Page>
  );
}
