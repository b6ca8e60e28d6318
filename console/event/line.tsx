import type { EventRow } from '../../src/edges/console/views.ts';
import { Badge, Codes, Labels } from '../parts/parts.tsx';
import { Seal } from '../receipts/seal.tsx';
import { eventPath } from '../router/routes.ts';
import { Text } from '../text/text.tsx';
import { durationText, usdText } from '../time/left.ts';
import { When } from '../time/time.tsx';

const unchecked = new Map();

/** One event in a line of fixed height. */
export function EventLine({ row }: { readonly row: EventRow }) {
  return (
    <a data-row href={eventPath(row.seq)} class="row event-row">
      <span class="seq dim">{row.seq}</span>
      <span class="at">
        <When atMs={row.atMs} />
      </span>
      <span class="type">
        <Text text={row.type} />
      </span>
      <span class="result">{row.outcome !== null && <Badge word={row.outcome} />}</span>
      <span class="tool">{row.tool !== null && <Text text={row.tool} />}</span>
      <span class="agent">
        {row.agent !== null && <Text text={row.agent} />}
        {row.user !== null && (
          <span class="dim">
            {' '}
            for <Text text={row.user} />
          </span>
        )}
      </span>
      <span class="codes">
        <Codes codes={row.codes} />
        <Labels trust={row.trust === 'untrusted' ? row.trust : null} classes={row.classes} />
      </span>
      <span class="cost dim">
        {row.durationMs !== null && durationText(row.durationMs)}
        {row.costMicroUsd !== null && ` ${usdText(row.costMicroUsd)}`}
      </span>
      <span class="seal">
        <Seal rows={[row]} checks={unchecked} />
      </span>
    </a>
  );
}
