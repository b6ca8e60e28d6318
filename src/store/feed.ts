/** What was just committed, told to whoever follows: consoles that are open, and channels that people are told through. */
import type { Event } from '../engine/events.ts';
import type { CommitOutcome, GatewayCommit, RunCommit, Store } from './port.ts';

export interface CommittedEvent {
  readonly seq: number;
  readonly event: Event;
}

/** Called in the order of `seq` within one commit; those of two commits may come in another order. Must not throw. */
export type FeedListener = (events: readonly CommittedEvent[]) => void;

export interface EventFeed {
  /** @returns what stops it. */
  follow(listener: FeedListener): () => void;
}

/**
 * Makes `store` tell its followers what it has durably committed. In place, so that everybody who holds the store writes
 * through it. Nobody is told of what was committed while they didn't follow: `events({ fromSeq })` has that.
 */
export function feedOf(store: Pick<Store, 'commit' | 'commitGateway'>): EventFeed {
  const listeners = new Set<FeedListener>();
  const { commit, commitGateway } = store;
  const tell = (outcome: CommitOutcome, events: readonly Event[]): CommitOutcome => {
    if (outcome.type !== 'committed' || listeners.size === 0 || events.length === 0) return outcome;
    const { firstSeq } = outcome;
    const committed = events.map((event, index) => ({ seq: firstSeq + index, event }));
    for (const listener of listeners) listener(committed);
    return outcome;
  };
  store.commit = async (wanted: RunCommit) =>
    tell(await commit.call(store, wanted), [...wanted.events, ...wanted.gatewayEvents]);
  store.commitGateway = async (wanted: GatewayCommit) =>
    tell(await commitGateway.call(store, wanted), wanted.events);
  return {
    follow(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
