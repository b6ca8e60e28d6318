/** What a message of the stream does to what is shown as now. */
import type { EventRow, NowView, StreamMessage } from '../../src/edges/console/views.ts';
import type { HoldSummary } from '../../src/runtime/port.ts';

const alertsMax = 100;

/** After one of these only the server knows what is to be shown: a line doesn't say it all. */
const unsettling = /^(run\.(opened|closing|closed|abandoned)|breaker\.|agent\.)/;

export interface Applied {
  readonly now: NowView;
  /** It is to be fetched anew. */
  readonly stale: boolean;
}

export function apply(now: NowView, message: StreamMessage): Applied {
  switch (message.type) {
    case 'hold':
      return { now: { ...now, holds: withHold(now.holds, message.hold) }, stale: false };
    case 'settled': {
      const holds = now.holds.filter(({ id }) => id !== message.id);
      return { now: holds.length === now.holds.length ? now : { ...now, holds }, stale: false };
    }
    case 'event':
      return { now: withEvent(now, message.row), stale: unsettling.test(message.row.type) };
    case 'hello':
      return { now, stale: true };
    case 'signed_out':
      return { now, stale: false };
  }
}

/** The one that expires first comes first: it is lost first. */
function withHold(holds: readonly HoldSummary[], hold: HoldSummary): readonly HoldSummary[] {
  const others = holds.filter(({ id }) => id !== hold.id);
  if (hold.state !== 'waiting' && hold.state !== 'approved') return others;
  const at = others.findIndex(({ expiresAtMs }) => expiresAtMs > hold.expiresAtMs);
  return others.toSpliced(at < 0 ? others.length : at, 0, hold);
}

function withEvent(now: NowView, row: EventRow): NowView {
  const alerts =
    row.type === 'alert.raised' && !now.alerts.some(({ seq }) => seq === row.seq)
      ? [row, ...now.alerts].slice(0, alertsMax)
      : now.alerts;
  // Approved, it was in the list until it began; what began or was refused waits no more.
  const over = row.type === 'call.started' || row.type === 'call.denied';
  const holds = now.holds.filter(
    ({ id, state }) => !over || id !== row.call || state === 'waiting',
  );
  const runs = now.runs.map((run) =>
    run.id === row.run ? { ...run, events: run.events + 1 } : run,
  );
  return { ...now, alerts, holds, runs };
}
