/** What has become of a hold: as its events tell it, or as far as this page has heard. */
import { useEffect, useRef } from 'preact/hooks';
import type { EventRow, HoldOver } from '../../src/edges/console/views.ts';
import type { HoldShown } from '../../src/runtime/port.ts';
import { Badge, Codes } from '../parts/parts.tsx';
import { eventPath, ledgerPath, runPath } from '../router/routes.ts';
import { Text } from '../text/text.tsx';
import { When } from '../time/time.tsx';

export interface Settled {
  readonly outcome: string;
  readonly by: readonly string[];
}

export function Ended({
  run,
  hold,
  over,
  settled,
  since,
}: {
  readonly run: string;
  /** As it was asked last; null: that isn't known. */
  readonly hold: Pick<HoldShown, 'agreements' | 'edited'> | null;
  /** Null: it has only just ended. */
  readonly over: HoldOver['over'] | null;
  readonly settled: Settled;
  readonly since: readonly EventRow[];
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  // The button that had the focus is gone.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const { outcome, by } = over ?? settled;
  const people = by.length > 0 ? by : (hold?.agreements ?? []).map((one) => one.by);
  return (
    <section class="ended" role="status" aria-labelledby="ended">
      <h2 id="ended" ref={heading} tabIndex={-1}>
        <Badge word={outcome} />
        {people.length > 0 && (
          <>
            {' '}
            by <Text text={[...new Set(people)].join(', ')} />
          </>
        )}
      </h2>
      {hold !== null && hold.edited !== null && (
        <p>
          Changed by <Text text={hold.edited.by} />: below is the call as it was changed, and at the
          end what the agent proposed.
        </p>
      )}
      {over !== null && <Why over={over} />}
      <ol class="rows">
        {mergedRows(over?.events ?? [], since).map((row) => (
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
        <a href={runPath(run)}>What the run has done since</a>, or <a href="/">what else waits</a>.
      </p>
    </section>
  );
}

function Why({ over }: { readonly over: HoldOver['over'] }) {
  return (
    <>
      {over.why !== null && (
        <p>
          <Text text={over.why.text} /> <Codes codes={[over.why.code]} />
        </p>
      )}
      {over.answers.map((one) =>
        one.reason === null ? null : (
          <p key={`${one.by} ${one.atMs}`}>
            <Text text={one.by} /> said, to {one.answer} it: “<Text text={one.reason} />”
          </p>
        ),
      )}
    </>
  );
}

/** What was looked up, and what has come by itself since. */
function mergedRows(looked: readonly EventRow[], came: readonly EventRow[]): readonly EventRow[] {
  const rows = new Map([...looked, ...came].map((row) => [row.seq, row]));
  return [...rows.values()].sort((one, other) => one.seq - other.seq);
}

export function Gone() {
  return (
    <p class="empty">
      No hold of this name is known. <a href="/">What waits now</a>; what was answered is in the{' '}
      <a href={ledgerPath({ type: 'approval.settled' })}>ledger</a>.
    </p>
  );
}
