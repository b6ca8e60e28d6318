import { useRef, useState } from 'preact/hooks';
import type { NowView } from '../../src/edges/console/views.ts';
import { post, problemOf } from '../api/client.ts';
import { useListKeys } from '../keys/list-keys.ts';
import { notifies, setNotifies } from '../live/notifications.ts';
import { useLive } from '../live/use-live.ts';
import { Page } from '../parts/page.tsx';
import { Badge, Empty, Problem } from '../parts/parts.tsx';
import { agentPath, eventPath, ledgerPath, runPath } from '../router/routes.ts';
import { useSession } from '../session/session.ts';
import { Text } from '../text/text.tsx';
import { TimeLeft, When } from '../time/time.tsx';
import { Holds } from './holds.tsx';

export function NowPage() {
  const { now, problem } = useLive();
  const lists = useRef<HTMLDivElement>(null);
  useListKeys(lists);
  return (
    <Page title="Now">
      <Problem problem={problem} />
      {now === null ? (
        <p class="empty">Loading …</p>
      ) : (
        <div ref={lists} class="now">
          <Waiting now={now} />
          <Runs now={now} />
          <Alerts now={now} />
          <Breakers now={now} />
          <Suspensions now={now} />
        </div>
      )}
    </Page>
  );
}

function Count({ count }: { readonly count: number }) {
  return <span class="count">{count.toLocaleString()}</span>;
}

function Waiting({ now }: { readonly now: NowView }) {
  const waiting = now.holds.filter(({ state }) => state === 'waiting');
  const approved = now.holds.filter(({ state }) => state === 'approved');
  return (
    <section aria-labelledby="holds" class="wide">
      <h2 id="holds">
        Waiting for people <Count count={waiting.length} />
      </h2>
      {waiting.length === 0 ? (
        <Empty>
          Nothing waits. When a call needs a person it appears here by itself; what needs one is in
          the <a href="/policy">policy</a>.
        </Empty>
      ) : (
        <Holds holds={waiting} />
      )}
      {approved.length > 0 && (
        <section aria-labelledby="approved">
          <h3 id="approved">Approved, and waiting for the agent to repeat it</h3>
          <Holds holds={approved} />
        </section>
      )}
      <Notify />
    </section>
  );
}

function Notify() {
  const [on, setOn] = useState(notifies);
  const change = async (wanted: boolean) => setOn(await setNotifies(wanted));
  return (
    <label class="switch">
      <input
        type="checkbox"
        checked={on}
        onChange={(event) => void change(event.currentTarget.checked)}
      />
      Tell me on the desktop while this tab is in the background
    </label>
  );
}

function Runs({ now }: { readonly now: NowView }) {
  return (
    <section aria-labelledby="runs">
      <h2 id="runs">
        Runs in progress <Count count={now.runsOpen} />
      </h2>
      {now.runs.length === 0 ? (
        <Empty>
          No run is open. An agent’s first call opens one; earlier ones are under{' '}
          <a href="/runs">Runs</a>.
        </Empty>
      ) : (
        <ul class="rows">
          {now.runs.map((run) => (
            <li key={run.id}>
              <a data-row href={runPath(run.id)} class="row">
                <b>
                  <Text text={run.agent} />
                </b>
                <span>
                  {run.user === null ? (
                    'for nobody'
                  ) : (
                    <>
                      for <Text text={run.user} />
                    </>
                  )}
                </span>
                {run.status !== 'open' && <Badge word={run.status} />}
                <span class="dim">
                  since <When atMs={run.openedAtMs} />, {run.events.toLocaleString()} events
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
      {now.runsOpen > now.runs.length && (
        <p>
          <a href="/runs">All {now.runsOpen.toLocaleString()}</a>
        </p>
      )}
    </section>
  );
}

function Alerts({ now }: { readonly now: NowView }) {
  return (
    <section aria-labelledby="alerts">
      <h2 id="alerts">
        Alerts of the last day <Count count={now.alerts.length} />
      </h2>
      {now.alerts.length === 0 ? (
        <Empty>
          None. Older ones are in the <a href={ledgerPath({ type: 'alert.raised' })}>ledger</a>.
        </Empty>
      ) : (
        <ul class="rows">
          {now.alerts.map((row) => (
            <li key={row.seq}>
              <a data-row href={eventPath(row.seq)} class="row">
                <b>
                  <Text text={(row.outcome ?? row.type).replaceAll('_', ' ')} />
                </b>
                {row.agent !== null && <Text text={row.agent} />}
                {row.tool !== null && <Text text={row.tool} />}
                <span class="dim">
                  <When atMs={row.atMs} />
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Breakers({ now }: { readonly now: NowView }) {
  if (now.breakers.length === 0) return null;
  return (
    <section aria-labelledby="breakers">
      <h2 id="breakers">
        Tools shut off after failures <Count count={now.breakers.length} />
      </h2>
      <ul class="rows">
        {now.breakers.map(({ tool, state, untilMs }) => (
          <li key={tool} class="row">
            <b>
              <Text text={tool} />
            </b>
            {state === 'open' ? (
              <span>
                is tried again in <TimeLeft untilMs={untilMs} />
              </span>
            ) : (
              <span>is being tried</span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Suspensions({ now }: { readonly now: NowView }) {
  const { operates } = useSession();
  const [problem, setProblem] = useState<string | null>(null);
  const resume = async (agent: string) => {
    try {
      await post(`/api/agents/${encodeURIComponent(agent)}/resume`, { reason: null });
      setProblem(null);
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  if (now.suspensions.length === 0) return null;
  return (
    <section aria-labelledby="suspensions">
      <h2 id="suspensions">
        Suspended agents <Count count={now.suspensions.length} />
      </h2>
      <Problem problem={problem} />
      <ul class="rows">
        {now.suspensions.map(({ agent, by, reason }) => (
          <li key={agent} class="row">
            <b>
              <a data-row href={agentPath(agent)}>
                <Text text={agent} />
              </a>
            </b>
            <span>
              by <Text text={by} />
              {reason !== null && (
                <>
                  : <Text text={reason} />
                </>
              )}
            </span>
            {operates && (
              <button type="button" onClick={() => void resume(agent)}>
                Resume
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
