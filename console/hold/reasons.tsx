import type { ShownReason } from '../../src/engine/hold-facts.ts';
import type { HoldShown } from '../../src/runtime/port.ts';
import { ApproverShown } from '../now/holds.tsx';
import { Details } from '../parts/details.tsx';
import { Codes } from '../parts/parts.tsx';
import { Place } from '../parts/place.tsx';
import { Sentence } from '../parts/sentence.tsx';
import { useSession } from '../session/session.ts';
import { Text } from '../text/text.tsx';
import { When } from '../time/time.tsx';

type Asked = Pick<HoldShown, 'facts' | 'agreements' | 'mine' | 'of'>;

/** Why it waits, who is asked about it, and who has agreed. */
export function Reasons({ hold }: { readonly hold: Asked }) {
  return (
    <ol class="reasons">
      {hold.facts.reasons.map((reason) => (
        <li key={reason.key}>
          <Reason reason={reason} hold={hold} />
        </li>
      ))}
    </ol>
  );
}

function Reason({ reason, hold }: { readonly reason: ShownReason; readonly hold: Asked }) {
  const { key, code, text, details, at, by, quorum, pointer } = reason;
  const agreed = hold.agreements.filter(({ asks }) => asks.includes(key));
  const { mine } = hold;
  const { user } = useSession();
  const not = mine.not[key];
  return (
    <>
      <p>
        <b>
          <Sentence text={text} />
        </b>{' '}
        <Codes codes={[code]} />
        {pointer !== null && (
          <code class="dim">
            <Text text={pointer} />
          </code>
        )}
        {at !== null && <Place at={at} />}
      </p>
      {/* Of a result they stand beside it. */}
      {hold.of === 'call' && <Details details={details} />}
      <p class="asked">
        Asks <ApproverShown by={by} quorum={quorum} />.{' '}
        {agreed.length > 0 && (
          <>
            {agreed.length} of {quorum} agreed:{' '}
            {agreed.map((one) => (
              <span key={one.by} class="agreed">
                <Text text={one.by} /> (<When atMs={one.atMs} />)
              </span>
            ))}
          </>
        )}
        {mine.asks.includes(key) && <span class="label yours">asks you</span>}
        {/* Whoever has agreed stands in the list. */}
        {not !== undefined && !agreed.some((one) => one.by === user) && (
          <span class="not">
            Not you: <Text text={not} />
          </span>
        )}
      </p>
    </>
  );
}
