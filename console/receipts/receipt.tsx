import { useEffect, useState } from 'preact/hooks';
import type { EventRow } from '../../src/edges/console/views.ts';
import { Text } from '../text/text.tsx';
import { type Check, checkEvent } from './check.ts';

const againMs = 1_000;

/** The verdict on one event, found out as soon as it is shown. */
export function Receipt({ row }: { readonly row: EventRow }) {
  const [check, setCheck] = useState<Check | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let timer = 0;
    let gone = false;
    void checkEvent(row).then((found) => {
      if (gone) return;
      setCheck(found);
      if (found.type === 'pending') timer = window.setTimeout(() => setTurn(turn + 1), againMs);
    });
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [row.seq, turn]);
  return (
    <p class={`receipt ${check?.type ?? 'pending'}`} role="status">
      {check === null ? 'Verifying …' : <Said check={check} />}
    </p>
  );
}

function Said({ check }: { readonly check: Check }) {
  switch (check.type) {
    case 'verified':
      return (
        <>
          <strong>✓ Verified in this browser.</strong> Its bytes stand in the signed tree of{' '}
          {check.size.toLocaleString()} events, {compared[check.comparison]}.
        </>
      );
    case 'refused':
      return (
        <>
          <strong>✗ Not proven:</strong> <Text text={check.problem} />.
        </>
      );
    case 'pending':
      return <>Not sealed yet: in a moment.</>;
    case 'failed':
      return (
        <>
          Not verified: <Text text={check.problem} />.
        </>
      );
  }
}

const compared = {
  first: 'the first that this browser has seen; it is kept from now on',
  continues: 'which begins with all that this browser has verified before',
  rollback: 'which is shorter than the one that this browser has kept',
  fork: 'which isn’t the one that this browser has kept',
  other_key: 'signed with another key than the one that this browser has kept',
  unproven: 'not compared with what this browser has kept',
} as const;
