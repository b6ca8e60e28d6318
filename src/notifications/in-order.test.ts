import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CommittedEvent } from '../store/feed.ts';
import { InOrder } from './in-order.ts';

const commit = (seq: number, length: number): CommittedEvent[] =>
  Array.from({ length }, (_, index) => ({
    seq: seq + index,
    event: { v: 1, type: 'gateway.stopped', atMs: 0 },
  }));

/** Commits of 1 to 3 events, in any order, and how many events were there when it began. */
const told = fc
  .array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 30 })
  .chain((lengths) => {
    let seq = 0;
    const commits = lengths.map((length) => {
      const events = commit(seq, length);
      seq += length;
      return events;
    });
    return fc.record({
      commits: fc.constant(commits),
      shuffled: fc.shuffledSubarray(commits, { minLength: commits.length }),
      read: fc.nat(commits.length),
      begins: fc.nat(commits.length),
    });
  });

test('whatever the order in which commits are told, each event is passed once, in that of the ledger', () => {
  fc.assert(
    fc.property(told, ({ commits, shuffled, read, begins }) => {
      const passed: number[] = [];
      const inOrder = new InOrder(({ seq }) => passed.push(seq));
      const fromSeq = commits.slice(0, read).flat().length;
      shuffled.forEach((events, index) => {
        if (index === begins) inOrder.begin(fromSeq);
        inOrder.hear(events);
      });
      if (begins === shuffled.length) inOrder.begin(fromSeq);
      const expected = commits
        .slice(read)
        .flat()
        .map(({ seq }) => seq);
      expect(passed).toEqual(expected);
      expect(inOrder.nextSeq).toBe(fromSeq + expected.length);
    }),
  );
});
