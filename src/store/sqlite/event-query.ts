/** Finding events: a run's along its chain, an agent's or a type's in the blocks that hold one, all others by number. */
import type { SQLInputValue } from 'node:sqlite';
import type { EventFilter } from '../port.ts';
import { blockEvents, blockOf } from './blocks.ts';

const columns = 'seq, run, run_version, events.previous_seq, at_ms, type, agent, tool, leaf';

interface Query {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

type Condition = readonly [text: string, value: SQLInputValue | undefined];

/** Of events of any run. */
export function eventQuery(filter: Omit<EventFilter, 'run'>): Query {
  const { agent, type, fromSeq, beforeSeq, limit } = filter;
  const order = filter.newestFirst === true ? 'DESC' : 'ASC';
  const conditions: Condition[] = [
    ['seq >= ?', fromSeq],
    ['seq < ?', beforeSeq],
    ...conditionsOf(filter),
  ];
  const name = type !== undefined ? `type:${type}` : agent !== undefined ? `agent:${agent}` : null;
  if (name === null) {
    const { where, values } = whereOf(conditions);
    return {
      sql: `SELECT ${columns} FROM events ${where} ORDER BY seq ${order} LIMIT ?`,
      values: [...values, limit],
    };
  }
  const { where, values } = whereOf([
    ['name = ?', name],
    ['block >= ?', fromSeq === undefined ? undefined : blockOf(fromSeq)],
    ['block <= ?', beforeSeq === undefined ? undefined : blockOf(beforeSeq)],
    ...conditions,
  ]);
  return {
    sql: `SELECT ${columns} FROM event_blocks CROSS JOIN events
          ON seq BETWEEN block * ${blockEvents} AND block * ${blockEvents} + ${blockEvents - 1}
          ${where} ORDER BY block ${order}, seq ${order} LIMIT ?`,
    values: [...values, limit],
  };
}

function conditionsOf({ agent, type, tool, containing = [] }: Partial<EventFilter>): Condition[] {
  return [
    ['agent = ?', agent],
    ['type = ?', type],
    ['tool = ?', tool],
    ...containing.map((text): Condition => ['instr(leaf, ?) > 0', Buffer.from(text)]),
  ];
}

/** From the newest event of a run back to those that `fromSeq` or a version leaves out. */
const chain = chainFrom('SELECT last_seq FROM runs WHERE run = ?');

/** From the event before this one of the same run. Pages end with one: the next goes on from there. */
const chainBelow = chainFrom('SELECT previous_seq FROM events WHERE run = ? AND seq = ?');

function chainFrom(start: string): string {
  return `WITH RECURSIVE chain (seq, previous_seq, version) AS (
  SELECT seq, previous_seq, run_version FROM events WHERE seq = (${start})
  UNION ALL
  SELECT events.seq, events.previous_seq, events.run_version
    FROM chain JOIN events ON events.seq = chain.previous_seq AND events.seq < chain.seq
    WHERE events.seq >= ? AND events.run_version > ?
)`;
}

/** Those of the run's events that a snapshot of this version doesn't hold, in their order. */
export function eventsAfterQuery(run: string, version: number): Query {
  return {
    sql: `${chain} SELECT ${columns} FROM chain JOIN events USING (seq)
          WHERE run_version > ? ORDER BY seq`,
    values: [run, 0, version, version],
  };
}

/** @param below - whether `beforeSeq` is an event of the run. */
export function chainQuery(
  { run = '', fromSeq = 0, beforeSeq, limit, newestFirst = false, ...rest }: EventFilter,
  below: boolean,
): Query {
  const begin =
    below && beforeSeq !== undefined
      ? { with: chainBelow, values: [run, beforeSeq] }
      : { with: chain, values: [run] };
  const seqs: Condition[] = [
    ['seq >= ?', fromSeq],
    ['seq < ?', beforeSeq],
  ];
  const others = conditionsOf(rest);
  const order = newestFirst ? 'DESC' : 'ASC';
  // A chain comes newest first by itself: asked for in that order, it isn't followed further than it is read.
  const sorted = newestFirst ? '' : `ORDER BY seq ${order}`;
  if (others.some(([, value]) => value !== undefined)) {
    const { where, values } = whereOf([['run = ?', run], ...seqs, ...others]);
    return {
      sql: `${begin.with} SELECT ${columns} FROM chain CROSS JOIN events USING (seq)
            ${where} ${sorted} LIMIT ?`,
      values: [...begin.values, fromSeq, 0, ...values, limit],
    };
  }
  const { where, values } = whereOf(seqs);
  return {
    sql: `${begin.with} SELECT ${columns}
          FROM (SELECT seq FROM chain ${where} ${sorted} LIMIT ?) CROSS JOIN events USING (seq)
          WHERE run = ? ORDER BY seq ${order}`,
    values: [...begin.values, fromSeq, 0, ...values, limit, run],
  };
}

export function whereOf(conditions: readonly Condition[]): {
  where: string;
  values: SQLInputValue[];
} {
  const texts: string[] = [];
  const values: SQLInputValue[] = [];
  for (const [text, value] of conditions) {
    if (value === undefined) continue;
    texts.push(text);
    values.push(value);
  }
  return { where: texts.length === 0 ? '' : `WHERE ${texts.join(' AND ')}`, values };
}
