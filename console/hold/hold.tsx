/** One hold: what will happen, why it waits, on which values; and the answer. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { EventRow, StreamMessage } from '../../src/edges/console/views.ts';
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

export function HoldPage({ id }: { readonly id: string }) {
  const { value, problem, missing, loading, reload } = useLoaded<HoldShown>(
    `/api/holds/${encodeURIComponent(id)}`,
  );
  /** What was shown last stays readable after its end. */
  const [last, setLast] = useState<HoldShown | null>(null);
  /** The question that this reader has looked at. */
  const [seen, setSeen] = useState<string | null>(null);
  const [settled, setSettled] = useState<Settled | null>(null);
  const [since, setSince] = useState<readonly EventRow[]>([]);
  const looked = useRef<HTMLDivElement>(null);
  const ended = useRef(false);
  const question = useRef('');

  useEffect(() => {
    if (value === null) return;
    setLast(value);
    setSeen((before) => before ?? questionOf(value));
  }, [value]);
  useMessages(
    useCallback(
      (message: StreamMessage) => {
        // What is over isn't asked for again: it would be somebody who asks for what isn't there.
        if (message.type === 'settled' && message.id === id) setSettled(message);
        if (message.type === 'hold' && message.hold.id === id && message.hold.state === 'waiting') {
          // Approved and decided again, it may be held once more: that is another question.
          setSettled(null);
          reload();
        }
        if (message.type === 'hello' && !ended.current) reload();
        if (message.type === 'event' && message.row.call === id)
          setSince((before) => [...before, message.row].slice(-50));
      },
      [id, reload],
    ),
  );

  const hold = value ?? last;
  ended.current = missing;
  if (hold === null)
    return (
      <Page title="Hold">
        {missing ? (
          <Gone settled={settled} />
        ) : (
          <>
            <Problem problem={problem} />
            {loading && <p class="empty">Loading …</p>}
          </>
        )}
      </Page>
    );
  const over = value === null || hold.state !== 'waiting' || settled !== null;
  ended.current = over;
  const asked = questionOf(hold);
  question.current = asked;
  const changed = !over && seen !== null && seen !== asked;
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
        <About hold={hold} over={over} />
        <div class="question">
          <Problem problem={missing ? null : problem} />
          {over && <Ended hold={hold} settled={settled} since={since} />}
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
          <section aria-labelledby="why">
            <h2 id="why">Why it waits</h2>
            <Reasons hold={hold} />
          </section>
          {(hold.of === 'call' || hold.facts.values.length > 0) && (
            <section aria-labelledby="values">
              <h2 id="values">With these values</h2>
              <Values values={hold.facts.values} omitted={hold.facts.omitted} />
            </section>
          )}
          <Result hold={hold} />
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
        {!over && (
          <Decide
            key={asked}
            hold={hold}
            changed={changed}
            reload={reload}
            settled={(outcome) => {
              if (question.current === asked) setSettled((before) => before ?? { outcome, by: [] });
            }}
            edited={edited}
          />
        )}
      </div>
    </Page>
  );
}

function Raw({ hold }: { readonly hold: HoldShown }) {
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
