import type { EventRow } from '../../src/edges/console/views.ts';
import type { Check } from './check.ts';

/** Whether these events are proven, as far as anybody asked: one sign for all of them, the worst. */
export function Seal({
  rows,
  checks,
}: {
  readonly rows: readonly EventRow[];
  readonly checks: ReadonlyMap<number, Check>;
}) {
  const found = rows.map(({ seq }) => checks.get(seq));
  const refused = found.find((one) => one?.type === 'refused');
  if (refused?.type === 'refused')
    return (
      <span class="bad" title={refused.problem}>
        ✗<span class="sr-only"> not proven: {refused.problem}</span>
      </span>
    );
  if (found.every((one) => one?.type === 'verified'))
    return (
      <span class="good" title="verified in this browser">
        ✓<span class="sr-only"> verified</span>
      </span>
    );
  return rows.every(({ sealed }) => sealed) ? (
    <span class="dim" title="sealed">
      •<span class="sr-only"> sealed</span>
    </span>
  ) : (
    <span class="dim" title="not sealed yet">
      ◦<span class="sr-only"> not sealed yet</span>
    </span>
  );
}
