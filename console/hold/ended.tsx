/** What has become of a hold, as far as this page has heard. */
import { useEffect, useRef } from 'preact/hooks';
import type { EventRow } from '../../src/edges/console/views.ts';
import type { HoldShown } from '../../src/runtime/port.ts';
import { Badge } from '../parts/parts.tsx';
import { eventPath, ledgerPath, runPath } from '../router/routes.ts';
import { Text } from '../text/text.tsx';
import { When } from '../time/time.tsx';

export interface Settled {
  readonly outcome: string;
  readonly by: readonly string[];
}

export function Ended({
  hold,
  settled,
  since,
}: {
  readonly hold: HoldShown;
  readonly settled: Settled | null;
  readonly since: readonly EventRow[];
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  // The button that had the focus is gone.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const outcome = settled?.outcome ?? (hold.state === 'waiting' ? 'over' : hold.state);
  const by = settled?.by ?? hold.agreements.map((one) => one.by);
  return (
    <section class="ended" role="status" aria-labelledby="ended">
      <h2 id="ended" ref={heading} tabIndex={-1}>
        <Badge word={outcome} />
        {by.length > 0 && (
          <>
            {' '}
            by <Text text={[...new Set(by)].join(', ')} />
          </>
        )}
      </h2>
      <ol class="rows">
        {since.map((row) => (
          <li key={row.seq} class="row">
            <a href={eventPath(row.seq)}>
              <Text text={row.type} />
            </a>
            {row.outcome !== null && <Badge word={row.outcome} />}
            <span class="dim">
              <When atMs={row.atMs} />
            </span>
          </li>
        ))}
      </ol>
      <p>
        <a href={runPath(hold.run)}>What the run has done since</a>, or{' '}
        <a href="/">what else waits</a>.
      </p>
    </section>
  );
}

export function Gone({ settled }: { readonly settled: Settled | null }) {
  return (
    <p class="empty">
      {settled === null
        ? 'Nothing waits under this name: it is over, or never was.'
        : `It is ${settled.outcome}.`}{' '}
      <a href="/">What waits now</a>; what was answered is in the{' '}
      <a href={ledgerPath({ type: 'approval.settled' })}>ledger</a>.
    </p>
  );
}
