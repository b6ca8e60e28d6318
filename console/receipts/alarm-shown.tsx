import { useEffect, useState } from 'preact/hooks';
import type { EventRow, Page } from '../../src/edges/console/views.ts';
import { get } from '../api/client.ts';
import { When } from '../time/time.tsx';
import { type Alarm, raiseAlarm, raisedAlarm, watchAlarm } from './alarm.ts';
import { checkEvent } from './check.ts';
import { forgetKept, readKept } from './kept.ts';

const says: Readonly<Record<Alarm, string>> = {
  rollback: 'It has fewer events than it had: some were taken away.',
  fork: 'It has other events where it had others: its past was rewritten.',
  other_key: 'It is signed with another key: it is another ledger, or one that poses as it.',
};

/** Compares the newest checkpoint with the kept one as soon as somebody has signed in, and says what any comparison found. */
export function LedgerAlarm() {
  const [alarm, setAlarm] = useState(raisedAlarm);
  useEffect(() => watchAlarm(() => setAlarm(raisedAlarm())), []);
  useEffect(() => void checkNewest(), []);
  if (alarm === null) return null;
  const kept = readKept(localStorage);
  const forget = () => {
    forgetKept(localStorage);
    raiseAlarm(null);
    void checkNewest();
  };
  return (
    <section class="alarm" role="alert" aria-labelledby="alarm">
      <h2 id="alarm">This isn’t the ledger that this browser knew</h2>
      <p>{says[alarm]}</p>
      {kept !== null && (
        <p>
          Kept here: {kept.size.toLocaleString()} events, verified <When atMs={kept.atMs} />.
          Approve nothing before somebody has explained it; <code>sallyport ledger verify</code>{' '}
          says more.
        </p>
      )}
      <button type="button" onClick={forget}>
        It is meant to be another one: forget what was kept
      </button>
    </section>
  );
}

async function checkNewest(): Promise<void> {
  try {
    const { rows } = await get<Page<EventRow>>('/api/ledger?limit=50');
    const newest = rows.find(({ sealed }) => sealed);
    if (newest !== undefined) await checkEvent(newest);
  } catch {
    // Whatever it is, the page that is open says it.
  }
}
