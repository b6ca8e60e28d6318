/**
 * Who was sent to the page of which hold, to be told when it is settled. Lost by a restart: it is a courtesy, and a client
 * that hears nothing repeats its call when its person says so.
 */
import type { JsonObject } from '../../content/value.ts';
import { mcpLimits } from './limits.ts';

export interface ToldSessions {
  readonly note: (hold: string, session: string) => void;
  readonly settled: (hold: string) => void;
}

export function toldSessions(tell: (session: string, message: JsonObject) => void): ToldSessions {
  /** Oldest first. */
  const holds = new Map<string, Set<string>>();
  return {
    note(hold, session) {
      const sessions = holds.get(hold) ?? new Set();
      if (sessions.size < mcpLimits.toldSessionsMax) sessions.add(session);
      holds.set(hold, sessions);
      const [oldest] = holds.keys();
      if (holds.size > mcpLimits.toldHoldsMax && oldest !== undefined) holds.delete(oldest);
    },
    settled(hold) {
      const params = { elicitationId: hold };
      for (const session of holds.get(hold) ?? [])
        tell(session, { jsonrpc: '2.0', method: 'notifications/elicitation/complete', params });
      holds.delete(hold);
    },
  };
}
