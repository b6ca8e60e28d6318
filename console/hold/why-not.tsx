import type { HoldShown } from '../../src/runtime/port.ts';
import { signOut } from '../api/client.ts';
import { useSession } from '../session/session.ts';
import { Text } from '../text/text.tsx';
import { stillNeeded } from './agreed.ts';

/** What somebody who looks at a hold can't do, why, and what they could do about it. */
export function WhyNot({
  hold,
}: {
  readonly hold: Pick<HoldShown, 'of' | 'mine' | 'asks' | 'agreements'>;
}) {
  const { user } = useSession();
  const { asks, not, mayReject, signInAgain } = hold.mine;
  const needed = stillNeeded(hold, user);
  const why = [...new Set(Object.values(not))].join('; ');
  const what = hold.of === 'result' ? 'release' : 'approve';
  return (
    <>
      {asks.length === 0 &&
        (needed === null ? (
          <p>
            You can’t {what} this{why !== '' && ': '}
            <Text text={why} />.{mayReject && ' You may reject it.'}
          </p>
        ) : (
          <p>
            You have agreed;{' '}
            {needed === 0
              ? 'others are asked about the rest'
              : `${needed} more ${needed === 1 ? 'is' : 'are'} needed`}
            .{mayReject && ' You may still reject it.'}
          </p>
        ))}
      {signInAgain && (
        <p>
          Whoever agrees has to have signed in a short while ago.{' '}
          <button type="button" onClick={() => void signOut()}>
            Sign in again
          </button>
        </p>
      )}
    </>
  );
}
