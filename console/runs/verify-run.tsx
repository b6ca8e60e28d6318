import { useEffect, useRef, useState } from 'preact/hooks';
import type { EventRow } from '../../src/edges/console/views.ts';
import type { KeysetList } from '../list/keyset-list.ts';
import { type Check, checkEvent } from '../receipts/check.ts';

/** Each is a request: so many at a time, and so many in all. */
const atOnce = 4;
const eventsMax = 5_000;

/** Verifies the receipts of the run's events, one by one, in this browser. */
export function VerifyRun({
  list,
  checks,
  setChecks,
}: {
  readonly list: KeysetList<EventRow>;
  readonly checks: ReadonlyMap<number, Check>;
  readonly setChecks: (checks: ReadonlyMap<number, Check>) => void;
}) {
  const [running, setRunning] = useState(false);
  const stopped = useRef(false);
  useEffect(
    () => () => {
      stopped.current = true;
    },
    [],
  );

  const verify = async () => {
    setRunning(true);
    while (!list.complete && list.problem === null && list.rows.length < eventsMax)
      await list.more();
    const found = new Map<number, Check>();
    const waiting = list.rows.slice(0, eventsMax).values();
    const work = async () => {
      for (const row of waiting) {
        if (stopped.current) return;
        found.set(row.seq, await checkEvent(row));
        if (!stopped.current) setChecks(new Map(found));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    if (!stopped.current) setRunning(false);
  };
  const verdicts = [...checks.values()].map(({ type }) => type);
  const verified = verdicts.filter((one) => one === 'verified').length;
  const refused = verdicts.filter((one) => one === 'refused').length;
  const others = verdicts.length - verified - refused;
  return (
    <div class="verify">
      <button type="button" disabled={running} onClick={() => void verify()}>
        Verify every event here
      </button>
      <p role="status" class={refused > 0 ? 'problem' : ''}>
        {verdicts.length > 0 && (
          <>
            {verified.toLocaleString()} of {list.rows.length.toLocaleString()} verified in this
            browser
            {refused > 0 && <strong>, {refused.toLocaleString()} not proven</strong>}
            {others > 0 && `, ${others.toLocaleString()} not sealed yet or not reached`}.
          </>
        )}
      </p>
    </div>
  );
}
