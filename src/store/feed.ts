/** What was just committed, told to whoever follows: consoles that are open, and channels that people are told through. */
import type { Event } from '../engine/events.ts';
import type { GatewayCommit, RunCommit, Store } from './port.ts';

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
  const tell = (firstSeq: number, events: readonly Event[]): void => {
    if (events.length === 0) return;
    const committed = events.map((event, index) => ({ seq: firstSeq + index, event }));
    for (const listener of listeners) listener(committed);
  };
  store.commit = (wanted: RunCommit) =>
    commit.call(store, wanted).then((outcome) => {
      if (listeners.size > 0 && outcome.type === 'committed')
        tell(outcome.firstSeq, [...wanted.events, ...wanted.gatewayEvents]);
      return outcome;
    });
  store.commitGateway = (wanted: GatewayCommit) =>
    commitGateway.call(store, wanted).then((outcome) => {
      if (outcome.type === 'committed') tell(outcome.firstSeq, wanted.events);
      return outcome;
    });
  return {
    follow(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
