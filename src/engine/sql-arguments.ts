import { readSql } from '../content/sql/read-sql.ts';
import type { SqlReading } from '../content/sql/reading.ts';
import type { ReadCall } from './call.ts';
import { declaredKind, shapeOf } from './tool-shape.ts';

export interface SqlArgument {
  readonly argument: string;
  /** RFC 6901, from the argument's own root. */
  readonly pointer: string;
  readonly reading: SqlReading;
}

const none: readonly SqlArgument[] = [];
const readings = new WeakMap<ReadCall['values'], readonly SqlArgument[]>();

/** The statements of a call. Read once: each alternative of each side asks, and each decision about the same call. */
export function sqlOf(read: ReadCall): readonly SqlArgument[] {
  if (!shapeOf(read.tool).hasDialect) return none;
  const known = readings.get(read.values);
  if (known !== undefined) return known;
  const found = read.values.flatMap(({ argument, kind, pointer, value }) => {
    if (declaredKind(read.tool, argument, kind)?.dialect == null) return [];
    const reading: SqlReading =
      value.type === 'text'
        ? readSql(value.key)
        : { ok: false, reason: 'characters', name: null, at: null };
    return [{ argument, pointer, reading }];
  });
  // A grammar that is being set up anew reads it at the next decision.
  if (found.every(({ reading }) => reading.ok || reading.reason !== 'unavailable'))
    readings.set(read.values, found);
  return found;
}
