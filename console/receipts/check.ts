/** One event, from the server's receipt to a verdict, beside what this browser has kept. */
import type { EventRow, ReceiptView } from '../../src/edges/console/views.ts';
import { ApiError, get, problemOf } from '../api/client.ts';
import { type Alarm, raiseAlarm } from './alarm.ts';
import { type Comparison, compare, keep, readKept } from './kept.ts';
import { differences } from './shown.ts';
import { verifyReceipt } from './verify.ts';

export type Check =
  | { readonly type: 'verified'; readonly size: number; readonly comparison: Comparison }
  /** The receipt is no proof of what is shown. */
  | { readonly type: 'refused'; readonly problem: string }
  /** No checkpoint covers it yet: in a moment, one will. */
  | { readonly type: 'pending' }
  /** Nothing was found out. */
  | { readonly type: 'failed'; readonly problem: string };

const alarms: { readonly [comparison in Comparison]?: Alarm } = {
  rollback: 'rollback',
  fork: 'fork',
  other_key: 'other_key',
};

export async function checkEvent(row: EventRow): Promise<Check> {
  if (!isSecureContext)
    return { type: 'failed', problem: 'a browser verifies only over HTTPS, or on this machine' };
  try {
    const kept = readKept(localStorage);
    const since = kept === null ? '' : `?since=${kept.size}`;
    const receipt = await get<ReceiptView>(`/api/events/${row.seq}/receipt${since}`);
    if (receipt.seq !== row.seq)
      return { type: 'refused', problem: 'this is another event’s receipt' };
    const verdict = await verifyReceipt(receipt);
    if (!verdict.ok) return { type: 'refused', problem: verdict.problem };
    const differing = differences(row, verdict.event);
    if (differing.length > 0)
      return { type: 'refused', problem: `the record says otherwise: ${differing.join(', ')}` };
    const { checkpoint } = verdict;
    const comparison = await compare(kept, checkpoint, receipt);
    const alarm = alarms[comparison];
    if (alarm !== undefined) raiseAlarm(alarm);
    else if (checkpoint.size > (readKept(localStorage)?.size ?? 0) && comparison !== 'unproven')
      keep(localStorage, checkpoint, receipt.verifierKey, Date.now());
    return { type: 'verified', size: checkpoint.size, comparison };
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) return { type: 'pending' };
    return { type: 'failed', problem: problemOf(error) };
  }
}
