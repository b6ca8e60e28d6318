import { useCallback, useMemo, useState } from 'preact/hooks';
import type { EventRow, RunPage, StreamMessage } from '../../src/edges/console/views.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { useKeysetList } from '../list/use-keyset-list.ts';
import { VirtualList } from '../list/virtual-list.tsx';
import { useMessages } from '../live/use-live.ts';
import { Holds } from '../now/holds.tsx';
import { budgetTexts } from '../parts/budget.ts';
import { Page } from '../parts/page.tsx';
import { Badge, Fact, Facts, Shown } from '../parts/parts.tsx';
import type { Check } from '../receipts/check.ts';
import { agentPath, ledgerPath, runPath } from '../router/routes.ts';
import { Json } from '../text/json.tsx';
import { Text } from '../text/text.tsx';
import { When } from '../time/time.tsx';
import { useSoon } from '../time/use-soon.ts';
import { CallLine } from './call-line.tsx';
import { EventOfRun } from './event-of-run.tsx';
import { linesOf } from './timeline.ts';
import { VerifyRun } from './verify-run.tsx';

/** A run that does much isn't asked for with each event. */
const reloadMs = 500;

const keyOf = ({ seq }: EventRow) => seq;

export function RunPageShown({ id }: { readonly id: string }) {
  const path = `/api/runs/${encodeURIComponent(id)}`;
  const loaded = useLoaded<RunPage>(path);
  const list = useKeysetList<EventRow>(`${path}/timeline`, {}, 'after', keyOf);
  const [checks, setChecks] = useState<ReadonlyMap<number, Check>>(new Map());
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const { length } = list.rows;
  const lines = useMemo(() => linesOf(list.rows, open), [list, length, open]);
  const toggle = (call: string) => {
    const now = new Set(open);
    if (!now.delete(call)) now.add(call);
    setOpen(now);
  };
  const soon = useSoon(loaded.reload, reloadMs);
  useMessages(
    useCallback(
      (message: StreamMessage) => {
        const last = list.rows.at(-1);
        if (message.type === 'hello' && last !== undefined) void list.resume(String(last.seq));
        if (message.type !== 'event' || message.row.run !== id) return;
        list.add(message.row);
        soon();
      },
      [id, list, soon],
    ),
  );
  return (
    <Page
      title="Run"
      heading={
        <>
          Run{' '}
          <code>
            <Text text={id} />
          </code>
        </>
      }
    >
      <Shown loaded={loaded} missing="There is no run of this name.">
        {(run) => <About run={run} />}
      </Shown>
      <section aria-labelledby="timeline">
        <h2 id="timeline">What happened</h2>
        <VerifyRun list={list} checks={checks} setChecks={setChecks} />
        <VirtualList
          list={list}
          lines={lines}
          label="Calls and other events, oldest first"
          empty="Nothing is recorded of it."
          row={(line) =>
            line.type === 'call' ? (
              <CallLine
                call={line.call}
                open={line.open}
                checks={checks}
                toggle={() => toggle(line.call.call)}
              />
            ) : (
              <EventOfRun row={line.row} ofCall={line.ofCall} checks={checks} />
            )
          }
        />
      </section>
    </Page>
  );
}

function About({ run }: { readonly run: RunPage }) {
  return (
    <>
      <Facts>
        <Fact name="agent">
          <a href={agentPath(run.agent)}>
            <Text text={run.agent} />
          </a>
          {run.user === null ? (
            ', unattended'
          ) : (
            <>
              {' '}
              for <Text text={run.user} />
            </>
          )}
        </Fact>
        <Fact name="status">
          <Badge word={run.status} /> {run.implicit && <span class="label">implicit</span>}
        </Fact>
        <Fact name="opened">
          <When atMs={run.openedAtMs} />
        </Fact>
        {run.parent !== null && (
          <Fact name="opened by">
            <a href={runPath(run.parent)}>
              <Text text={run.parent} />
            </a>
          </Fact>
        )}
        {Object.keys(run.budgetLeft).length > 0 && (
          <Fact name="budget left">{budgetTexts(run.budgetLeft).join(', ')}</Fact>
        )}
        <Fact name="search">
          <a href={ledgerPath({ run: run.id })}>in the ledger</a>
        </Fact>
      </Facts>
      {run.request !== null && (
        <section aria-labelledby="request">
          <h2 id="request">What it was asked to do</h2>
          <blockquote>
            <Text text={run.request} block />
          </blockquote>
        </section>
      )}
      {run.holds.length > 0 && (
        <section aria-labelledby="run-holds">
          <h2 id="run-holds">Waiting for people</h2>
          <Holds holds={run.holds} />
        </section>
      )}
      <details>
        <summary>Everything about the run</summary>
        <Json value={run.run} />
      </details>
    </>
  );
}
