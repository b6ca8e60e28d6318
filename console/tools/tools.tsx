import { useRef, useState } from 'preact/hooks';
import type { ToolRow } from '../../src/edges/console/views.ts';
import { post, problemOf } from '../api/client.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { useListKeys } from '../keys/list-keys.ts';
import { Page } from '../parts/page.tsx';
import { Badge, Empty, Problem, Shown, Tier } from '../parts/parts.tsx';
import { useSession } from '../session/session.ts';
import { Text } from '../text/text.tsx';

/** What needs a person comes first. */
const urgency: Readonly<Record<ToolRow['state'], number>> = {
  changed: 0,
  new: 1,
  missing: 2,
  unknown: 3,
  pinned: 4,
};

export function ToolsPage() {
  const loaded = useLoaded<readonly ToolRow[]>('/api/tools');
  const list = useRef<HTMLUListElement>(null);
  useListKeys(list);
  return (
    <Page title="Tools">
      <Shown loaded={loaded}>
        {(tools) =>
          tools.length === 0 ? (
            <Empty>
              No server lists a tool. <code>sallyport doctor</code> says why.
            </Empty>
          ) : (
            <ul class="tools" ref={list}>
              {tools
                .toSorted((one, other) => urgency[one.state] - urgency[other.state])
                .map((tool) => (
                  <li key={tool.name}>
                    <Tool tool={tool} reload={loaded.reload} />
                  </li>
                ))}
            </ul>
          )
        }
      </Shown>
    </Page>
  );
}

function Tool({ tool, reload }: { readonly tool: ToolRow; readonly reload: () => void }) {
  return (
    <details open={tool.state === 'changed'}>
      <summary data-row>
        <b>
          <Text text={tool.name} />
        </b>{' '}
        <Badge word={tool.state} /> <Tier tier={tool.tier} />
        {tool.action !== null && (
          <span class="dim">
            {' '}
            <Text text={tool.action} />
          </span>
        )}
      </summary>
      {tool.state === 'changed' && (
        <p class="warning">
          Its server lists another definition than the accepted one: calls are refused until
          somebody has looked at it.
        </p>
      )}
      <p class="hint">
        Its server’s words
        {tool.title !== null && (
          <>
            {' '}
            (“
            <Text text={tool.title} />
            ”)
          </>
        )}
        :
      </p>
      <blockquote>
        <Text text={tool.description} block />
      </blockquote>
      {tool.diff.length > 0 && <Diff diff={tool.diff} />}
      <Pin tool={tool} reload={reload} />
    </details>
  );
}

function Diff({ diff }: Pick<ToolRow, 'diff'>) {
  return (
    <ul class="diff" aria-label="What differs from the accepted definition">
      {diff.map(({ pointer, from, to }) => (
        <li key={pointer}>
          <code>
            <Text text={pointer === '' ? '/' : pointer} />
          </code>
          {from !== null && (
            <del>
              <Text text={from} block />
            </del>
          )}
          {to !== null && (
            <ins>
              <Text text={to} block />
            </ins>
          )}
        </li>
      ))}
    </ul>
  );
}

function Pin({ tool, reload }: { readonly tool: ToolRow; readonly reload: () => void }) {
  const { operates } = useSession();
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const { listed, pinned } = tool;
  if (listed === null || listed === pinned) return null;
  if (!operates)
    return <p class="hint">Whoever has the policy’s default approver role may accept it.</p>;
  const pin = async () => {
    setBusy(true);
    try {
      await post(`/api/tools/${encodeURIComponent(tool.name)}/pin`, { digest: listed });
      setProblem(null);
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
      reload();
    }
  };
  return (
    <>
      <Problem problem={problem} />
      <div class="buttons">
        <button type="button" disabled={busy} onClick={() => void pin()}>
          Accept this definition
        </button>
        <code class="dim">{listed}</code>
      </div>
    </>
  );
}
