/** The statements of `statements.txt`, each with what it is expected to be read as. */
import { readFileSync } from 'node:fs';
import { tableText } from '../../src/content/sql/names.ts';
import { isPureRead, type SqlReading } from '../../src/content/sql/reading.ts';

export interface Statement {
  readonly sql: string;
  readonly expected: string;
  /** The first version of PostgreSQL that has it; null: any. */
  readonly since: number | null;
}

export function statements(): readonly Statement[] {
  const text = readFileSync(new URL('statements.txt', import.meta.url), 'utf8');
  return text
    .split(/\n\n+/)
    .map((block) => block.replace(/^#.*\n?/gm, '').trim())
    .filter((block) => block !== '')
    .map((block) => {
      const [, since, sql, expected] = /^(?:\[(\d+)\] )?(.*)\n-> (.*)$/s.exec(block) ?? [];
      if (sql === undefined || expected === undefined) throw new Error(`no statement: ${block}`);
      return { sql, expected, since: since === undefined ? null : Number(since) };
    });
}

/** A reading in the words of the file. */
export function told(reading: SqlReading): string {
  if (!reading.ok) return ['refused', reading.reason, reading.name ?? ''].join(' ').trim();
  const tables = reading.relations.map(
    (relation) => `${relation.access === 'write' ? '!' : ''}${tableText(relation)}`,
  );
  if (reading.writes.length > 0) return ['change', ...reading.writes, ...tables].join(' ');
  if (!isPureRead(reading)) return ['lock', ...tables].join(' ');
  const rows = reading.rowsMax === null ? '' : `; rows ${reading.rowsMax}`;
  return `${['read', ...tables].join(' ')}${rows}${reading.collects ? ' +' : ''}`;
}
