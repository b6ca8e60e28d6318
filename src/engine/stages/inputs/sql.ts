import { escapeSegment } from '../../../content/pointer.ts';
import { isPureRead, type SqlRefusal } from '../../../content/sql/reading.ts';
import type { JsonObject } from '../../../content/value.ts';
import type { Context } from '../../context.ts';
import type { Finding } from '../../decision.ts';
import { deny } from '../../findings.ts';
import { type SqlArgument, sqlOf } from '../../sql-arguments.ts';

/**
 * SQL is what its tool claims: one statement that can be read through and through, and calls nothing that isn't known to be
 * harmless; of a tool of tier `read_only` it changes and locks nothing either. The database's own rights are the other lock.
 */
export function sql({ tool, reading }: Context): readonly Finding[] {
  if (tool === null || reading?.ok !== true) return [];
  return sqlOf(reading.read).flatMap((statement) => {
    const refused = statement.reading.ok
      ? beyondReading(statement, tool.tier === 0)
      : refusalDetails(statement.reading);
    if (refused === null) return [];
    const at = `/${escapeSegment(statement.argument)}${statement.pointer}`;
    return [deny('inputs', 'inputs.sql', { at, ...refused }, tool.at)];
  });
}

function beyondReading({ reading }: SqlArgument, isReadOnly: boolean): JsonObject | null {
  if (!reading.ok || !isReadOnly || isPureRead(reading)) return null;
  return reading.writes.length > 0
    ? { reason: 'writes', statements: reading.writes }
    : { reason: 'locks' };
}

/** Names of functions, types and statements; a literal of the statement never. */
function refusalDetails({ reason, name, at }: SqlRefusal): JsonObject {
  return {
    reason,
    ...(name === null ? {} : { name }),
    ...(at === null ? {} : { position: at }),
  };
}
