/** One hold: what will happen, why it waits, on which values; and the answer. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { EventRow, HoldOver, StreamMessage } from '../../src/edges/console/views.ts';
import type { HoldShown } from '../../src/runtime/port.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { useMessages } from '../live/use-live.ts';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/parts.tsx';
import { Sentence } from '../parts/sentence.tsx';
import { Json } from '../text/json.tsx';
import { Text } from '../text/text.tsx';
import { About } from './about.tsx';
import { Decide } from './decide.tsx';
import { Ended, Gone, type Settled } from './ended.tsx';
import { questionOf } from './guard.ts';
import { Reasons } from './reasons.tsx';
import { Result } from './result.tsx';
import { Values } from './values.tsx';

/** Of what was shown before it ended, too. */
type Told = Omit<HoldShown, 'state'>;

export function HoldPage({ id }: { readonly id: string }) {
  const { value, problem, missing, loading, reload } = useLoaded<HoldShown | HoldOver>(
    `/api/holds/${encodeURIComponent(id)}`,
  );
  const open = value !== null && !('over' in value) ? value : null;
  const ending = value !== null && 'over' in value ? value : null;
  /** What was shown last stays readable after its end. */
  const [last, setLast] = useState<HoldShown | null>(null);
  /** The question that this reader has looked at. */
  const [seen, setSeen] = useState<string | null>(null);
  const [settled, setSettled] = useState<Settled | null>(null);
  const [since, setSince] = useState<readonly EventRow[]>([]);
  const looked = useRef<HTMLDivElement>(null);
  const question = useRef<string | null>(null);

  useEffect(() => {
    if (open === null) return;
    setLast(open);
    setSeen((before) => before ?? questionOf(open));
  }, [open]);
  useMessages(
    useCallback(
      (message: StreamMessage) => {
        if (message.type === 'settled' && message.id === id) {
          setSettled(message);
          // What was agreed to may not be what this page has shown.
          reload();
        }
        if (message.type === 'hold' && message.hold.id === id && message.hold.state === 'waiting') {
          // Approved and decided again, it may be held once more: that is another question.
          setSettled(null);
          reload();
        }
        if (message.type === 'hello') reload();
        if (message.type === 'event' && message.row.call === id) {
          setSince((before) => [...before, message.row].slice(-50));
          if (message.row.type === 'call.started') reload();
        }
      },
      [id, reload],
    ),
  );

  const hold: Told | null = open ?? ending?.hold ?? last;
  if (hold === null)
    return (
      <Page title="Hold">
        {ending !== null ? (
          <Ended
            run={ending.over.run}
            hold={null}
            over={ending.over}
            settled={ending.over}
            since={since}
          />
        ) : missing ? (
          <Gone />
        ) : (
          <>
            <Problem problem={problem} />
            {loading && <p class="empty">Loading …</p>}
          </>
        )}
      </Page>
    );
  const waiting = open?.state === 'waiting' && settled === null ? open : null;
  const asked = waiting === null ? null : questionOf(waiting);
  question.current = asked;
  const changed = asked !== null && seen !== null && seen !== asked;
  const look = () => {
    setSeen(asked);
    looked.current?.focus();
  };
  const edited = () => {
    setSeen(null);
    reload();
  };
  return (
    <Page title="Hold" heading={<Sentence text={hold.facts.summary} />}>
      <div class="hold" ref={looked} tabIndex={-1}>
        <About hold={hold} over={waiting === null} />
        <div class="question">
          <Problem problem={missing ? null : problem} />
          {waiting === null && (
            <Ended
              run={hold.run}
              hold={hold}
              over={ending?.over ?? null}
              settled={settled ?? { outcome: open?.state ?? 'over', by: [] }}
              since={since}
            />
          )}
          {changed && (
            <div class="banner" role="alert">
              <p>
                <strong>This call has changed while you looked at it.</strong>{' '}
                {hold.edited !== null && (
                  <>
                    <Text text={hold.edited.by} /> edited it.{' '}
                  </>
                )}
                What you see now is the new one; nothing of it has been approved by you.
              </p>
              <button type="button" onClick={look}>
                Look at it anew
              </button>
            </div>
          )}
          {/* Of a result, what came back is what is judged. */}
          <Result hold={hold} />
          <section aria-labelledby="why">
            <h2 id="why">{waiting === null ? 'Why it waited' : 'Why it waits'}</h2>
            <Reasons hold={hold} />
          </section>
          {(hold.of === 'call' || hold.facts.values.length > 0) && (
            <section aria-labelledby="values">
              <h2 id="values">With these values</h2>
              <Values values={hold.facts.values} omitted={hold.facts.omitted} />
            </section>
          )}
          <Raw hold={hold} />
          {hold.reason !== null && (
            <section aria-labelledby="reason" class="claim">
              <h2 id="reason">What the agent says about it</h2>
              <p class="hint">The agent’s own words. They may be an attacker’s.</p>
              <blockquote>
                <Text text={hold.reason} block />
              </blockquote>
            </section>
          )}
        </div>
        {waiting !== null && (
          <Decide
            key={asked}
            hold={waiting}
            changed={changed}
            reload={reload}
            settled={(outcome) => {
              if (question.current === asked) setSettled((before) => before ?? { outcome, by: [] });
              reload();
            }}
            edited={edited}
          />
        )}
      </div>
    </Page>
  );
}

function Raw({ hold }: { readonly hold: Told }) {
  return (
    <>
      {/* Of a result nothing of them is listed above. */}
      <details open={hold.of === 'result'}>
        <summary>Raw arguments, as recorded</summary>
        <Json value={hold.arguments} />
        <p class="hint">
          Bound to <code>{hold.digest}</code>
        </p>
      </details>
      {hold.edited !== null && (
        <details>
          <summary>What the agent proposed before the edit</summary>
          <Json value={hold.edited.from} />
        </details>
      )}
    </>
  );
}
