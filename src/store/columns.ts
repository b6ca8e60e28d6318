import type { Event, RunEvent } from '../engine/events.ts';

/** What an event is found by: the columns beside its leaf. */
export interface EventColumns {
  readonly run: string | null;
  readonly atMs: number;
  readonly type: string;
  readonly agent: string | null;
  readonly tool: string | null;
}

export function columnsOf(event: Event): EventColumns {
  return {
    run: isRunEvent(event) ? event.run : null,
    atMs: event.atMs,
    type: event.type,
    agent: 'agent' in event ? event.agent : null,
    tool: 'tool' in event ? event.tool : null,
  };
}

/** An alert names the run that it is about, and is the gateway's all the same. */
export function isRunEvent(event: Event): event is RunEvent {
  return /^(?:run|call|approval)\./.test(event.type);
}
