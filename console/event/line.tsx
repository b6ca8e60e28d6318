import type { EventRow } from '../../src/edges/console/views.ts';
import { Badge, Codes, Labels } from '../parts/parts.tsx';
import type { Check } from '../receipts/check.ts';
import { eventPath } from '../router/routes.ts';
import { Text } from '../text/text.tsx';
import { durationText, usdText } from '../time/left.ts';
import { When } from '../time/time.tsx';

/** One event in a line of fixed height. */
export function EventLine({
  row,
  ofRun,
  check,
}: {
  readonly row: EventRow;
  /** Within its run: who it was for is said once, above. */
  readonly ofRun: boolean;
  readonly check?: Check | undefined;
}) {
  return (
    <a data-row href={eventPath(row.seq)} class={`row event-row ${ofRun ? 'of-run' : ''}`}>
      <span class="seq dim">{row.seq}</span>
      <span class="at">
        <When atMs={row.atMs} />
      </span>
      <span class="type">
        <Text text={row.type} />
      </span>
      <span class="result">{row.outcome !== null && <Badge word={row.outcome} />}</span>
      <span class="tool">{row.tool !== null && <Text text={row.tool} />}</span>
      {!ofRun && (
        <span class="agent">
          {row.agent !== null && <Text text={row.agent} />}
          {row.user !== null && (
            <span class="dim">
              {' '}
              for <Text text={row.user} />
            </span>
          )}
        </span>
      )}
      <span class="codes">
        <Codes codes={row.codes} />
        <Labels trust={row.trust === 'untrusted' ? row.trust : null} classes={row.classes} />
      </span>
      <span class="cost dim">
        {row.durationMs !== null && durationText(row.durationMs)}
        {row.costMicroUsd !== null && ` ${usdText(row.costMicroUsd)}`}
      </span>
      <span class="seal">
        <Seal row={row} check={check} />
      </span>
    </a>
  );
}

function Seal({ row, check }: { readonly row: EventRow; readonly check?: Check | undefined }) {
  if (check?.type === 'verified')
    return (
      <span class="good" title="verified in this browser">
        ✓<span class="sr-only"> verified</span>
      </span>
    );
  if (check?.type === 'refused')
    return (
      <span class="bad" title={check.problem}>
        ✗<span class="sr-only"> not proven: {check.problem}</span>
      </span>
    );
  return row.sealed ? (
    <span class="dim" title="sealed">
      •<span class="sr-only"> sealed</span>
    </span>
  ) : (
    <span class="dim" title="not sealed yet">
      ◦<span class="sr-only"> not sealed yet</span>
    </span>
  );
}
