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

export function eventQuery(filter: EventFilter): Query {
  const { run, agent, type, tool, containing = [], fromSeq, beforeSeq, limit } = filter;
  const order = filter.newestFirst === true ? 'DESC' : 'ASC';
  const conditions: Condition[] = [
    ['agent = ?', agent],
    ['type = ?', type],
    ['seq >= ?', fromSeq],
    ['seq < ?', beforeSeq],
    ['tool = ?', tool],
    ...containing.map((text): Condition => ['instr(leaf, ?) > 0', Buffer.from(text)]),
  ];
  if (run !== undefined) return chainQuery(run, fromSeq ?? 0, conditions, order, limit);
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

/** From the newest event of a run back to those that `fromSeq` or a version leaves out. */
const chain = `WITH RECURSIVE chain (seq, previous_seq, version) AS (
  SELECT events.seq, events.previous_seq, events.run_version
    FROM runs JOIN events ON events.seq = runs.last_seq WHERE runs.run = ?
  UNION ALL
  SELECT events.seq, events.previous_seq, events.run_version
    FROM chain JOIN events ON events.seq = chain.previous_seq AND events.seq < chain.seq
    WHERE events.seq >= ? AND events.run_version > ?
)`;

/** Those of the run's events that a snapshot of this version doesn't hold, in their order. */
export function eventsAfterQuery(run: string, version: number): Query {
  return {
    sql: `${chain} SELECT ${columns} FROM chain JOIN events USING (seq)
          WHERE run_version > ? ORDER BY seq`,
    values: [run, 0, version, version],
  };
}

function chainQuery(
  run: string,
  fromSeq: number,
  conditions: readonly Condition[],
  order: 'ASC' | 'DESC',
  limit: number,
): Query {
  const { where, values } = whereOf([['run = ?', run], ...conditions]);
  return {
    sql: `${chain} SELECT ${columns} FROM chain JOIN events USING (seq)
          ${where} ORDER BY seq ${order} LIMIT ?`,
    values: [run, fromSeq, 0, ...values, limit],
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
