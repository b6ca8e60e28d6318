import type { ComponentChild } from 'preact';
import type { Approver } from '../../src/engine/hold.ts';
import type { HoldSummary } from '../../src/runtime/port.ts';
import { Badge, Codes, Tier } from '../parts/parts.tsx';
import { Sentence } from '../parts/sentence.tsx';
import { holdPath } from '../router/routes.ts';
import { useSession } from '../session/session.ts';
import { Text } from '../text/text.tsx';
import { TimeLeft } from '../time/time.tsx';

/** A line is made once: with a thousand of them, one more costs one. */
const made = new WeakMap<HoldSummary, ComponentChild>();

function rowOf(hold: HoldSummary): ComponentChild {
  const before = made.get(hold);
  if (before !== undefined) return before;
  const row = <HoldRow key={hold.id} hold={hold} />;
  made.set(hold, row);
  return row;
}

/** What waits, in the order given: a link each, never a button. Nobody agrees to what they haven't opened. */
export function Holds({ holds }: { readonly holds: readonly HoldSummary[] }) {
  return <ol class="rows holds">{holds.map(rowOf)}</ol>;
}

function HoldRow({ hold }: { readonly hold: HoldSummary }) {
  return (
    <li>
      <a data-row href={holdPath(hold.id)} class="row hold-row">
        {/* Only an answer had a time: none is asked for any more. */}
        {hold.state === 'waiting' ? (
          <TimeLeft untilMs={hold.expiresAtMs} />
        ) : (
          <Badge word={hold.state} />
        )}
        <span class="summary">
          <Sentence text={hold.summary} />
        </span>
        <span class="dim meta">
          <Text text={hold.agent} />
          {hold.user !== null && (
            <>
              {' '}
              for <Text text={hold.user} />
            </>
          )}
          <span aria-hidden="true"> · </span>
          <code>
            <Text text={hold.tool} />
          </code>{' '}
          <Tier tier={hold.tier} />
          {hold.of === 'result' && <Badge word="result" />}
          <Codes codes={[...new Set(hold.asks.map(({ code }) => code))]} />
        </span>
        {hold.state === 'waiting' ? (
          <Asked hold={hold} />
        ) : (
          <span class="label asked-whom">waits for the agent</span>
        )}
      </a>
    </li>
  );
}

function Asked({ hold }: { readonly hold: HoldSummary }) {
  const { roles, user } = useSession();
  const mine = hold.asks.some(({ by }) =>
    by.type === 'role' ? roles.includes(by.role) : hold.user === user,
  );
  return (
    <span class={`label asked-whom ${mine ? 'yours' : ''}`}>
      {mine ? 'asks you' : 'asks others'}
    </span>
  );
}

/** In words. */
export function ApproverShown({ by, quorum }: { readonly by: Approver; readonly quorum: number }) {
  const people = quorum === 1 ? 'one person' : `${quorum} different people`;
  switch (by.type) {
    case 'role':
      return (
        <>
          {people} of the role <Text text={by.role} />
        </>
      );
    case 'user':
      return <>the person for whom the run works</>;
    case 'break_glass':
      return (
        <>
          the person for whom the run works, with a reason; the role <Text text={by.role} /> is told
        </>
      );
  }
}
