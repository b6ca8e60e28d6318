import type { EventRow } from '../../src/edges/console/views.ts';
import { Badge, Codes } from '../parts/parts.tsx';
import type { Check } from '../receipts/check.ts';
import { Seal } from '../receipts/seal.tsx';
import { eventPath } from '../router/routes.ts';
import { Text } from '../text/text.tsx';
import { When } from '../time/time.tsx';

/** One event among the calls of its run: who and what it was for stands above. */
export function EventOfRun({
  row,
  ofCall,
  checks,
}: {
  readonly row: EventRow;
  readonly ofCall: boolean;
  readonly checks: ReadonlyMap<number, Check>;
}) {
  return (
    <a data-row href={eventPath(row.seq)} class={`row timeline-row ${ofCall ? 'of-call' : ''}`}>
      <span class="at">
        <When atMs={row.atMs} />
      </span>
      <span class="type">
        <Text text={row.type} />
      </span>
      <span class="result">{row.outcome !== null && <Badge word={row.outcome} />}</span>
      <span class="codes">
        <Codes codes={row.codes} />
      </span>
      <span class="seq dim">event {row.seq}</span>
      <span class="seal">
        <Seal rows={[row]} checks={checks} />
      </span>
    </a>
  );
}
